"""What is really there: every device of a site reached and held against the site file (`teiden doctor`)."""
