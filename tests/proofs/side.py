"""Runs one side of many proofs in a process of its own: JSON jobs on stdin, JSON observations on stdout.

A job is {"names": [...], "setup": "...", "expression": "...", "observe": "..."}, or a whole
{"names": [...], "program": "..."} that must end without an exception.
What a job imports stays for the next; the directory, the environment, the locale and the warnings do not.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import json
import locale
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def load(names: list[str], namespace: dict[str, Any]) -> None:
    """Import what the dotted names need, and bind their first parts."""
    for name in names:
        parts = name.split(".")
        if hasattr(builtins, parts[0]):
            continue
        try:
            owner = importlib.import_module(parts[0])
        except ModuleNotFoundError:
            if len(parts) == 1:
                continue  # a name that the setup binds
            raise
        namespace[parts[0]] = owner
        for end in range(2, len(parts) + 1):
            if not hasattr(owner, parts[end - 1]):
                try:
                    importlib.import_module(".".join(parts[:end]))
                except ModuleNotFoundError:
                    break
            owner = getattr(owner, parts[end - 1])


@contextlib.contextmanager
def restored() -> Iterator[None]:
    """Put back afterwards what one job could leave behind for the next."""
    folder, variables, language = Path.cwd(), dict(os.environ), locale.setlocale(locale.LC_ALL)
    try:
        with warnings.catch_warnings():
            yield
    finally:
        os.chdir(folder)
        for name in os.environ.keys() - variables.keys():
            del os.environ[name]
        os.environ.update(variables)
        locale.setlocale(locale.LC_ALL, language)


def observe(job: dict[str, Any]) -> str:
    namespace: dict[str, Any] = {"__name__": "proof"}
    if "program" in job:
        try:
            load(job["names"], namespace)
            exec(job["program"], namespace)
        except BaseException:
            return "failed: " + traceback.format_exc(limit=-2)
        return "held"
    try:
        exec(job["setup"], namespace)
        load(job["names"], namespace)
    except BaseException:
        return "could not start: " + traceback.format_exc(limit=-2)
    try:
        namespace["_"] = eval(job["expression"], namespace)
        return str(eval(job["observe"], namespace))
    except Exception as error:
        return f"raised {type(error).__name__}"


jobs, observed = json.load(sys.stdin), []
with contextlib.redirect_stdout(io.StringIO()):
    for job in jobs:
        with restored():
            observed.append(observe(job))
json.dump(observed, sys.stdout)
