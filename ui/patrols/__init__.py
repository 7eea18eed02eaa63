"""The place for patrols: list, record, track, waypoints and notes."""
