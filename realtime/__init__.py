"""The real machine room: wall clock, SNMP and the drivers for live mode come later; nothing is here yet."""
