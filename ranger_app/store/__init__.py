"""The only rooms that touch SQLite: the signed log and the tables projected from it."""
