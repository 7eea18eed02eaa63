"""The command line: parsing, calling actions, answering in text or JSON."""
