"""What must happen, in which order, and when it is safe. Knows no device and no clock but env.now.

Read `outage.py` (the way down), `restart.py` (the way up), `duty.py` (who runs them and when),
`guards.py` (why each command was allowed), `ports.py` (the questions that may be asked).
"""
