"""Samples of every UPS: taken from what the service sees, kept in a database of their own (R2-10)."""
