"""What `teiden report` tells of the last days of a service: whether to trust it before it is armed."""
