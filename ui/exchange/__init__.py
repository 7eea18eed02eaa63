"""The place for exchange: write and read bundles, partners, decisions, and what went over the border."""
