"""The settings file `config.apc` that Ver.1.0x of the reference product keeps its array linkage in."""
