"""Makes small random programs that import, use, rebind and hide names in every scope, and runs them."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import types
from collections.abc import Callable, Iterator
from unittest import mock

_NAMES = ("psutil", "six", "os", "sys", "ps")
# Where a use may stand; {n} is a name that the place binds.
_FORMS = (
    *("{}", "[{} for _ in (1, 2)]", "(lambda: {})()", "(lambda {n}: {n})(3)", "[{n} for {n} in (4, 5)]"),
    "({n} := {})",
)


class Program:
    """The text of one program; `uses` are expressions to choose from, such as "psutil.LINUX"."""

    def __init__(self, seed: int, uses: list[str], imports: list[str]) -> None:
        self._random = random.Random(seed)
        self._uses, self._imports = uses, imports
        self._functions = 0
        self._notes = 0
        head = self._random.sample(imports, self._random.randint(2, len(imports) * 2 // 3))
        self.text = "\n".join([*head, *self._block(0, self._random.randint(3, 7)), ""])

    def _block(self, depth: int, count: int) -> list[str]:
        lines = [line for _ in range(count) for line in self._statement(depth)]
        return lines or ["pass"]

    def _statement(self, depth: int) -> list[str]:
        pick = self._random.choices(
            (self._use, self._bind, self._import, self._function, self._class, self._branch, self._loop, self._try),
            (9, 1, 2, 3 if depth < 3 else 0, 1 if depth < 3 else 0, 2 if depth < 3 else 0, 1, 1 if depth < 3 else 0),
        )[0]
        return pick(depth)

    def _use(self, _: int) -> list[str]:
        self._notes += 1
        use = self._random.choice(self._uses)
        form = self._random.choices(_FORMS, (14, 2, 2, 1, 1, 0.3))[0]
        return [f"note({self._notes}, {form.format(use, n=self._name())})"]

    def _bind(self, _: int) -> list[str]:
        name = self._name()
        return [
            self._random.choice((f"{name} = 5", f"{name} = 5", f"del {name}", f"{name}: int = 6", f"x, {name} = 7, 8"))
        ]

    def _import(self, _: int) -> list[str]:
        return [self._random.choice(self._imports)]

    def _function(self, depth: int) -> list[str]:
        self._functions += 1
        name = f"f{self._functions}"
        parameter = self._random.choice(("", "", "", f"{self._name()}=9"))
        first = self._random.choices(("", f"global {self._name()}", f"nonlocal {self._name()}"), (8, 1, 0.5))[0]
        body = [*filter(None, [first]), *self._block(depth + 1, self._random.randint(1, 4))]
        called = self._random.choice(([f"{name}()"], [f"{name}()"], [f"later({name})"]))
        return [f"def {name}({parameter}):", *_indented(body), *called]

    def _class(self, depth: int) -> list[str]:
        self._functions += 1
        return [f"class C{self._functions}:", *_indented(self._block(depth + 1, self._random.randint(1, 3)))]

    def _branch(self, depth: int) -> list[str]:
        lines = [f"if flag({self._random.randint(0, 9)}):", *_indented(self._block(depth + 1, 2))]
        if self._random.random() < 0.5:
            lines += ["else:", *_indented(self._block(depth + 1, 1))]
        return lines

    def _loop(self, depth: int) -> list[str]:
        target = self._random.choice(("_", "_", self._name()))
        return [f"for {target} in (1, 2):", *_indented(self._block(depth + 1, 2))]

    def _try(self, depth: int) -> list[str]:
        lines = ["try:", *_indented([*self._block(depth + 1, 2), "fail()"]), "except ValueError:"]
        return [*lines, *_indented(self._block(depth + 1, 1))]

    def _name(self) -> str:
        return self._random.choice(_NAMES)


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def stand_ins() -> dict[str, types.ModuleType]:
    """Modules that do what the catalog says of the packages, so that no package has to be installed."""
    psutil, six = types.ModuleType("psutil"), types.ModuleType("six")
    psutil.__dict__.update(cpu_count=os.cpu_count, LINUX=sys.platform == "linux", virtual_memory=lambda: 1)
    six.__dict__.update(text_type=str, PY2=False, MAXSIZE=sys.maxsize, viewkeys=lambda mapping: mapping.keys())
    return {"psutil": psutil, "six": six}


def run(text: str, note: Callable[[int, object], None]) -> BaseException | None:
    """Run a program against the stand-ins; gives what it raised, if anything."""
    late: list[Callable[[], object]] = []
    coin = random.Random(1)
    names = {"note": note, "flag": lambda number: coin.random() < number / 10, "later": late.append, "fail": _fail}
    with mock.patch.dict(sys.modules, stand_ins()):
        try:
            exec(compile(text, "program", "exec"), names)
            for function in late:
                function()
        except Exception as error:
            return error
    return None


def _fail() -> None:
    raise ValueError


def programs(count: int, uses: list[str], imports: list[str], seed: int = 0) -> Iterator[str]:
    """So many programs that compile."""
    while count:
        seed += 1
        text = Program(seed, uses, imports).text
        with contextlib.suppress(SyntaxError):
            compile(text, "program", "exec")
            count -= 1
            yield text
