"""The map: everything this station knows in its place and time."""
