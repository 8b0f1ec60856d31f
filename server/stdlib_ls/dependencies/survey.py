"""The survey of a project: what is declared, and what its files do with that.

A project ends where another one begins in a folder below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from stdlib_ls.catalog.store import Catalog, is_under
from stdlib_ls.dependencies.dependency import Dependency, Place
from stdlib_ls.features.manifests import kind_of
from stdlib_ls.features.requirements import RequirementsFile, superfluous_requirements
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.features.suppression import is_suppressed
from stdlib_ls.features.usage import usages
from stdlib_ls.mentions import Mentions
from stdlib_ls.project import Projects
from stdlib_ls.project.claims import dig, parse_toml
from stdlib_ls.project.folder import PROJECT_MARKERS
from stdlib_ls.settings import normal_package
from stdlib_ls.walk import Walker

_OF_SETUP_PY = re.compile(r"\b(?:install_requires|extras_require)\b")
_IMPORTED = re.compile(rb"(?:from|import)[ \t\\\r\n]+((?:[^\n;#\\]|\\\r?\n)+)")
_WORD = re.compile(rb"\w+")
# What builds a project is imported by nothing but this.
_BUILD_SCRIPT = "setup.py"


def project_folder(projects: Projects, path: Path) -> Path:
    """The nearest folder at or above a path that lists requirements, else the root of the project around it."""
    start = path if path.is_dir() else path.parent
    for folder in (start, *start.parents):
        if folder.name != "requirements" and _lists_requirements(folder):
            return folder
        if _is_marked(folder) or folder.parent == projects.home:
            break  # What lies about in the home folder concerns nobody else.
    return projects.in_folder(start).root or start


def _is_marked(folder: Path) -> bool:
    return any((folder / name).exists() for name in PROJECT_MARKERS)


def _lists_requirements(folder: Path) -> bool:
    try:
        return any(kind_of(path) for path in (*folder.iterdir(), *folder.glob("requirements/*")))
    except OSError:
        return False


class _Walker(Walker):
    """Reads what imports something that the catalog knows or the project declares; notes who names it in strings."""

    def __init__(self, catalog: Catalog, projects: Projects) -> None:
        super().__init__(catalog, projects, hints=False)
        self.declared: set[bytes] = set()
        self.mentions: dict[str, list[Path]] = {}
        self._quoted: re.Pattern[bytes] | None = None
        self._named: re.Pattern[bytes] | None = None

    def look_for(self, names: set[str]) -> None:
        """Take these import names, of which only the first part counts, for names that matter."""
        self.declared = {name.partition(".")[0].encode() for name in names}
        # In texts whole names count: `google` alone may be anything.
        words = b"|".join(re.escape(name.encode()) for name in sorted(names, reverse=True))
        self._quoted = re.compile(rb"['\"](" + words + rb")(?:\.\w|['\"])") if names else None
        self._named = re.compile(rb"\b(" + words + rb")\b") if names else None

    def note_mentions(self, path: Path, raw: bytes, *, foreign: bool = False) -> None:
        """Note the names in strings, and all of those in foreign code, which nobody judges."""
        pattern = self._named if foreign else self._quoted
        for name in set(pattern.findall(raw)) if pattern else ():
            self.mentions.setdefault(name.decode(), []).append(path)

    def note_foreign(self, path: Path) -> None:
        """Note what a file names that is never judged: a stub, or vendored code."""
        try:
            self.note_mentions(path, path.read_bytes(), foreign=True)
        except OSError as error:
            self.fail(f"{path}: cannot be read: {error.strerror}")

    def _may_matter(self, path: Path, raw: bytes) -> bool:
        self.note_mentions(path, raw)
        words = _WORD.findall(b" ".join(_IMPORTED.findall(raw)))
        return not self._names_for(path).isdisjoint(words) or not self.declared.isdisjoint(words)


class Survey:
    """One look at the project around a path: `steps` takes it bit by bit, and then the rest can be asked for.

    `opened` gives the buffer that an editor holds of a file, which counts instead of the file.
    """

    def __init__(
        self,
        catalog: Catalog,
        projects: Projects,
        path: Path,
        opened: Callable[[Path], SourceFile | None] = lambda _: None,
    ) -> None:
        self.top = project_folder(projects, path)
        self.files = 0
        self.others: list[str] = []
        self._walker = _Walker(catalog, projects)
        self._opened = opened
        self.context = self._walker.context(self.top / "pyproject.toml", "")
        self._dependencies: dict[str, Dependency] = {}
        self._undeclared: dict[str, Dependency] = {}
        self._by_import: dict[str, list[str]] = {}
        self._of_the_build: set[str] = set()
        self._belongs: dict[Path, bool] = {self.top: True}

    @property
    def dependencies(self) -> list[Dependency]:
        """What is declared, by name."""
        return [one for _, one in sorted(self._dependencies.items())]

    @property
    def undeclared(self) -> list[Dependency]:
        """What is imported without a guard, and declared nowhere, by name; only what the catalog knows."""
        return [one for _, one in sorted(self._undeclared.items()) if one.guarded < len(one.imports)]

    @property
    def problems(self) -> list[str]:
        """What is wrong with the files."""
        return self._walker.problems

    @property
    def failed(self) -> bool:
        return self._walker.failed

    def steps(self) -> Iterator[int]:
        """Look at everything, and say now and then how many Python files have been looked at."""
        found: list[Path] = []
        for paths in self._walker.files_by_folder(self.top):
            found += [path for path in paths if self._is_within(path.parent)]
            yield 0
        for path in found:
            if kind_of(path):
                self._read_declarations(path)
        self._walker.look_for({name for one in self._dependencies.values() for name in self._import_names(one)})
        sources = [path for path in found if not kind_of(path)]
        for self.files, path in enumerate(sources, 1):
            try:
                self._look_at(path)
            except Exception as error:  # One file that is too much for a rule must not cost the others theirs.
                self._walker.fail(f"{path}: cannot be judged: {error!r}")
            yield self.files
        self._settle()
        candidates = [one for one in (*self._dependencies.values(), *self._undeclared.values()) if one.can_go]
        for path in sources if candidates else ():
            mentions = Mentions([path])
            for one in candidates:
                if any(mentions.are_wanted(other, names) for other, names in one.names.items() if other != path):
                    one.shared.append(self._shown(path))
            yield self.files

    def _is_within(self, folder: Path) -> bool:
        """Whether a folder belongs to this project, and to none below; those are noted."""
        known = self._belongs.get(folder)
        if known is None:
            known = self._is_within(folder.parent)
            if known and _is_marked(folder):
                self.others.append(self._shown(folder))
                known = False
            self._belongs[folder] = known
        return known

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.top).as_posix()

    def _file(self, path: Path) -> SourceFile | None:
        file = self._opened(path)
        if file is None:
            if self._walker.projects.of(path.resolve()).is_off_limits(path):
                self._walker.note_foreign(path)
                return None
            text = self._walker.read(path)
            return self._walker.opened(path, text) if text else None
        self._walker.note_mentions(path, file.source)
        return file

    # What is declared.

    def _read_declarations(self, path: Path) -> None:
        file = self._file(path)
        if not isinstance(file, RequirementsFile):
            return
        own = _own_name(file) if file.kind == "pyproject" else ""
        findings = {one.start: one for one in superfluous_requirements(file)}
        for requirement in file.requirements:
            name, start = normal_package(requirement.name), requirement.span[0]
            if requirement.keys[:1] == ("build-system",):
                self._of_the_build.add(name)
            elif name != own:
                known = self._dependencies.get(name) or self._new(requirement.name)
                self._dependencies[name] = known
                known.declared.append(Place(self._shown(path), file.document.lines.line_of(start) + 1))
                finding = findings.get(start)
                if finding and not is_suppressed(file, start, finding.code):
                    known.superfluous.append(finding.message)

    def _new(self, name: str) -> Dependency:
        normal = normal_package(name)
        package = self.context.catalog.distribution(normal)
        for imported in package["imports"] if package else ():
            self._by_import.setdefault(imported, []).append(normal)
        return Dependency(name, package, self.context.settings.allowed_because(name))

    def _import_names(self, dependency: Dependency) -> set[str]:
        """The names by which a distribution may be imported; of one that nobody knows, its own in other spellings."""
        if dependency.package and not dependency.package["imports"]:
            return set()
        name = dependency.name.replace("-", "_")
        lowered = normal_package(dependency.name)
        guessed = {name, name.lower(), lowered.replace("-", "_"), lowered.replace("-", ".")}
        return guessed | {dependency.name, *(dependency.package or {"imports": ()})["imports"]}

    # What is used.

    def _look_at(self, path: Path) -> None:
        file = self._file(path)
        if file is None or file.context.quiet or isinstance(file, RequirementsFile):
            return
        for owner, usage in usages(file, lambda name: self._owner(file, name)).items():
            for dependency in self._sharing(owner):
                dependency.add(path, self._shown(path), usage)

    def _sharing(self, owner: str) -> list[Dependency]:
        """The dependency of a normal name, and those declared beside it that are imported by the same name."""
        if owner not in self._dependencies:
            return [self._undeclared[owner]]
        twins = {owner: None} | {key: None for keys in self._by_import.values() if owner in keys for key in keys}
        return [self._dependencies[key] for key in twins if key in self._dependencies]

    def _owner(self, file: SourceFile, name: str) -> str:
        """The normal name of the distribution that an imported name is of; "" where it is nobody's that matters."""
        context, top = file.context, name.partition(".")[0]
        prefix, owner = self._declared_as(name)
        if context.catalog.is_stdlib(top) or (
            # Several projects may share a folder without `__init__.py`, such as google.
            context.is_first_party(top) and (prefix in ("", top) or context.is_shadowed(top))
        ):
            return ""
        return owner or self._undeclared_owner(file, name)

    def _declared_as(self, name: str) -> tuple[str, str]:
        """The longest beginning of a dotted name that stands for a declared dependency, and the normal name of that."""
        parts = name.split(".")
        for count in range(len(parts), 0, -1):
            prefix = ".".join(parts[:count])
            for owner in (*self._by_import.get(prefix, ()), normal_package(prefix)):
                if owner in self._dependencies:
                    return prefix, owner
        return "", ""

    def _undeclared_owner(self, file: SourceFile, name: str) -> str:
        context, script = file.context, file.context.path
        known = [
            package
            for package in context.catalog.packages(name.partition(".")[0])
            if is_under(name, package["imports"])
        ]
        owners = " or ".join(package["package"] for package in known)
        if not owners or owners in self._of_the_build or (script and script.name == _BUILD_SCRIPT):
            return ""
        if owners not in self._undeclared:
            reason = context.settings.allowed_because(owners)
            self._undeclared[owners] = Dependency(owners, known[0] if len(known) == 1 else None, reason)
        return owners

    def _settle(self) -> None:
        """Bring to each dependency what only all files together say of it."""
        for one in self._dependencies.values():
            one.is_unsure = self.failed
            named = {path for name in self._import_names(one) for path in self._walker.mentions.get(name, ())}
            one.mentioned = sorted(map(self._shown, named))

    @property
    def unread(self) -> list[str]:
        """What may declare more, in a way that is not read."""
        try:
            text = (self.top / _BUILD_SCRIPT).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return [_BUILD_SCRIPT] if _OF_SETUP_PY.search(text) else []


def _own_name(file: RequirementsFile) -> str:
    """The normal name of the project itself, which its extras may name to mean other extras of its own."""
    try:
        table = parse_toml(file.slice(0, len(file.source)))
    except ValueError:
        return ""
    name = dig(table, "project", "name") or dig(table, "tool", "poetry", "name")
    return normal_package(name) if isinstance(name, str) else ""
