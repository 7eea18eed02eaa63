"""The verbs of the program, one room each: what the command line and the window can do to a library."""
