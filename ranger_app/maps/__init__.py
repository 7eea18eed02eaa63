"""The map as a page: plain layers in, one self-contained HTML text out. Knows no library and no screen."""
