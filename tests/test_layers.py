"""Who may import whom, and how long files and functions may be, read from the package's own source."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[1] / "server/stdlib_ls"
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 45
# What there is now. A new capability may raise it by its own size; nothing else may.
LINES_OF_THE_PACKAGE = 9_670

# What each part may import of this package; a part is a folder, or a file beside the folders.
MAY_IMPORT = {
    "__init__": "",
    "__main__": "cli",
    "versions": "",
    "settings": "versions",
    "catalog": "versions catalog",
    "analysis": "versions catalog analysis",
    "features": "versions settings catalog analysis features",
    "project": "versions settings project",
    "lsp": "versions settings catalog features project walk dependencies lsp",
    "cli": "versions settings catalog features project batch dependencies",
    "batch": "versions settings catalog features project walk mentions",
    "walk": "versions catalog features project",
    "mentions": "features",
    "dependencies": "versions settings catalog features project walk mentions dependencies",
}
# Imports that break the rule above on purpose: file, function, and what it may import.
EXCEPTIONS = {("cli.py", "serve"): "lsp", ("cli.py", "_serve"): "lsp", ("cli.py", "_self_test"): "lsp"}
# Where third-party packages may be imported.
ONLY_IN = {
    "tree_sitter": "analysis",
    "tree_sitter_python": "analysis",
    "pygls": "lsp",
    "lsprotocol": "lsp",
    "cattrs": "lsp",
    "attrs": "lsp",
    "attr": "lsp",
    "yaml": "catalog/source.py",
    "snowballstemmer": "catalog/words.py",
}


NO_CODE = (
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
)


class Import(NamedTuple):
    """One imported module, the line, and the function around it, "" at the top of the file."""

    module: str
    line: int
    function: str


def sources() -> Iterator[tuple[str, str]]:
    """Every file of the package: its path below it, and its text."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


def imports(file: str, text: str) -> Iterator[Import]:
    """The imports of a file, those inside of functions included, with absolute names."""
    package = ["stdlib_ls", *file.split("/")[:-1]]

    def visit(node: ast.AST, function: str) -> Iterator[Import]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = function or node.name
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, function) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*parents, *([node.module] if node.module else [])])
            # `from stdlib_ls import cli` imports the part `cli`.
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "stdlib_ls" else [module]
            yield from (Import(name, node.lineno, function) for name in names)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, function)

    return visit(ast.parse(text), "")


def objection(file: str, found: Import) -> str:
    """Why a file may not import something, or ""."""
    top, _, rest = found.module.partition(".")
    if top != "stdlib_ls":
        where = ONLY_IN.get(top)
        return f"{top} only in {where}" if where and not f"{file}/".startswith(f"{where}/") else ""
    part, target = part_of(file), part_of(rest.replace(".", "/"))
    # Of `from stdlib_ls import __version__` nobody depends on more than the package itself.
    if target not in MAY_IMPORT or target in MAY_IMPORT[part].split():
        return ""
    if target == EXCEPTIONS.get((file, found.function)):
        return ""
    return f"{part} may import {MAY_IMPORT[part] or 'nothing of ours'}, not {target}"


def part_of(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


def test_every_file_belongs_to_a_part() -> None:
    assert sorted({part_of(file) for file, _ in sources()} - MAY_IMPORT.keys()) == []


def test_imports_keep_to_the_layers() -> None:
    broken = [
        f"{file}:{found.line}: imports {found.module}: {why}"
        for file, text in sources()
        for found in imports(file, text)
        if (why := objection(file, found))
    ]
    assert broken == []


def test_the_rules_see_every_form_of_import() -> None:
    text = """
import pygls.server
from stdlib_ls import cli, __version__
from ..lsp import server
from . import store
def serve():
    async def inner():
        from stdlib_ls.lsp.server import run
"""
    found = list(imports("catalog/x.py", text))
    assert [(one.module, one.line, one.function) for one in found] == [
        ("pygls.server", 2, ""),
        ("stdlib_ls.cli", 3, ""),
        ("stdlib_ls.__version__", 3, ""),
        ("stdlib_ls.lsp", 4, ""),
        ("stdlib_ls.catalog", 5, ""),
        ("stdlib_ls.lsp.server", 8, "serve"),
    ]
    assert [bool(objection("catalog/x.py", one)) for one in found] == [True, True, False, True, False, True]
    assert not objection("cli.py", found[-1])
    assert objection("cli.py", found[-1]._replace(function="check"))
    assert objection("catalog/store.py", Import("yaml", 1, "")) and not objection(
        "catalog/source.py", Import("yaml", 1, "")
    )


def test_no_file_is_too_long() -> None:
    lengths = {file: text.count("\n") for file, text in sources()}
    assert {file: lines for file, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}


def lines_of_code(text: str) -> int:
    """How many lines of a source hold code: no blank lines, comments or docstrings."""
    documented: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            documented.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    written: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            written.update(range(token.start[0], token.end[0] + 1))
    return len(written - documented)


def test_the_package_is_small() -> None:
    assert lines_of_code('"""Doc\nstring."""\n\n# Comment.\nx = (\n    1\n)\n') == 3
    assert sum(lines_of_code(text) for _, text in sources()) < LINES_OF_THE_PACKAGE


def test_no_function_is_too_long() -> None:
    functions = (
        (f"{file}:{node.lineno}: {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for file, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert {name: lines for name, lines in functions if lines > LINES_OF_A_FUNCTION} == {}
