"""The command line: the same core as the server, without the protocol.

    stdlib-ls [serve] [--tcp HOST:PORT]
    stdlib-ls check [PATH ...]
    stdlib-ls show NAME ...
    stdlib-ls search WORDS
    stdlib-ls deps [PROJECT]
    stdlib-ls why-version [PATH]
    stdlib-ls explain CODE
    stdlib-ls self-test

Exit status: 0 nothing found, 1 something found, 2 the input or the command line is wrong.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stdlib_ls import __version__

if TYPE_CHECKING:
    from stdlib_ls.features.source_file import Context

FOUND, WRONG = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    options = _parser().parse_args(arguments)
    command = options.command or "serve"
    from stdlib_ls.catalog.store import CatalogMissing  # noqa: PLC0415

    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files may hold what the console cannot show: better escaped than not printed.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = int(_COMMANDS[command](options))
        print(end="", flush=True)
        return status
    except (CatalogMissing, InputError) as error:
        print(f"stdlib-ls: {error}", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # Whoever reads us has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


class InputError(Exception):
    """What the user gave cannot be used; the message says what and how to mend it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stdlib-ls", description="Knows the Python standard library, in your editor and here."
    )
    parser.add_argument("--version", action="version", version=f"stdlib-ls {__version__}")
    parser.add_argument("--tcp", metavar="HOST:PORT", help="serve whoever connects, instead of stdio")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    serve = commands.add_parser("serve", help="run the language server (the default)")
    serve.add_argument("--tcp", metavar="HOST:PORT", default=argparse.SUPPRESS, help="instead of stdio")
    serve.add_argument(
        "--position-encoding",
        choices=("utf-8", "utf-16", "utf-32"),
        help="what columns count, for clients that count otherwise than they say",
    )
    check = commands.add_parser("check", help="report what the rules find: versions, third-party imports, requirements")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders (default: here)")
    check.add_argument(
        "--newest",
        action="store_true",
        help="only what breaks, or will, between the Python in use (.python-version, the virtual environment's,"
        " else the oldest supported) and the newest that the project allows",
    )
    check.add_argument("--fix", action="store_true", help="apply the safe fixes")
    check.add_argument("--diff", action="store_true", help="print what --fix would change, change nothing")
    check.add_argument("--output-format", choices=("text", "json"), default="text")
    check.add_argument("--min-severity", choices=("hint", "information", "warning"), default="information")
    show = commands.add_parser("show", help="show the cards of modules, members or packages")
    show.add_argument("names", nargs="+", metavar="NAME", help="such as json, os.path.join or psutil")
    show.add_argument("--json", action="store_true")
    search = commands.add_parser("search", help="find modules and members by what they are for")
    search.add_argument("words", nargs="+", metavar="WORDS", help='such as "unzip" or "temporary file"')
    search.add_argument("--limit", type=int, default=10, metavar="N", help="how many to show at most (default: 10)")
    search.add_argument("--json", action="store_true")
    deps = commands.add_parser("deps", help="say what a project uses of each dependency, and which of them can go")
    deps.add_argument("path", nargs="?", type=Path, default=Path(), metavar="PROJECT", help="a folder (default: here)")
    deps.add_argument("--json", action="store_true")
    why = commands.add_parser("why-version", help="say which Pythons a file is judged by, and where that comes from")
    why.add_argument("path", nargs="?", type=Path, default=Path(), metavar="PATH")
    explain = commands.add_parser("explain", help="print the page of a rule: when it speaks, and what to do")
    explain.add_argument("code", metavar="CODE", help="such as removed-module")
    commands.add_parser("self-test", help="say whether this installation works: the parser, the catalog, the server")
    for judging in (check, show, search, deps, why):
        judging.add_argument("--target", metavar="VERSIONS", help='Pythons to judge by: "3.11", "3.9-3.12"')
    return parser


def _serve(options: argparse.Namespace) -> int:
    # What is imported stays; the collector need not look at it while it grows, nor ever after.
    gc.disable()
    from stdlib_ls.lsp.quick_types import import_types  # noqa: PLC0415

    import_types()
    from stdlib_ls.lsp.handlers import serve  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    if sys.stdin.isatty() and not options.tcp:
        print("stdlib-ls: waiting for an editor on standard input; Ctrl-C ends this, --help says more", file=sys.stderr)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        serve(_address(options.tcp) if options.tcp else None, getattr(options, "position_encoding", None))
    except OSError as error:
        if not options.tcp:
            raise
        raise InputError(f"--tcp {options.tcp}: {error.strerror}") from error
    return 0


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise InputError(f"--tcp {text}: expected HOST:PORT, such as 127.0.0.1:4711")
    return host or "127.0.0.1", int(port)


def _check(options: argparse.Namespace) -> int:
    from stdlib_ls.batch import check  # noqa: PLC0415

    return check(options, _settings(options.target))


