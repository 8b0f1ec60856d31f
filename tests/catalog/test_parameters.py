"""Parameters that are younger than their functions: well-known ones, and that each fits its function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from catalog_compiler.facts import Facts
from stdlib_ls.versions import NEWEST_KNOWN, parse_version

WELL_KNOWN = """
    builtins.zip strict added 3.10
    builtins.map strict added 3.14
    builtins.int.to_bytes length optional 3.11
    builtins.int.to_bytes byteorder optional 3.11
    builtins.int.from_bytes byteorder optional 3.11
    subprocess.Popen process_group added 3.11
    subprocess.run process_group added 3.11
    subprocess.check_output process_group added 3.11
    pathlib.Path.read_text newline added 3.13
    pathlib.Path.write_text newline added 3.10
    pathlib.Path.exists follow_symlinks added 3.12
    pathlib.Path.glob case_sensitive added 3.12
    pathlib.PurePath.relative_to walk_up added 3.12
    dataclasses.dataclass slots added 3.10
    dataclasses.dataclass kw_only added 3.10
    dataclasses.dataclass weakref_slot added 3.11
    dataclasses.field kw_only added 3.10
    shutil.rmtree dir_fd added 3.11
    shutil.rmtree onexc added 3.12
    tempfile.NamedTemporaryFile delete_on_close added 3.12
    tempfile.TemporaryDirectory ignore_cleanup_errors added 3.10
    tarfile.TarFile.extractall filter added 3.8
    urllib.parse.parse_qs separator added 3.6
    email.utils.parseaddr strict added 3.9
    mmap.mmap trackfd added 3.13
    bisect.insort key added 3.10
    subprocess.run pipesize added 3.10
    bisect.bisect_left key added 3.10
    glob.glob root_dir added 3.10
    glob.glob include_hidden added 3.11
    itertools.batched strict added 3.13
    asyncio.create_task context added 3.11
    asyncio.run loop_factory added 3.12
    asyncio.sleep loop removed 3.10
    asyncio.Lock loop removed 3.10
    concurrent.futures.Executor.map buffersize added 3.14
    typing.TypeVar default added 3.13
    random.sample counts added 3.9
    random.shuffle random removed 3.11
    json.loads array_hook added 3.15
    http.client.HTTPSConnection key_file removed 3.12
    dis.get_instructions show_caches deprecated 3.13
    email.utils.localtime isdst removed 3.14
"""
# Their parameters were renamed, or could be passed by position before: nothing is to be said of them.
SILENT = """
    builtins.str.replace count
    importlib.resources.files anchor
    hashlib.md5 data
    hashlib.md5 string
    builtins.print sep
    json.dumps indent
"""
KINDS = {"added", "removed", "optional", "deprecated"}


@pytest.mark.parametrize("case", WELL_KNOWN.strip().splitlines(), ids=str.strip)
def test_well_known_parameters(facts: Facts, case: str) -> None:
    name, parameter, what, version = case.split()
    assert facts.symbols[name]["params"][parameter].get(what) == version


@pytest.mark.parametrize("case", SILENT.strip().splitlines(), ids=str.strip)
def test_doubt_is_silence(facts: Facts, case: str) -> None:
    name, parameter = case.split()
    assert parameter not in facts.symbols[name].get("params", {})


def test_every_parameter_changed_while_its_function_was_there(facts: Facts, say: Callable[[str], None]) -> None:
    counted: Counter[str] = Counter()
    wrong = []
    for name, row in facts.symbols.items():
        came, went = facts.added(name) or (3, 0), parse_version(row.get("removed", "")) or (4, 0)
        for parameter, changes in row.get("params", {}).items():
            for what, text in changes.items():
                version = parse_version(text)
                counted[what] += 1
                if what not in KINDS or not version or not came < version < went or version > NEWEST_KNOWN:
                    wrong.append(f"{name}({parameter}) {what} {text}")
    functions = sum("params" in row for row in facts.symbols.values())
    say(f"parameters of {functions} functions: " + ", ".join(f"{count} {what}" for what, count in counted.items()))
    assert wrong == []
