"""Walking: which files of some folders are looked at, what they hold, and of which of them a rule may speak.

Files are looked through for the names that the rules are about before they are parsed: that takes a hundredth of
the time, and most files hold none.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from stdlib_ls.catalog.own import read_own
from stdlib_ls.catalog.store import Catalog, import_roots
from stdlib_ls.features.dated import dated_below
from stdlib_ls.features.manifests import kind_of
from stdlib_ls.features.requirements import RequirementsFile
from stdlib_ls.features.source_file import Context, SourceFile, context_of
from stdlib_ls.project import Projects
from stdlib_ls.project.claims import parse_toml
from stdlib_ls.versions import VersionRange

_SKIPPED_FOLDERS = frozenset(("__pycache__", "node_modules", "site-packages"))

# Each begins with a literal word, which the regex engine finds many times faster than an alternative of words.
_FROM_MODULE = re.compile(rb"from[ \t\\\r\n]+(\w+)")
_IMPORTED = re.compile(rb"import[ \t\\\r\n]+((?:[^\n;#(\\]|\\\r?\n)+)")
_WORD = re.compile(rb"\w+")
# Everything that ends a word becomes a blank; taking texts apart at blanks is what is fastest.
_ONLY_WORDS = bytes(byte if chr(byte).isalnum() or byte == ord("_") or byte > 127 else 32 for byte in range(256))
_FALLBACK = re.compile(rb"ImportError|ModuleNotFoundError|version_info|hexversion|TYPE_CHECKING")

_LISTING = (".toml", ".txt", ".in", ".cfg")
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Text(NamedTuple):
    """A file's text, and what is needed to write it back as it was: its encoding and byte order mark."""

    content: str
    encoding: str
    mark: bytes


class Walker:
    """Finds and reads the files that a rule may speak of; keeps what is wrong with them, each problem once.

    `hints` says whether rules that give nothing but hints count, too; `failed` that something could not be read.
    """

    def __init__(self, catalog: Catalog, projects: Projects, *, hints: bool) -> None:
        self.catalog = catalog
        self.projects = projects
        self.problems: list[str] = []
        self.failed = False
        self._hints = hints
        self._names = {name.encode() for name in catalog.third_party_names()}

    def files(self, paths: list[Path]) -> Iterator[Path]:
        """The files to look at in some paths, each folder's in order; those that do not exist are problems."""
        for path in paths:
            if path.is_dir():
                for found in self.files_by_folder(path):
                    yield from found
            elif path.exists():
                yield path
            else:
                self.fail(f"{path}: no such file or folder")

    def files_by_folder(self, top: Path) -> Iterator[list[Path]]:
        """The files to look at in a folder and in each one below, which may be none."""
        for folder, folders, names in os.walk(top, onerror=self._fail_to_list):
            folders[:] = sorted(name for name in folders if not _is_skipped(Path(folder, name)))
            yield [Path(folder, name) for name in sorted(names) if _is_looked_at(folder, name)]

    def read(self, path: Path) -> Text | None:
        """The text of a file that may matter, or None."""
        if self.projects.of(path.resolve()).is_off_limits(path):
            return None
        try:
            raw = path.read_bytes()
            if kind_of(path):
                return _decoded(raw)
            may_matter = self._may_matter(path, raw)
            # What cannot be decoded is named even where no import shows: in UTF-16 none would.
            if not may_matter and raw.isascii():
                return None
            encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
            mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
            encoding = "utf-8" if encoding == "utf-8-sig" else encoding
            content = raw[len(mark) :].decode(encoding)
            return Text(content, encoding, mark) if may_matter else None
        except (OSError, UnicodeDecodeError, SyntaxError, LookupError) as error:
            self.fail(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")
            return None

    def _may_matter(self, path: Path, raw: bytes) -> bool:
        """Whether any rule may have something to say of a file: most are told so by a look at their words."""
        imported = {*_FROM_MODULE.findall(raw), *_WORD.findall(b" ".join(_IMPORTED.findall(raw)))}
        if not imported.isdisjoint(self._names_for(path)):
            return True
        context = self.context(path, raw.decode("utf-8", "replace") if b"# /// script" in raw else "")
        if _FALLBACK.search(raw) and (self._hints or "obsolete-fallback" in context.settings.diagnostics):
            return True
        names = [name for word in imported if self.catalog.is_stdlib(name := word.decode("utf-8", "replace"))]
        own = path.parent.name if path.name == "__init__.py" else path.stem
        if any(context.shadow(name) for name in (*names, *([own] if self.catalog.is_stdlib(own) else ()))):
            return True
        words = frozenset(raw.translate(_ONLY_WORDS).split())
        dated = (_dated_words(self.catalog, name, context.versions) for name in ("builtins", *names))
        return any(not words.isdisjoint(one) for one in dated)

    def _names_for(self, path: Path) -> set[bytes]:
        """The import names that the catalog, and the catalogs of the project around a file, speak of."""
        own, _ = read_own(self.catalog, self.projects.of(path.absolute()).catalogs)
        return self._names.union(root.encode() for package in own for root in import_roots(package))

    def context(self, path: Path, content: str) -> Context:
        """What the files around a path say; what is wrong with them is named once."""
        project = self.projects.of(path.resolve())
        context = context_of(self.catalog, project, path.resolve(), script_text(content))
        found = [*project.problems, *context.problems]
        self.problems += [problem for problem in found if problem not in self.problems]
        return context

    def opened(self, path: Path, text: Text) -> SourceFile:
        """A file to judge, as what it is: Python, or a list of requirements."""
        context, kind = self.context(path, text.content), kind_of(path)
        return RequirementsFile(text.content, context, kind, parse_toml) if kind else SourceFile(text.content, context)

    def _fail_to_list(self, error: OSError) -> None:
        self.fail(f"{error.filename}: cannot be read: {error.strerror}")

    def fail(self, problem: str) -> None:
        """Note that a file cannot be used."""
        self.failed = True
        self.problems.append(problem)


def script_text(content: str) -> str:
    """The text where it may hold script metadata (PEP 723), else nothing: most files have none."""
    return content if "# /// script" in content else ""


@lru_cache(1024)
def _dated_words(catalog: Catalog, module: str, versions: VersionRange) -> frozenset[bytes]:
    """The words without which a file says nothing about which a range of Pythons has a say; see `dated.py`."""
    dated = dated_below(catalog, module, versions)
    words = {(name or module).rpartition(".")[2] for name in dated.names}
    return frozenset(word.encode() for word in words.union(*dated.parameters.values()))


def _is_looked_at(folder: str, name: str) -> bool:
    """Whether a file in a folder is looked at. Hidden ones are not: Emacs' locks are links that lead nowhere."""
    if name.startswith("."):
        return False
    # Folders may hold very many files of other kinds, which their ends tell at once.
    return name.endswith(".py") or (name.endswith(_LISTING) and kind_of(Path(folder, name)) is not None)


def _decoded(raw: bytes) -> Text:
    """The text of a file that lists requirements: what pip reads too, UTF-8 or with a mark that says otherwise."""
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return Text(raw[len(mark) :].decode(encoding), encoding, mark)
    return Text(raw.decode("utf-8"), "utf-8", b"")


def _is_skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _SKIPPED_FOLDERS or (folder / "pyvenv.cfg").exists()
