"""The schema as a sequence of steps, run by the library itself (`database.py`)."""
