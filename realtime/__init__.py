"""The real machine room: the wall clock, the drivers of its devices, the service on a control node."""
