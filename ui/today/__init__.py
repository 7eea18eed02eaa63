"""Today: what waits, with one button each."""
