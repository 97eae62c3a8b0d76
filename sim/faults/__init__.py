"""What can go wrong in the room: each fault of the catalogue a switch, with what it excuses and why."""
