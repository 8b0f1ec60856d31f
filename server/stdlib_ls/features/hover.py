"""Hover: the card of whatever is under the cursor, or nothing."""

from __future__ import annotations

from stdlib_ls.analysis.table import Sighting
from stdlib_ls.features.cards import Card, card_of, package_card
from stdlib_ls.features.judgement import judge, site_group
from stdlib_ls.features.source_file import SourceFile


def hover(file: SourceFile, offset: int) -> tuple[Card, int, int] | None:
    """The card at a byte offset and the span that it speaks of, or None where there is nothing to say."""
    return card_at(file, offset) if file.context.settings.hover_enabled else None


def card_at(file: SourceFile, offset: int) -> tuple[Card, int, int] | None:
    """The same, whatever the settings say of hovering."""
    sighting = file.sightings.at(offset)
    if sighting is None or sighting.doubtful or (sighting.is_value and len(sighting.parts) == 1):
        return None
    card = _stdlib_card(file, sighting) or _package_card(file, sighting)
    return (card, sighting.parts[-1].start, sighting.parts[-1].end) if card else None


def _stdlib_card(file: SourceFile, sighting: Sighting) -> Card | None:
    for name in sighting.names:
        entry = file.context.catalog.find(name)
        if entry and not file.context.is_shadowed(name.partition(".")[0]):
            return card_of(entry, file.context)
    return None


def _package_card(file: SourceFile, sighting: Sighting) -> Card | None:
    if not sighting.sites:
        return None
    verdict = judge(file, site_group(file, sighting.sites[0]))
    return package_card(verdict, file.context) if verdict else None
