"""Two animals side by side: is it one and the same? What was said of pairs, and opinions asked of a second person."""
