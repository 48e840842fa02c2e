"""What holds for every test."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)  # a busy machine is no fault, and speed is measured elsewhere
settings.load_profile("patient")
