"""A pretend room on real sockets: cards, controllers, servers and arrays that any client can talk to."""
