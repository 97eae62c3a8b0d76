"""Who gets in, and what he has asked for: accounts, sessions, the gate, the audit log."""
