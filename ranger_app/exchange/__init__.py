"""Formats that others read: one room a format."""
