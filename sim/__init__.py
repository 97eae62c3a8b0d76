"""The pretend machine room, in virtual time: what the devices do when nobody is looking.

Read `ups.py`, `battery.py`, `server.py`, `array.py`, `cluster.py` for the devices, `sight.py` for
how a node sees them, `room.py` for how they stand together, `deeds.py` for what a story does to them.
"""
