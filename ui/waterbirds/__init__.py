"""The place for waterbirds: surveys and the fast form for counts."""
