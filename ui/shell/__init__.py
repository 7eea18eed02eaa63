"""The frame around every screen: rail, title line, bottom line, panels, and who is working."""
