"""Arrays: by our own line protocol, or by any program."""
