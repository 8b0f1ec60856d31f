"""Drives a real Emacs on a screen of its own: keys go through tmux, what it shows is read back by emacsclient."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from editor import ROOT, Menu, Setup, Shown, command_line, descendants, environment, is_running, place, until

CLIENT = ROOT / "clients" / "emacs"
SEVERITIES = ("", "error", "warning", "information", "hint")
NEIGHBOURS = '(("jedi-language-server") ("ruff" "server"))'
COLUMNS, LINES = 100, 34
# How long a person would wait for a card before believing that there is none.
NOTHING = 2.0
MENU = 10.0

# Before packages are activated: Eglot asks for Markdown as soon as there is a mode for it.
EARLY = "(setq package-load-list (quote ({left_out} all)) native-comp-deferred-compilation nil)\n"
# What clients/emacs/README.md tells to write.
ASKED = """\
(add-to-list 'load-path "{client}")
(require 'stdlib-ls)
(setq stdlib-ls-settings '{settings}
      stdlib-ls-neighbours '{neighbours})
(stdlib-ls-setup)
"""
EGLOT = "(add-hook 'python-mode-hook #'eglot-ensure)\n"
# With servers that show signatures, Eglot would leave the card out inside calls.
BOTH = """\
(add-hook 'eglot-managed-mode-hook
          (lambda () (setq-local eldoc-documentation-strategy #'eldoc-documentation-compose)))
"""
# Nothing of the package: a socket for the driver, no files beside those of the project, and less patience.
OWN = """\
(load "{driver}")
(require 'server)
(setq server-socket-dir "{sockets}" server-name "driven"
      make-backup-files nil auto-save-default nil create-lockfiles nil
      inhibit-startup-screen t ring-bell-function #'ignore
      eldoc-idle-delay 0.1 flymake-no-changes-timeout 0.1)
(server-start)
"""

_numbers = itertools.count()


class Driver:
    """Emacs with Eglot and the package of clients/emacs."""

    weakest = "hint"

    def __init__(self, setup: Setup, *, markdown: bool = False, client: str = EGLOT) -> None:
        self._setup = setup
        # A socket's path has to be short.
        self._sockets = Path(tempfile.mkdtemp(prefix="emacs-"))
        self._environment = {**environment(setup.home), "LC_ALL": "C.UTF-8", "TMUX_TMPDIR": str(self._sockets)}
        self._environment.pop("TMUX", None)
        self._tmux = ["tmux", "-L", f"emacs{os.getpid()}-{next(_numbers)}"]
        self._configure(markdown, client)
        size = ["-x", str(COLUMNS), "-y", str(LINES)]
        self._run([*self._tmux, "-f", "/dev/null", "new-session", "-d", *size, "exec timeout -s KILL 600 emacs -nw"])
        shell = int(self._run([*self._tmux, "display-message", "-p", "#{pane_pid}"]))
        until((self._sockets / "driven").exists, "Emacs")
        (self.pid,) = (one for one in [shell, *descendants(shell)] if re.match(r"\S*emacs ", command_line(one)))
        self.version = self.read('(concat emacs-version ", eglot " (drive-eglot-version))')

    # What the checks ask for.

    def open(self, name: str, text: str) -> None:
        """Write a file of the project, and open it with C-x C-f."""
        path = self._setup.project / name
        path.write_text(text, encoding="utf-8")
        self.press("C-x", "C-f")
        self.answer(str(path), "Find file")
        until(lambda: self.read("buffer-file-name") == str(path), f"the buffer of {name}")
        until(lambda: self.read("(and (drive-served-p) t)"), "the server")

    def hover(self, part: str, word: str) -> str:
        """What C-h . shows once point has rested on a word."""
        self.go(part, word)
        self.read("(drive-forget-card)")
        self.press("Right", "Left")
        with suppress(AssertionError):
            until(lambda: self.read("(drive-card)"), "a card", NOTHING)
        return str(self.read("(drive-card)"))

    def complete(self, typed: str, label: str) -> Menu:
        """The completions after typing something, in the order in which menus show them.

        Asks again for a while where there are none: rass waits only so long for a server that has just begun.
        """
        before = self.text()
        self._type_at_end(typed)
        told: dict[str, Any] = {}
        with suppress(AssertionError):
            until(lambda: told.update(self.read(f"(drive-menu {quoted(label)})")) or told["rows"], "a menu", MENU)
        self.read(f"(delete-region {len(before) + 1} (point-max))")
        return Menu(tuple((row[0], row[1]) for row in told["rows"]), told["documentation"])

    def diagnostics(self) -> list[Shown]:
        """What Flymake shows."""
        found = [shown(one) for one in self.read("(drive-diagnostics)")]
        return [one for one in found if self._setup.neighbours or one.source == "stdlib-ls"]

    def fix(self, part: str, word: str, title: str) -> None:
        """M-x eglot-code-actions on a word, and the choice of one."""
        self.go(part, word)
        before = self.text()
        self.command("eglot-code-actions")
        choices = self.choices()
        self.answer(next(one for one in choices if title in one))
        until(lambda: self.text() != before, "the fix")

    def fix_all(self) -> None:
        """C-u M-x eglot-code-actions, which asks for the kind."""
        before = self.text()
        self.press("C-u")
        self.command("eglot-code-actions")
        self.answer("source.fixAll.stdlib-ls", "Action kind")
        until(lambda: self.text() != before, "the fixes")

    def insert(self, text: str) -> None:
        """Type lines at the end of the buffer."""
        self._type_at_end(text)

    def text(self) -> str:
        """The buffer."""
        return str(self.read("(buffer-substring-no-properties (point-min) (point-max))"))

    def save(self) -> None:
        """C-x C-s."""
        self.press("C-x", "C-s")
        until(lambda: not self.read("(and (buffer-modified-p) t)"), "the file on the disk")

    def servers(self) -> list[int]:
        """Our servers, started by Emacs or by the multiplexer that it has started.

        Eglot brings a server back only if it had lasted for a while, so this waits as long as a person would work.
        """
        until(lambda: self.read("(drive-lasting-p)"), "a connection that has lasted")
        lines = {one: command_line(one) for one in descendants(self.pid)}
        return [one for one, line in lines.items() if "stdlib-ls" in line and "/rass " not in line]

    def complaints(self) -> list[str]:
        """Lines of *Messages*, of *Warnings* and of what the servers wrote as errors."""
        logged = self.read("(drive-logs)").splitlines()
        return [line for line in logged if re.search(r"rror|arning|WARN|Traceback|reports|says:|doesn't", line)]

    def quit(self) -> None:
        """C-u C-x C-c: save all, and end."""
        self.press("C-u", "C-x", "C-c")
        until(lambda: not is_running(self.pid), "the end of Emacs")

    def kill(self) -> None:
        """End Emacs at once, and the screen with it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        subprocess.run([*self._tmux, "kill-server"], env=self._environment, capture_output=True, check=False)
        shutil.rmtree(self._sockets, ignore_errors=True)

    # What only the tests of Emacs ask for.

    def press(self, *keys: str) -> None:
        """Press keys, each named as tmux names it."""
        self._run([*self._tmux, "send-keys", *keys])

    def command(self, name: str) -> None:
        """M-x."""
        self.press("M-x")
        self.answer(name, "M-x")

    def answer(self, text: str, question: str = "") -> None:
        """Write something into the minibuffer, once it asks, and press RET; returns once it asks no more."""
        asked = until(lambda: question in self.asked() and self.asked(), f"a question {question}")
        self.read(f"(drive-answer {quoted(text)})")
        self.press("Enter")
        until(lambda: self.asked() != asked, "the answer to be taken")

    def asked(self) -> str:
        """What the minibuffer asks, "" if nothing."""
        return str(self.read('(or (and (active-minibuffer-window) (minibuffer-prompt)) "")'))

    def choices(self) -> list[str]:
        """What the minibuffer offers, once it does."""
        return list(until(lambda: self.read("(and (active-minibuffer-window) (drive-choices))"), "choices"))

    def go(self, part: str, word: str) -> None:
        """Put point on a word in the first line that holds a text.

        Where Emacs was in the middle of something, point goes back when that is done.
        """
        line, column = place(self.text(), part, word)
        there = "(vector (1- (line-number-at-pos)) (- (point) (line-beginning-position)))"
        while self.read(there) != [line, column]:
            self.read(f"(drive-go {line} {column})")

    def screen(self) -> str:
        """What is on the screen."""
        return self._run([*self._tmux, "capture-pane", "-p"])

    def read(self, expression: str) -> Any:
        """The value of an expression in the buffer that is shown; it has to be one that JSON knows."""
        # By way of a file: what emacsclient prints breaks where it is long.
        answer = self._sockets / "answer"
        writing = f"(drive-write {quoted(str(answer))} {expression})"
        whole = f"(with-current-buffer (window-buffer (selected-window)) {writing})"
        self._run(["emacsclient", "-s", str(self._sockets / "driven"), "--eval", whole])
        return json.loads(answer.read_text(encoding="utf-8"))

    # The means.

    def _configure(self, markdown: bool, client: str) -> None:
        folder = self._setup.home / ".emacs.d"
        folder.mkdir()
        neighbours = NEIGHBOURS if self._setup.neighbours else "nil"
        asked = ASKED.format(client=CLIENT, settings=lisp(self._setup.settings), neighbours=neighbours)
        both = BOTH if self._setup.neighbours else ""
        driver = Path(__file__).with_suffix(".el")
        left_out = "" if markdown else "(markdown-mode nil) (lsp-mode nil)"
        (folder / "early-init.el").write_text(EARLY.format(left_out=left_out))
        (folder / "init.el").write_text(asked + both + client + OWN.format(driver=driver, sockets=self._sockets))

    def _type_at_end(self, text: str) -> None:
        whole = self.text() + text
        self.press("M->")
        for line in text.splitlines(keepends=True):
            self._run([*self._tmux, "send-keys", "-l", line.rstrip("\n")])
            if line.endswith("\n"):
                self.press("Enter")
        until(lambda: self.text() == whole, f"the typed {text!r}")

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, env=self._environment, cwd=self._setup.project, capture_output=True, timeout=60, check=False
        )
        if done.returncode or done.stderr:
            raise RuntimeError(f"{command}: {(done.stdout + done.stderr).decode()}")
        return done.stdout.decode()


def shown(told: Mapping[str, Any]) -> Shown:
    """A diagnostic of Flymake. It shows source and code before the message, and has no room for a link."""
    source, code = told["source"] or "", told["code"]
    message = told["message"].removeprefix(f"{source} [{code}]: ")
    severity = SEVERITIES[told["severity"] or 1]
    return Shown(told["line"], told["column"], told["end_column"], severity, code, source, message)


def lisp(value: Any) -> str:
    """A value of the settings as people write it in their init file."""
    if isinstance(value, Mapping):
        return f"({' '.join(f':{name} {lisp(one)}' for name, one in value.items())})"
    if isinstance(value, list | tuple):
        return f"[{' '.join(map(lisp, value))}]"
    if isinstance(value, bool):
        return "t" if value else ":json-false"
    return quoted(value) if isinstance(value, str) else str(value)


def quoted(text: str) -> str:
    """A text as Lisp reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
