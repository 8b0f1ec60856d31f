"""Writes the settings of the server into package.json, so that VS Code knows exactly those that the server knows.

python clients/vscode/settings.py            write them
python clients/vscode/settings.py --check    change nothing; print what differs and exit with 1 if something does
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path
from typing import Any

from stdlib_ls.settings import RULE_CODES, SETTINGS, Setting

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "package.json"
RULE_PAGES = HERE.parents[1] / "docs/rules"

Schema = dict[str, Any]

# The extension finds out by itself which other servers there are.
FILLED_IN = {"beside"}
# They could lead links elsewhere, or choose what is run: no workspace may set them.
MACHINE = {"docs.url"}
# Read when the server starts, of which there is one for all folders.
WINDOW = {"signature.enabled", "search.symbols", "diagnostics.workspace"}
SEVERITIES = {
    "default": "The severity that the rule has by itself.",
    "off": "Says nothing.",
    "hint": "Three dots below the code; not in the list of problems.",
    "information": "A blue line.",
    "warning": "A yellow line.",
    "error": "A red line.",
}
OF_THE_CLIENT: dict[str, Schema] = {
    "stdlib-ls.path": {
        "type": "string",
        "default": "",
        "scope": "machine",
        "markdownDescription": "The `stdlib-ls` command to run in place of the server that comes with the extension:"
        " its full path, or a name that is on the PATH.",
    },
    "stdlib-ls.interpreter": {
        "type": "string",
        "default": "",
        "scope": "machine",
        "markdownDescription": "The Python, 3.10 or newer, that runs the server: the full path of the program."
        " Without it the extension looks around, outside of the workspace only."
        " It has nothing to do with the Pythons that your code is judged by; for these see `#stdlib-ls.target#`.",
    },
    "stdlib-ls.trace.server": {
        "type": "string",
        "enum": ["messages", "verbose"],
        "default": "messages",
        "scope": "window",
        "description": "How much of what editor and server say to each other is written to the output channel stdlib-ls"
        " as long as its log level is Trace.",
    },
}


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser(description="Write the settings of the server into package.json.")
    options.add_argument("--check", action="store_true", help="print what differs, and change nothing")
    before = MANIFEST.read_text(encoding="utf-8")
    after = with_settings(before)
    if options.parse_args().check:
        lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
        difference = list(difflib.unified_diff(*lines, "package.json", "package.json as it should be"))
        sys.stdout.writelines(difference)
        return bool(difference)
    MANIFEST.write_text(after, encoding="utf-8")
    return 0


def with_settings(manifest: str) -> str:
    """The text of package.json, with the settings that there are now."""
    content = json.loads(manifest)
    rows = [row for row in SETTINGS.values() if row.name not in FILLED_IN]
    of_the_server = {f"stdlib-ls.{name}": schema for row in rows for name, schema in schemas(row).items()}
    content["contributes"]["configuration"]["properties"] = {**of_the_server, **OF_THE_CLIENT}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def schemas(row: Setting) -> dict[str, Schema]:
    """What package.json says of one setting; each rule's severity is a setting of its own."""
    if row.kind == "severities":
        return {f"{row.name}.{code}": severity(code, row) for code in RULE_CODES}
    scope = "machine" if row.name in MACHINE else "window" if row.name in WINDOW else "resource"
    return {row.name: {**value(row), "scope": scope, "description": row.description}}


def severity(code: str, row: Setting) -> Schema:
    """How much one rule says; what it finds stands on its page, below the title."""
    page = (RULE_PAGES / f"{code}.md").read_text(encoding="utf-8")
    return {
        "type": "string",
        "enum": list(row.allowed),
        "enumDescriptions": [SEVERITIES[name] for name in row.allowed],
        "default": "default",
        "scope": "resource",
        "markdownDescription": page.split("\n\n")[1],
    }


def value(row: Setting) -> Schema:
    """What may be written, and what holds where nothing is."""
    match row.kind:
        case "switch":
            return {"type": "boolean", "default": row.default}
        case "choice":
            return {"type": "string", "enum": list(row.allowed), "default": row.default}
        case "reasons":
            return {"type": "object", "additionalProperties": {"type": "string"}, "default": {}}
        case "texts":
            return {"type": "array", "items": {"type": "string"}, "default": list(row.default or ())}
        case _:
            return {"type": "string", "default": row.default or ""}


if __name__ == "__main__":
    sys.exit(main())
