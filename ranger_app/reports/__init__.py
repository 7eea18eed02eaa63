"""Pages to print or hand on: one file each, with everything in it, and the same figures as CSV beside it."""
