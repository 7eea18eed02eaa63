"""Known animals: the catalogue, the page of one animal, and what opens from them."""
