"""Hypothesis for this room: the same examples in each run, no timing, no data base."""

from hypothesis import settings

settings.register_profile("codec", derandomize=True, deadline=None, database=None)
settings.load_profile("codec")
