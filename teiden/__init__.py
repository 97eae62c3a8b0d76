"""The face: files in, a room chosen, a story judged, and the command line that asks for it."""
