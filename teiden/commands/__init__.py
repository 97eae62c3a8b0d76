"""What each command of `teiden` does, one file each. Nothing heavy is imported before a command runs."""
