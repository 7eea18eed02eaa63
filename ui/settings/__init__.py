"""Language, appearance, people, the station and its backups; help and licences."""
