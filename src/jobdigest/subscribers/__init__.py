"""Readers: their states, preferences and signed links."""
