"""Which kinds of completion other Python language servers offer: what features/neighbours.py rests on.

    python tests/bench/neighbours.py FOLDER     the folder with the servers' commands, such as a venv's bin

Prints a row for each server found there: how many candidates it gives in each place, and whether the one that one
hopes for is among them; a `+` says that this one brings its import.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "lsp"))

from client import Client, ServerError  # noqa: E402

COMMANDS = {
    "basedpyright": ["basedpyright-langserver", "--stdio"],
    "ty": ["ty", "server"],
    "pyrefly": ["pyrefly", "lsp"],
    "zuban": ["zuban", "server"],
    "jedi": ["jedi-language-server"],
    "pylsp": ["pylsp"],
    "ruff": ["ruff", "server"],
}
PLACES = {
    "imports": ("import to", "tomllib"),
    "from": ("from collections import C", "Counter"),
    "members": ("import json\njson.du", "dumps"),
    "arguments": ("import json\njson.dumps(1, ind", "indent"),
    "names": ("defaultdi", "defaultdict"),
}
WARM_UP = 2.0


def main(folder: Path) -> int:
    """Ask every server that is there."""
    capabilities = json.loads((TESTS / "lsp/capabilities/vscode.json").read_text(encoding="utf-8"))["capabilities"]
    for name, (command, *arguments) in COMMANDS.items():
        if (folder / command).exists():
            print(f"{name:<14}", *asked([str(folder / command), *arguments], capabilities), flush=True)
    return 0


def asked(command: list[str], capabilities: dict[str, Any]) -> list[str]:
    """What a server offers in each place."""
    shown = []
    with tempfile.TemporaryDirectory() as made, Client(command, cwd=Path(made)) as client:
        client.initialize(capabilities, Path(made))
        for name, (text, wanted) in PLACES.items():
            path = Path(made) / f"{name}.py"
            path.write_text(text, encoding="utf-8")
            client.open(path.as_uri(), text)
            time.sleep(WARM_UP)  # Some look at the workspace first, and none says when it is done.
            lines = text.split("\n")
            try:
                answer = client.at("completion", path.as_uri(), len(lines) - 1, len(lines[-1])) or []
            except ServerError:
                answer = []
            items = answer["items"] if isinstance(answer, dict) else answer
            found = [one for one in items if one["label"].partition("(")[0].strip(" =") == wanted]
            brings = any(one.get("additionalTextEdits") or one.get("labelDetails") for one in found)
            shown.append(f"{name} {len(items)} {'yes' if found else 'no'}{'+' if found and brings else ''};")
    return shown


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
