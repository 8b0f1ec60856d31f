"""Projects: for each Python file its settings, its version range, and which names are its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from stdlib_ls.project.caps import is_capped
from stdlib_ls.project.claims import Claim, read_script, script_block, target_claim
from stdlib_ls.project.disk import Disk, Listing, is_folder
from stdlib_ls.project.first_party import (
    NEVER_HIDDEN,
    SOMETIMES_BUILT_IN,
    Shadow,
    declared_folders,
    declared_names,
    first_on_path,
    free_name,
    import_home,
    offers,
    regular_module,
)
from stdlib_ls.project.folder import Folder, read_folder
from stdlib_ls.project.judgement import ahead, declared_ends, explain, judge
from stdlib_ls.project.off_limits import is_foreign
from stdlib_ls.settings import Settings, read_settings
from stdlib_ls.versions import Ends, VersionRange

_DOCS = "https://docs.python.org/"
_DEFAULTS = Settings()


@dataclass(eq=False, slots=True)
class Project:
    """What the files around one folder say; `Projects.of` gives another one as soon as they have changed."""

    root: Path | None
    settings: Settings
    problems: list[str]
    _folders: tuple[Folder, ...]
    _claims_before_script: list[Claim]
    _claims_after_script: list[Claim]
    _own_names: frozenset[str]
    _import_folders: tuple[Path, ...]
    _listings: tuple[Listing, ...]
    _disk: Disk
    _range: VersionRange = field(init=False)
    _is_foreign: bool = field(init=False)
    _other_listings: list[tuple[Path, Listing]] = field(init=False)

    def __post_init__(self) -> None:
        self._range = judge(self._claims(""), self.root)
        self._is_foreign = is_foreign(self._folders)
        # The folders above a file are watched anyway; listings of others, such as `src`, are looked at on their own.
        watched = {folder.path for folder in self._folders}
        pairs = zip(self._import_folders, self._listings, strict=True)
        self._other_listings = [(folder, listing) for folder, listing in pairs if folder not in watched]

    def is_fresh(self) -> bool:
        """Whether all that was read still stands there unchanged."""
        return all(folder.is_fresh() for folder in self._folders) and all(
            self._disk.listing(folder) is listing for folder, listing in self._other_listings
        )

    def version_range(self, text: str) -> VersionRange:
        """The Pythons that a file of this folder with this text has to work on."""
        return judge(self._claims(text), self.root) if script_block(text) else self._range

    def range_ahead(self, text: str) -> VersionRange:
        """From the Python in use to the newest that a file with this text allows, which may be older."""
        return ahead(self._claims(text), self.root)

    @property
    def declared_ends(self) -> Ends:
        """Both ends of the range as the files declare them; None where they say nothing of one."""
        return declared_ends(self._claims(""))

    def is_capped(self, release: str) -> bool:
        """Whether the requirements near by keep a distribution below a release such as "setuptools 82"."""
        return any(is_capped(folder.path, self._disk, release) for folder in self._folders)

    def explain(self, text: str) -> list[str]:
        """Lines for `why-version`: each end with its source, then what was looked at and passed over."""
        lines = explain(self._claims(text), self.root, [folder.path for folder in self._folders])
        return lines + [f"problem: {problem}" for problem in self.problems]

    def is_first_party(self, name: str) -> bool:
        """Whether a top-level import name is the project's own: a module near the file, or declared by the project."""
        return name in self._own_names or any(
            offers(listing, folder, name, self._disk)
            for folder, listing in zip(self._import_folders, self._listings, strict=True)
        )

    def shadow(self, name: str) -> Shadow | None:
        """The file of the project that may be imported under the name of a standard module instead, or None."""
        if name in NEVER_HIDDEN:
            return None
        for folder, listing in zip(self._import_folders, self._listings, strict=True):
            file = regular_module(listing, folder, name, self._disk)
            if file:
                root = self.root or folder
                is_home = folder == self._import_folders[0] and name not in SOMETIMES_BUILT_IN
                others = (
                    one for other, one in zip(self._import_folders, self._listings, strict=True) if other != folder
                )
                return Shadow(
                    file=file,
                    shown=file.relative_to(root if root in file.parents else folder).as_posix(),
                    wins=first_on_path(self._folders, folder, self._disk) if is_home else "perhaps",
                    is_beside=folder == self._folders[0].path,
                    neighbours=_names(listing).difference(*map(_names, others)),
                    rename=free_name(file, self._disk),
                )
        return None

    def shadowing_file(self, name: str) -> Path | None:
        """The file alone."""
        shadow = self.shadow(name)
        return shadow.file if shadow else None

    def is_off_limits(self, path: Path) -> bool:
        """Whether a file of this folder never gets diagnostics: a stub, or code that others wrote."""
        return path.suffix == ".pyi" or self._is_foreign

    @property
    def catalogs(self) -> list[Path]:
        """The user's catalog files; what pyproject.toml names is relative to it, the rest to the root."""
        return [Path(self.root or "", catalog) for catalog in self.settings.catalogs]

    def _claims(self, text: str) -> list[Claim]:
        block = script_block(text)
        script = read_script(block) if block else None
        return [*self._claims_before_script, *([script] if script else []), *self._claims_after_script]


