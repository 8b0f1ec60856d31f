"""Imports `lsprotocol.types` in a third of its time by building its classes when they are first used.

The package defines some 550 attrs classes and compiles methods for each at import, of which a session uses
a few dozen. Here `attrs.define` is stood in for during the import by one that puts the building off until
the first look at a class's attributes or the first instance.
It leans on attrs' public `define` and on two names of lsprotocol's hooks; where one of them is not as
expected, everything is imported the plain way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import attrs

_ATTRIBUTES = "__attrs_attrs__"


def import_types() -> bool:
    """Import `lsprotocol.types` with its classes put off; False where it had to be the plain way."""
    if "lsprotocol.types" in sys.modules:
        return False
    define = attrs.define
    try:
        attrs.define = _deferring(define)
        import lsprotocol.types  # noqa: PLC0415
    finally:
        attrs.define = define
    return _resolve_late(lsprotocol.types)


class _Attributes:
    """Stands for the attributes of a class that is not built yet; the first look builds it."""

    def __init__(self, build: Callable[[type], type]) -> None:
        self._build = build

    def __get__(self, instance: object, owner: type) -> Any:
        for cls in owner.__mro__:
            if cls.__dict__.get(_ATTRIBUTES) is self:
                _build(cls, self._build)
        return getattr(owner, _ATTRIBUTES)


def _build(cls: type, define: Callable[[type], type]) -> None:
    delattr(cls, _ATTRIBUTES)
    del cls.__init__  # type: ignore[misc]
    define(cls)


def _deferring(define: Any) -> Any:
    def build(cls: type) -> type:
        built: type = define(cls, slots=False)
        return built

    def defer(maybe_cls: type | None = None, **options: Any) -> Any:
        if maybe_cls is None or options:
            return define(maybe_cls, **options)

        def first_init(self: Any, *args: Any, **kwargs: Any) -> None:
            _build(maybe_cls, build)
            self.__init__(*args, **kwargs)

        setattr(maybe_cls, _ATTRIBUTES, _Attributes(build))
        maybe_cls.__init__ = first_init  # type: ignore[misc]
        return maybe_cls

    return defer


def _resolve_late(types: Any) -> bool:
    """Have forward references resolved class by class, when a class is first converted."""
    from cattrs import gen  # noqa: PLC0415
    from lsprotocol import _hooks  # noqa: PLC0415

    if not hasattr(_hooks, "_resolved_forward_references") or not hasattr(types, "ALL_TYPES_MAP"):
        return False
    _hooks._resolved_forward_references = True
    for name in ("make_dict_structure_fn", "make_dict_unstructure_fn"):
        plain = getattr(gen, name)
        setattr(gen, name, _resolving(plain, types.ALL_TYPES_MAP))
        if getattr(_hooks, name, None) is plain:
            setattr(_hooks, name, getattr(gen, name))
    return True


def _resolving(make: Any, all_types: dict[str, type]) -> Any:
    def make_after_resolving(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(cls, "__module__", "") == "lsprotocol.types" and attrs.has(cls):
            attrs.resolve_types(cls, all_types, {})
        return make(cls, *args, **kwargs)

    return make_after_resolving
