"""Pretend SNMP cards: what they serve (apc, rfc1628, mib), how they answer (agent), what they send."""
