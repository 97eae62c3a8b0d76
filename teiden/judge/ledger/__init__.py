"""The true state of the room as the stream tells it: power, machines, arrays, the incident."""