def _show(options: argparse.Namespace) -> int:
    from stdlib_ls.features.lookup import as_json, look_up  # noqa: PLC0415
    from stdlib_ls.features.render import render  # noqa: PLC0415

    context = _context(options)
    found = [look_up(name, context) for name in options.names]
    if options.json:
        print(json.dumps([as_json(one, context) if one else None for one in found], indent=2))
    else:
        shown = [render(one.card, "ansi" if _has_colours() else "plaintext", "whole") for one in found if one]
        print("\n\n\n".join(shown))
    unknown = [name for name, one in zip(options.names, found, strict=True) if one is None]
    for name in unknown:
        print(f"stdlib-ls: {name}: neither in the standard library nor in the catalog of packages", file=sys.stderr)
    return FOUND if unknown else 0


def _search(options: argparse.Namespace) -> int:
    from stdlib_ls.features.render import render_hits  # noqa: PLC0415
    from stdlib_ls.features.search import as_json, search  # noqa: PLC0415

    if options.limit < 1:
        raise InputError(f"--limit {options.limit}: expected at least 1")
    context = _context(options)
    found = search(" ".join(options.words), context, options.limit)
    if options.json:
        print(json.dumps([as_json(entry) for entry in found], indent=2))
    elif found:
        print(render_hits(found, context.versions, colours=_has_colours()))
    else:
        print(f"stdlib-ls: nothing in Python {context.versions} answers to that; try other words", file=sys.stderr)
    return 0 if found else FOUND


def _context(options: argparse.Namespace) -> Context:
    """What a command without a file judges by: the project around the working directory."""
    from stdlib_ls.catalog.store import Catalog  # noqa: PLC0415
    from stdlib_ls.features.source_file import Context  # noqa: PLC0415
    from stdlib_ls.project import Projects  # noqa: PLC0415

    project = Projects(_settings(options.target)).in_folder(Path.cwd())
    return Context(Catalog(), project.version_range(""), project.settings)


def _has_colours() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _deps(options: argparse.Namespace) -> int:
    from stdlib_ls.dependencies.report import print_dependencies  # noqa: PLC0415

    if not options.path.exists():
        raise InputError(f"{options.path}: no such file or folder")
    return print_dependencies(options, _settings(options.target), colours=_has_colours())


def _why_version(options: argparse.Namespace) -> int:
    from stdlib_ls.project import Projects  # noqa: PLC0415

    path = options.path.resolve()
    if not path.exists():
        raise InputError(f"{options.path}: no such file or folder")
    projects = Projects(_settings(options.target))
    project = projects.in_folder(path) if path.is_dir() else projects.of(path)
    text = "" if path.is_dir() else path.read_text(encoding="utf-8", errors="replace")
    print("\n".join(project.explain(text)))
    for problem in project.problems:
        print(f"stdlib-ls: {problem}", file=sys.stderr)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from stdlib_ls.settings import RULE_CODES, closest  # noqa: PLC0415

    if options.code not in RULE_CODES:
        listed = "".join(f"\n  {code}" for code in RULE_CODES)
        raise InputError(f"there is no rule {options.code}{closest(options.code, RULE_CODES)}; the rules are{listed}")
    try:
        print(_rule_page(options.code).read_text(encoding="utf-8"), end="")
    except OSError as error:
        raise InputError(f"the page of {options.code} is missing: {error.strerror}: {error.filename}") from error
    return 0


def _self_test(options: argparse.Namespace) -> int:
    from stdlib_ls.catalog.store import Catalog  # noqa: PLC0415

    try:
        from stdlib_ls.features.hover import hover  # noqa: PLC0415
        from stdlib_ls.features.source_file import Context, SourceFile  # noqa: PLC0415
        from stdlib_ls.lsp.handlers import create_server  # noqa: PLC0415
    except ImportError as error:  # An incomplete installation, or one made for another Python or system.
        raise InputError(f"this installation does not work on {sys.executable}: {error}") from error
    create_server()
    found = hover(SourceFile("import json\njson.dumps", Context(Catalog())), len("import json\njson.d"))
    if not found or found[0].title != "json.dumps":
        raise InputError(f"this installation is broken: no card of json.dumps on {sys.executable}")
    print(f"stdlib-ls {__version__} works on Python {sys.version.split()[0]}")
    return 0


def _rule_page(code: str) -> Path:
    """Where the page of a rule lies: in the package, or, where that runs from its sources, beside it."""
    package = Path(__file__).resolve().parent
    packaged = package / "data/rules"
    return (packaged if packaged.is_dir() else package.parents[1] / "docs/rules") / f"{code}.md"


def _settings(target: str | None) -> Any:
    from stdlib_ls.settings import Settings, read_settings  # noqa: PLC0415

    settings, problems = read_settings({"target": target} if target else None, "--target", Settings())
    if problems:
        raise InputError(problems[0])
    return settings


_COMMANDS = {
    "serve": _serve,
    "check": _check,
    "show": _show,
    "search": _search,
    "deps": _deps,
    "why-version": _why_version,
    "explain": _explain,
    "self-test": _self_test,
}
