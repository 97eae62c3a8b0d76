"""Stories as tests: what pytest collects, plays and tells of them, and a room to write them in Python."""
