"""The notebooks of the client: which cells they have, in which order, and what is written in them.

A cell that the client opens as a document of its own is a notebook of one cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lsprotocol import types

from stdlib_ls.features.cells import Cell, CellView, JoinedCells
from stdlib_ls.features.edits import Edit
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.source_file import Context, Encoding, SourceFile
from stdlib_ls.lsp import convert

_PYTHON = "python"

Change = types.TextDocumentContentChangeEvent


def sync_options() -> types.NotebookDocumentSyncOptions:
    """What the server asks for: the Python cells of notebooks of whatever type, and when they are saved."""
    cells = [types.NotebookCellLanguage(_PYTHON)]
    return types.NotebookDocumentSyncOptions([types.NotebookDocumentFilterWithCells(cells)], save=True)


class CellDocument:
    """The text of a cell, its version and its language."""

    def __init__(self, document: types.TextDocumentItem) -> None:
        self.cell = Cell.of(document.text)
        self.version: int | None = document.version
        self.language = document.language_id


class Notebook:
    """A notebook: its cells in order, by address, with what is code; and the texts that the client has sent.

    `told` holds the diagnostics that were last made of it, by cell.
    """

    def __init__(self, uri: str, path: Path | None, cells: Iterable[types.NotebookCell], context: Context) -> None:
        self.uri = uri
        self.path = path
        self.order = list(cells)
        self.documents: dict[str, CellDocument] = {}
        self.told: dict[str, list[types.Diagnostic]] = {}
        self.joined = JoinedCells(context)
        # Where each Python cell is among those that are joined.
        self._places: dict[str, int] = {}

    @property
    def file(self) -> SourceFile:
        """The Python cells as one file."""
        return self.joined.file

    @property
    def cells(self) -> list[str]:
        """The addresses of the Python cells, in order."""
        return list(self._places)

    def view(self, uri: str) -> CellView:
        """One of the Python cells."""
        return self.joined.view(self._places[uri])

    def put(self, documents: Iterable[types.TextDocumentItem]) -> None:
        """Take over the texts of some cells."""
        for one in documents:
            self.documents[one.uri] = CellDocument(one)

    def edit(self, uri: str, version: int | None, changes: Iterable[Change], encoding: Encoding) -> bool:
        """Follow the client's edits of one cell, each made on the outcome of the one before; whether it is there."""
        document = self.documents.get(uri)
        if document is None:
            return False
        document.version = version
        for change in changes:
            cell = document.cell
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = (
                    cell.offset(place.line, place.character, encoding)
                    for place in (change.range.start, change.range.end)
                )
                document.cell = cell.replaced(start, max(start, end), change.text)
            else:
                document.cell = Cell.of(change.text)
        return True

    def join(self) -> None:
        """Bring the one file up to date with the cells."""
        addresses = dict.fromkeys(one.document for one in self.order if self._is_python(one))
        self._places = {uri: place for place, uri in enumerate(addresses)}
        self.joined.update(self.documents[uri].cell for uri in addresses)

    def by_cell(self, found: Iterable[Diagnostic]) -> Iterator[tuple[str, CellView, Diagnostic]]:
        """Each diagnostic of the one file with the cell that it begins in."""
        addresses = self.cells
        for one in found:
            place = self.joined.index_at(one.start)
            yield addresses[place], self.joined.view(place), one

    def to_edits(self, edits: Iterable[Edit], encoding: Encoding) -> list[convert.DocumentEdits] | None:
        """Edits of the one file as edits of cells, in their order; None if one of them belongs to no single cell."""
        spread = self.joined.spread(edits)
        if spread is None:
            return None
        addresses = self.cells
        made: list[convert.DocumentEdits] = []
        for place, own in sorted(spread.items()):
            document = self.documents[addresses[place]]
            identifier = types.OptionalVersionedTextDocumentIdentifier(addresses[place], document.version)
            made.append((identifier, convert.to_edits(document.cell, own, encoding)))
        return made

    def _is_python(self, cell: types.NotebookCell) -> bool:
        document = self.documents.get(cell.document)
        return cell.kind == types.NotebookCellKind.Code and document is not None and document.language == _PYTHON


