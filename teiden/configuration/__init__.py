"""The site file in force, the one that waits, what a change needs, and the way to the other nodes."""
