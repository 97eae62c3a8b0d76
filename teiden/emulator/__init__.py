"""The emulated room: pretend devices of `sim` on real sockets, for drivers, people and other programs."""
