"""A control node's durable memory: SQLite on its own disk, one connection, one thread."""
