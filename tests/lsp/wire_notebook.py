"""A notebook as a client keeps it, and tells the server about it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from wire_session import Session, applied

_numbers = count()


class Book:
    """The texts of the cells by address, in their order; what is done to them is sent at once."""

    def __init__(self, session: Session, *texts: str, languages: Sequence[str] = (), scheme: str = "file") -> None:
        self.session = session
        self.number = next(_numbers)
        self.uri = (session.root / f"book{self.number}.ipynb").as_uri().replace("file", scheme, 1)
        self.texts: dict[str, str] = {}
        self.version = 1
        self._last = 0
        self._versions: dict[str, int] = {}
        languages = languages or ["python"] * len(texts)
        opened = [self._new(text, language) for text, language in zip(texts, languages, strict=True)]
        cells = [self._cell(one) for one in opened]
        notebook = {"uri": self.uri, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
        notebook["metadata"] = {"kernelspec": {"name": "any", "display_name": "Any"}}
        params = {"notebookDocument": notebook, "cellTextDocuments": [one for one in opened if one["text"] is not None]}
        session.client.notify("notebookDocument/didOpen", params)

    def __getitem__(self, place: int) -> str:
        return list(self.texts)[place]

    def at(self, method: str, place: int, wanted: str, *, end: bool = False) -> Any:
        """The answer about the first place in a cell with this text, or about the end of it."""
        text = self.texts[self[place]]
        return self.session.at(method, self[place], text, text.index(wanted) + len(wanted) * end)

    def title(self, place: int, wanted: str) -> str:
        """The first words of a hover, "" without one."""
        found = self.at("hover", place, wanted)
        return str(found["contents"]["value"]).strip("#* `").partition("\n")[0] if found else ""

    def diagnostics(self, place: int) -> list[Any]:
        return self.session.diagnostics(self[place])

    def change(self, **cells: Any) -> None:
        self.version += 1
        identifier = {"uri": self.uri, "version": self.version}
        params = {"notebookDocument": identifier, "change": {"cells": cells}}
        self.session.client.notify("notebookDocument/didChange", params)

    def write(self, place: int, *changes: str | dict[str, Any]) -> None:
        """Change the text of a cell; whoever sends ranges keeps `texts` right."""
        uri = self[place]
        self._versions[uri] += 1
        for one in changes:
            self.texts[uri] = one if isinstance(one, str) else self.texts[uri]
        listed = [{"text": one} if isinstance(one, str) else one for one in changes]
        self.change(textContent=[{"document": {"uri": uri, "version": self._versions[uri]}, "changes": listed}])

    def insert(self, place: int, text: str, language: str = "python") -> str:
        order = list(self.texts)
        opened = self._new(text, language)
        order.insert(place, opened["uri"])
        self._reorder(order)
        array = {"start": place, "deleteCount": 0, "cells": [self._cell(opened)]}
        self.change(structure={"array": array, "didOpen": [opened]})
        return str(opened["uri"])

    def delete(self, place: int) -> str:
        uri = self[place]
        del self.texts[uri]
        array = {"start": place, "deleteCount": 1}
        self.change(structure={"array": array, "didClose": [{"uri": uri}]})
        return uri

    def swap(self, place: int) -> None:
        """Have a cell change places with the next, as clients tell it: both taken out, both put in."""
        order = list(self.texts)
        order[place : place + 2] = order[place : place + 2][::-1]
        self._reorder(order)
        cells = [{"kind": 2, "document": uri} for uri in order[place : place + 2]]
        self.change(structure={"array": {"start": place, "deleteCount": 2, "cells": cells}})

    def close(self) -> None:
        cells = [{"uri": uri} for uri in self.texts]
        params = {"notebookDocument": {"uri": self.uri}, "cellTextDocuments": cells}
        self.session.client.notify("notebookDocument/didClose", params)

    def fixed(self, action: dict[str, Any]) -> list[str]:
        """The texts of all cells after an action."""
        texts = dict(self.texts)
        for uri, edits in self.edits(action).items():
            texts[uri] = applied(texts[uri], edits, self.session.encoding)
        return list(texts.values())

    def edits(self, action: dict[str, Any]) -> dict[str, Any]:
        edit = action["edit"]
        if "changes" in edit:
            return dict(edit["changes"])
        for one in edit["documentChanges"]:
            assert one["textDocument"]["version"] == self._versions[one["textDocument"]["uri"]]
        return {one["textDocument"]["uri"]: one["edits"] for one in edit["documentChanges"]}

    def actions(self, place: int, only: list[str] | None = None) -> list[dict[str, Any]]:
        return self.session.actions(self[place], self.texts[self[place]], only)

    def _new(self, text: str, language: str) -> dict[str, Any]:
        self._last += 1
        uri = f"vscode-notebook-cell:/book{self.number}.ipynb#W{self._last}s%3D"
        self.texts[uri] = text
        self._versions[uri] = 1
        return {"uri": uri, "languageId": language, "version": 1, "text": text}

    def _cell(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"kind": 1 if document["languageId"] == "markdown" else 2, "document": document["uri"]}

    def _reorder(self, order: list[str]) -> None:
        self.texts = {uri: self.texts[uri] for uri in order}
