"""From a stream of events to the rows that an operator reads, with reasons; `narrate.py` is its front."""
