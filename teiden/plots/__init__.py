"""Pictures of a run, made from its event stream alone. matplotlib is imported by those who draw only."""