class Projects:
    """Gives the project of each file; reads again only what has changed on the disk since."""

    def __init__(self, base: Settings = _DEFAULTS) -> None:
        self._base = base
        self._bases: Mapping[Path, Settings] = {}
        self._disk = Disk()
        self._folders: dict[Path, Folder] = {}
        self._projects: dict[Path, Project] = {}
        try:
            self.home: Path | None = Path.home()
        except RuntimeError:
            self.home = None

    def of(self, path: Path | None) -> Project:
        """The project of a file, which need not exist; None stands for a buffer that has no file."""
        return self.in_folder(_absolute(path).parent) if path else _make_project((), (), (), self._base, self._disk)

    def in_folder(self, folder: Path) -> Project:
        """The project of the files that lie directly in `folder`."""
        folder = _absolute(folder)
        known = self._projects.get(folder)
        if known is None or not known.is_fresh():
            chain = self._chain(folder)
            import_folders = _import_folders(chain, self._disk)
            listings = tuple(map(self._disk.listing, import_folders))
            base = self._base_of(folder)
            known = self._projects[folder] = _make_project(chain, import_folders, listings, base, self._disk)
        return known

    def _base_of(self, folder: Path) -> Settings:
        """The settings that a project in some folder starts from: those of the nearest folder that has its own."""
        if not self._bases:
            return self._base
        return next((self._bases[path] for path in (folder, *folder.parents) if path in self._bases), self._base)

    def override(self, path: Path, text: str | None) -> None:
        """Takes the text of an open buffer instead of the file `path`; None goes back to the file."""
        path = _absolute(path)
        if text is None:
            self._disk.overrides.pop(path, None)
        else:
            self._disk.overrides[path] = text
        self._folders.pop(path.parent, None)
        self._projects.clear()

    def rebase(self, base: Settings, of_folders: Mapping[Path, Settings] | None = None) -> None:
        """Changes the settings that projects start from: the editor's, which may differ below some folders."""
        self._base = base
        self._bases = {_absolute(folder): settings for folder, settings in (of_folders or {}).items()}
        self._projects.clear()

    def _chain(self, folder: Path) -> tuple[Folder, ...]:
        """The folders whose files count, nearest first: up to a repository, the home folder or the top."""
        chain: list[Folder] = []
        for path in (folder, *folder.parents):
            # What lies about in the home folder concerns only the files right there.
            if chain and path in (self.home, path.parent):
                break
            known = self._folders.get(path)
            if known is None or not known.is_fresh():
                known = self._folders[path] = read_folder(path, self._disk)
            chain.append(known)
            if known.is_repository:
                break
        return tuple(chain)


