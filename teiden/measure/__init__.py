"""What `teiden measure` does: how long things really took, and which limits that asks for (R9-10)."""
