"""Servers as live mode reaches them: by command, over SSH, through their controllers, and by magic packet."""
