"""Reads event files: block by block, carefully, and quickly where a line looks as we write it."""
