"""The project's view of its dependencies: what its files use of each, and which the standard library could take over.

Start reading in `dependency`, with the verdicts. What is declared and never imported may be a plugin, a tool, or
imported in a way that nobody can see, so nothing more is said of it than that.
"""
