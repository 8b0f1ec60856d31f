"""What a Python file names: parsed once, kept as one table of sightings. The only room that knows tree-sitter.

Offsets are bytes of the UTF-8 source, 0-based, everywhere in here.
"""
