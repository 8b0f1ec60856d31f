"""The protocol shell: turns messages into calls of features, and their values into messages."""
