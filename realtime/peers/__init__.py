"""The services on the control nodes talk to each other: who commands, what is written down, who goes down."""
