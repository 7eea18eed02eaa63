"""The place for reports: choose one, see it as the page that leaves, save or print it."""
