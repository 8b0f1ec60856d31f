"""The renaming of a file that hides a standard module: only for clients that rename files when asked to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from wire_session import NAMES, Session

USE = "import random\nprint(random.randint(1, 6))\n"


@pytest.mark.parametrize("name", NAMES)
def test_renaming(begin: Callable[..., Session], name: str) -> None:
    session = begin(name)
    (session.root / "random.py").touch()
    uri = session.new(USE)
    codes = [one["code"] for one in session.diagnostics(uri)]
    assert codes == ["shadowed-module"]
    found = [one for one in session.actions(uri, USE) if one["title"].startswith("Rename")]
    edits = ("workspace", "workspaceEdit")
    able = session.can(*edits, "documentChanges") and session.can(*edits, "resourceOperations")
    assert len(found) == (1 if able and session.can("textDocument", "codeAction", "codeActionLiteralSupport") else 0)
    for one in found:
        old, new = ((session.root / name).as_uri() for name in ("random.py", "my_random.py"))
        assert one["edit"] == {"documentChanges": [{"kind": "rename", "oldUri": old, "newUri": new}]}
        assert "isPreferred" not in one
