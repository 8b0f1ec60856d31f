"""Regenerates `catalog/facts/` from public artefacts; `python -m facts --help` says how."""
