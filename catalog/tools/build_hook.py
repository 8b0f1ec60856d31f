"""Compiles the catalog into the package whenever a wheel, or an editable install, is built.

The pages of the rules go into wheels, too; an editable install reads them where they are.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes server/stdlib_ls/data/catalog.txt; a catalog with problems stops the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects files."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        sys.path[:0] = [str(root / "server"), str(root / "catalog/tools")]
        from catalog_compiler.compile import main  # noqa: PLC0415

        output = root / "server/stdlib_ls/data/catalog.txt"
        if main([str(root / "catalog"), str(output)]):
            raise SystemExit("the catalog has problems; they are listed above")
        build_data["artifacts"].append("server/stdlib_ls/data/catalog.txt")
        if version == "standard":
            build_data["force_include"][str(root / "docs/rules")] = "stdlib_ls/data/rules"
