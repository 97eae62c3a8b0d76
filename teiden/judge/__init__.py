"""Judges a run from its event stream alone, whichever room it came from."""