def find_project(path: Path | None, base: Settings = _DEFAULTS) -> Project:
    """The project of a file or folder, for programs that do not keep a `Projects`."""
    projects = _projects_from(base)
    return projects.in_folder(path) if path and is_folder(path) else projects.of(path)


def is_off_limits(path: Path) -> bool:
    """Whether a file never gets diagnostics: a stub, or code that others wrote."""
    return find_project(path).is_off_limits(path)


@lru_cache(maxsize=8)
def _projects_from(base: Settings) -> Projects:
    return Projects(base)


def _names(listing: Listing) -> frozenset[str]:
    return listing.folders.union(listing.modules)


def _absolute(path: Path) -> Path:
    # Symbolic links stay: a file belongs to the project through which it was opened.
    return path if path.is_absolute() and ".." not in path.parts else Path(os.path.normpath(path.absolute()))


def _make_project(
    chain: tuple[Folder, ...],
    import_folders: tuple[Path, ...],
    listings: tuple[Listing, ...],
    base: Settings,
    disk: Disk,
) -> Project:
    root = _root(chain)
    configured = next((folder for folder in chain if folder.settings_table is not None), None)
    settings, wrong = _settings(configured, base)
    return Project(
        root=root.path if root else None,
        settings=settings if base.target is None else replace(settings, target=base.target),
        problems=[problem for folder in chain for problem in folder.problems] + wrong,
        _folders=chain,
        _claims_before_script=[target_claim("target setting", None, base.target)] if base.target else [],
        _claims_after_script=_file_claims(chain, configured, settings.target),
        _own_names=frozenset(name for folder in chain for name in declared_names(folder.pyproject)),
        _import_folders=import_folders,
        _listings=listings,
        _disk=disk,
    )


def _root(chain: tuple[Folder, ...]) -> Folder | None:
    return next((folder for folder in chain if folder.is_marked), chain[0] if chain else None)


def _settings(configured: Folder | None, base: Settings) -> tuple[Settings, list[str]]:
    """The settings of the nearest [tool.stdlib-ls] table over those of `base`, its own target included."""
    without_target = replace(base, target=None)
    if configured is None:
        return without_target, []
    file = configured.path / "pyproject.toml"
    settings, wrong = read_settings(configured.settings_table, f"{file}: [tool.stdlib-ls]", without_target)
    if settings.docs_url != base.docs_url and not f"{settings.docs_url}/".startswith(_DOCS):
        # Whoever opens a project shall not be led anywhere by it; a team's translation is among these.
        wrong.append(
            f"{file}: [tool.stdlib-ls]: docs.url leads away from {_DOCS}, which only the editor's settings may"
        )
        settings = replace(settings, docs_url=base.docs_url)
    if settings.catalogs is not base.catalogs:
        settings = replace(settings, catalogs=tuple(str(configured.path / one) for one in settings.catalogs))
    return settings, wrong


def _file_claims(chain: tuple[Folder, ...], configured: Folder | None, target: str | None) -> list[Claim]:
    """The claims of all files, strongest first: metadata from the nearest folder up, then pins, then environments."""
    claims: list[Claim] = []
    for folder in chain:
        if folder is configured and target:
            claims.append(target_claim("target", folder.path / "pyproject.toml", target))
        claims += folder.declared
    claims += [claim for folder in chain for claim in folder.pinned]
    return claims + [claim for folder in chain for claim in folder.environments]


def _import_folders(chain: tuple[Folder, ...], disk: Disk) -> tuple[Path, ...]:
    """The folders that imports of the project's own modules start from, the one that wins first."""
    root = _root(chain)
    if not root:
        return ()
    declared = [folder.path / name for folder in chain for name in declared_folders(folder.pyproject)]
    folders = [import_home(chain[0].path, disk), root.path, root.path / "src", *declared]
    return tuple(dict.fromkeys(_absolute(folder) for folder in folders))
