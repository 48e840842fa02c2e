"""Weekly AI job digest."""
