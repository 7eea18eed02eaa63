"""Ranger: an offline record keeper for protected areas on both sides of a border."""

__version__ = "0.1.0"
