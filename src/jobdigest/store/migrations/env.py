"""Alembic asks for this file; `store/upgrade.py` runs the migrations and configures the context itself."""