class Notebooks:
    """The open notebooks."""

    def __init__(self) -> None:
        self._notebooks: dict[str, Notebook] = {}
        self._of_cells: dict[str, Notebook] = {}

    def __iter__(self) -> Iterator[Notebook]:
        return iter(list(self._notebooks.values()))

    def holding(self, uri: str) -> Notebook | None:
        """The notebook that has a Python cell of this address."""
        return self._of_cells.get(uri)

    def open(self, params: types.DidOpenNotebookDocumentParams, path: Path | None, context: Context) -> Notebook:
        """Take over a notebook of the client."""
        opened = params.notebook_document
        notebook = Notebook(opened.uri, path, opened.cells, context)
        notebook.put(params.cell_text_documents)
        self._notebooks[opened.uri] = notebook
        self._join(notebook)
        return notebook

    def open_cell(self, document: types.TextDocumentItem, context: Context) -> Notebook | None:
        """Take over a cell that comes alone, unless it is known already as part of its notebook."""
        if document.uri in self._of_cells:
            return None
        cell = types.NotebookCell(types.NotebookCellKind.Code, document.uri)
        notebook = types.NotebookDocument(document.uri, "", 0, [cell])
        return self.open(types.DidOpenNotebookDocumentParams(notebook, [document]), None, context)

    def change(
        self, params: types.DidChangeNotebookDocumentParams, encoding: Encoding
    ) -> tuple[Notebook, set[str]] | None:
        """Follow a change; gives the notebook and the cells that are new or have another text, None if none are.

        Moving or removing a cell changes what the others mean, so there may be an empty set.
        """
        notebook = self._notebooks.get(params.notebook_document.uri)
        changes = params.change.cells
        if notebook is None or changes is None:
            return None
        before = [(cell.document, cell.kind) for cell in notebook.order]
        changed: set[str] = set()
        if changes.structure:
            changed |= _restructure(notebook, changes.structure)
        if changes.data:
            said = {cell.document: cell for cell in changes.data}
            notebook.order = [said.get(cell.document, cell) for cell in notebook.order]
        for content in changes.text_content or ():
            document = content.document
            if notebook.edit(document.uri, document.version, content.changes, encoding):
                changed.add(document.uri)
        if not changed and before == [(cell.document, cell.kind) for cell in notebook.order]:
            return None
        self._join(notebook)
        return notebook, changed

    def change_cell(self, params: types.DidChangeTextDocumentParams, encoding: Encoding) -> Notebook | None:
        """Follow the edits of a cell that came alone."""
        uri = params.text_document.uri
        notebook = self._notebooks.get(uri)
        if notebook is None or not notebook.edit(uri, params.text_document.version, params.content_changes, encoding):
            return None
        self._join(notebook)
        return notebook

    def close(self, uri: str) -> Notebook | None:
        """Forget a notebook, or a cell that came alone; gives what it was."""
        notebook = self._notebooks.pop(uri, None)
        if notebook:
            self._of_cells = {cell: one for cell, one in self._of_cells.items() if one is not notebook}
        return notebook

    def _join(self, notebook: Notebook) -> None:
        notebook.join()
        for uri in notebook.cells:
            if uri != notebook.uri:
                self._notebooks.pop(uri, None)  # It came alone, before its notebook did.
        others = {cell: one for cell, one in self._of_cells.items() if one is not notebook}
        self._of_cells = others | dict.fromkeys(notebook.cells, notebook)


def _restructure(notebook: Notebook, structure: types.NotebookDocumentCellChangeStructure) -> set[str]:
    """Put cells in, take others out; gives the addresses of those that are new."""
    array = structure.array
    notebook.order[array.start : array.start + array.delete_count] = array.cells or []
    # A cell whose language changes closes and opens in one message.
    for closed in structure.did_close or ():
        notebook.documents.pop(closed.uri, None)
    opened = structure.did_open or ()
    notebook.put(opened)
    return {one.uri for one in opened}
