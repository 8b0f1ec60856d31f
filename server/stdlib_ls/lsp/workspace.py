"""The folders of the workspace: the settings that hold in each, what is watched, and which projects held last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.uris import to_fs_path

from stdlib_ls.project import Project
from stdlib_ls.settings import Settings, read_settings

if TYPE_CHECKING:
    from stdlib_ls.lsp.server import Server

_SECTION = "stdlib-ls"
# Both what comes with the start and what is asked for later: many clients send the same in both ways.
_WHERE = "the editor's settings"
# The files that judgements rest on, besides the team's catalogs.
_WATCHED = (
    *("pyproject.toml", "setup.cfg", "setup.py", ".python-version", "pyvenv.cfg"),
    *("requirements*.txt", "requirements*.in", "requirements/*.txt", "requirements/*.in", "constraints*.txt"),
)


def path_of(uri: str) -> Path | None:
    """The path of a document that is a file on this machine."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


class Roots:
    """The folders of the workspace and their settings; `settings` are those of what lies in none of them."""

    def __init__(self, server: Server) -> None:
        self.settings = Settings()
        self._server = server
        self._initial = Settings()
        self._judged_by: dict[Path | None, Project] = {}
        self._watched: set[Path] = set()
        self._registrations = 0
        self._was_refused = False

    @property
    def folders(self) -> dict[str, Path]:
        """The folders on this machine by their addresses, in the client's order."""
        workspace = self._server.workspace
        listed = [folder.uri for folder in workspace.folders.values()]
        if not listed and workspace.root_uri:
            listed = [workspace.root_uri]
        return {uri: path for uri in listed if (path := path_of(uri))}

    # Projects.

    def project_of(self, path: Path | None) -> Project:
        """The project of a file; what is no file yet gets that of the first folder."""
        projects = self._server.projects
        folder = path.parent if path else next(iter(self.folders.values()), None)
        project = projects.in_folder(folder) if folder else projects.of(None)
        self._judged_by[folder] = project
        self._watch_catalogs(project.catalogs)
        return project

    def have_changed(self, paths: Iterable[Path | None]) -> bool:
        """Whether the project of one of some open files is no longer the one that it was last judged by."""
        kept = {path.parent for path in paths if path}
        self._judged_by = {folder: project for folder, project in self._judged_by.items() if folder in kept}
        in_folder = self._server.projects.in_folder
        return any(in_folder(folder) is not project for folder, project in self._judged_by.items() if folder)

    # Settings.

    def start(self, options: object) -> list[str]:
        """Take over the first settings; gives what is wrong with them."""
        self._initial, problems = read_settings(options, _WHERE, Settings())
        self.settings = self._initial
        self._server.projects.rebase(self.settings)
        return problems

    def ask_for_settings(self) -> None:
        """Have the client send its settings and those of its folders, if it answers such questions."""
        if self._server.client.answers_configuration:
            folders = self.folders
            scoped = [types.ConfigurationItem(scope_uri=uri, section=_SECTION) for uri in folders]
            asked = types.ConfigurationParams([types.ConfigurationItem(section=_SECTION), *scoped])

            def take(answer: Future[Sequence[Any | None]]) -> None:
                if answer.cancelled():
                    return  # The client has gone.
                self._was_refused = answer.exception() is not None
                if self._was_refused:
                    return
                general, *tables = answer.result() or (None,)
                self._server.configure(general, list(folders.values()), tables)

            self._server.workspace_configuration(asked).add_done_callback(take)

    def ask_again(self) -> None:
        """Ask once more if the client refused: that of VS Code cannot answer as soon as it has said `initialized`."""
        if self._was_refused:
            self._was_refused = False
            self.ask_for_settings()

    def configure(self, general: object, folders: Sequence[Path] = (), tables: Sequence[object] = ()) -> list[str]:
        """Take over the client's settings, and those of some folders; gives what is wrong with them."""
        self.settings, problems = self._read(general)
        of_folders: dict[Path, Settings] = {}
        for folder, table in zip(folders, tables, strict=False):
            if table is not None:
                of_folders[folder], wrong = self._read(table)
                problems += wrong
        self._server.projects.rebase(self.settings, of_folders)
        return problems

    def _read(self, table: object) -> tuple[Settings, list[str]]:
        if isinstance(table, Mapping) and isinstance(table.get(_SECTION), Mapping):
            table = table[_SECTION]
        return read_settings(table, _WHERE, self._initial)

    # What is watched. Clients that do not watch are served, too: each judgement looks at the files anew.

    def watch(self) -> None:
        """Have the client tell of changes of the files that judgements rest on, if it can be asked to."""
        self._register([types.FileSystemWatcher(f"**/{name}") for name in _WATCHED])

    def _watch_catalogs(self, catalogs: Iterable[Path]) -> None:
        new = [path for path in catalogs if path not in self._watched]
        self._watched.update(new)
        if new:
            self._register([types.FileSystemWatcher(self._pattern(path)) for path in new])

    def _pattern(self, path: Path) -> str | types.RelativePattern:
        if self._server.client.watches_elsewhere:
            return types.RelativePattern(path.parent.as_uri(), path.name)
        return f"**/{path.name}"

    def _register(self, watchers: list[types.FileSystemWatcher]) -> None:
        if self._server.client.watches_files:
            self._registrations += 1
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            wanted = types.Registration(f"{_SECTION}.files.{self._registrations}", method, options)
            self._server.client_register_capability(types.RegistrationParams([wanted]))
