"""What the program can tell about a file: short projections of its table of sightings.

A feature takes a `SourceFile` and byte offsets and gives values; `render` turns cards into text.
"""
