"""The catalog: facts, cards and alternatives, compiled into one read-only file and looked up by name."""
