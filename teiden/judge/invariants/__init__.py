"""What must hold in every run, whatever a story expects (reliability, section 3)."""
