"""The parts every screen is built from; see ui/__init__.py for how to use them."""
