"""YAML in, frozen values out; pydantic only here. Every error names its place in the file."""
