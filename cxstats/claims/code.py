"""The code of a measure as text, so that a declaration can tell whether it was changed.

It is the function's source (`source`: its tokens, so that comments and layout do not count), followed by a line for each name
that it takes from outside: what it closes over, its defaults, and what it names in its module, with the functions and classes
of one's own behind them. What cxstats and installed packages define counts by its name. A value that cannot be told from
another one in every process (an open connection, a lock) is named as not recorded, and never passed over in silence.
"""

from __future__ import annotations

import copyreg
import dataclasses
import datetime
import dis
import enum
import functools
import hashlib
import inspect
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, NamedTuple

from cxstats.claims.names import ABSENT, installed, library, module_of, name_of, outside, package_of
from cxstats.claims.source import source
from cxstats.expression import Expression
from cxstats.score import Score

PLAIN = (bool, int, float, complex, str, bytes, type(None), datetime.date, datetime.time, datetime.timedelta)
CONTAINERS = {list: "[]", tuple: "()", set: "{}", frozenset: "{}"}
SLOTS = (MemberDescriptorType, GetSetDescriptorType)
TABLES = ("pandas", "polars", "pyarrow")
ENGINES = ("duckdb", "pyspark")  # their tables are names of what lies elsewhere
LONGEST = 2_000  # characters of a value that are written; of a longer one, a digest
MOST = 1_000_000  # values within a value that are looked at
OPERATIONS = ("BINARY_OP", "COMPARE_OP", "IS_OP", "CONTAINS_OP")


class Written(NamedTuple):
    """A function or a value as text, and the names whose values the text does not hold."""

    text: str
    unrecorded: tuple[str, ...]


def written(value: Any, name: str = "the measure") -> Written:
    """Return a function with what it takes from outside, or any other value, as text."""
    writer = Writer()
    text = writer.line(value, name)
    own = isinstance(value, FunctionType) and text.startswith("(")
    return Written(text[1:-1] if own else text, tuple(sorted(writer.unrecorded)))


class Writer:
    """Writes values; each function and class of one's own once, however often it is met."""

    def __init__(self) -> None:
        self.unrecorded: set[str] = set()
        self.met: dict[int, Any] = {}  # functions and classes that are written, held so that each id stays its own
        self.within: set[int] = set()  # what is just being written: a value may hold itself
        self.count = 0

    def line(self, value: Any, name: str) -> str:
        """Return a value as text, however deep it is."""
        try:
            return self.value(value, name)
        except RecursionError:
            return self.missing(value, name)

    def value(self, value: Any, name: str) -> str:
        """Return a value as text; `name` is what it is called, if it cannot be recorded."""
        self.count += 1
        if self.count > MOST:
            return self.missing(value, name)
        if package_of(type(value)) == "numpy" and getattr(value, "shape", None) == ():  # a number of numpy's
            value = value.item()
        if isinstance(value, enum.Enum):
            return f"{name_of(type(value))}.{value.name}({self.value(value.value, name)})"
        if isinstance(value, PLAIN) or (isinstance(value, Expression) and "lookup(" not in repr(value)):
            return _short(repr(value), type(value).__name__)
        if id(value) in self.within:
            return f"{name_of(value)} itself"
        self.within.add(id(value))
        try:
            return self._made(value, name)
        finally:
            self.within.discard(id(value))

    def missing(self, value: Any, name: str) -> str:
        """Say that a value is not recorded, and remember its name."""
        self.unrecorded.add(name)
        return f"a {name_of(type(value))} whose value is not recorded"

    def _made(self, value: Any, name: str) -> str:
        """Return the text of what is made of other values."""
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, type):
            return self._class(value, name)
        if isinstance(value, ModuleType):
            return f"module {value.__name__}" if library(value.__name__) else self.missing(value, name)
        if isinstance(value, MethodType):
            return f"{value.__name__} of {self.value(value.__self__, name)}"
        if isinstance(value, functools.partial):
            named = (f"{key}={self.value(value.keywords[key], name)}" for key in sorted(value.keywords))
            given = [*(self.value(argument, name) for argument in value.args), *named]
            return f"{self.value(value.func, name)} with {', '.join(given)}"
        if callable(value) and hasattr(value, "__wrapped__") and not library(module_of(value)):  # functools.cache
            return f"{name_of(type(value))} of {self.value(value.__wrapped__, name)}"
        if isinstance(value, dict | list | tuple | set | frozenset):
            return self._container(value, name)
        package, kind = package_of(type(value)), name_of(type(value))
        if package == "numpy" and hasattr(value, "tobytes"):
            if value.dtype.hasobject or value.size <= LONGEST:
                return f"{kind}({self.value(value.tolist(), name)}, {value.dtype})"
            return f"{kind} of {value.shape}, {value.dtype}, digest {_digest(value.tobytes())}"
        if package in ENGINES or (package in TABLES and hasattr(value, "__len__") and len(value) > MOST):
            return self.missing(value, name)
        if package == "cxstats" and hasattr(value, "native"):  # a frame as a survey holds it
            return self.value(value.native, name)
        contents = _contents(value) if package in TABLES else None
        if contents is not None:  # data are named and told apart, and not copied
            return f"{kind} of {len(value)}, digest {_digest(self.value(contents, name))}"
        return self._object(value, name)

    def _container(self, value: Any, name: str) -> str:
        if isinstance(value, dict):
            items, ends = [f"{self.value(k, name)}: {self.value(v, name)}" for k, v in value.items()], "{}"
        else:
            items = [self.value(item, name) for item in value]
            ends = next(ends for kind, ends in CONTAINERS.items() if isinstance(value, kind))
        if isinstance(value, set | frozenset):
            items.sort()
        comma = "," if ends == "()" and len(items) == 1 else ""
        kind = "" if type(value) in (dict, *CONTAINERS) else self.value(type(value), name)
        text = f"{ends[0]}{', '.join(items)}{comma}{ends[1]}"
        return kind + _short(text, f"{type(value).__name__} of {len(items)}")

    def _object(self, value: Any, name: str) -> str:
        """Return an object as its class and what it would be pickled as: what it is made from, and its state."""
        try:
            reduce = copyreg.dispatch_table.get(type(value))
            made = reduce(value) if reduce else value.__reduce_ex__(4)
        except Exception:  # an object may refuse in any way it likes
            return self.missing(value, name)
        if isinstance(made, str):  # it is known by its name alone
            return name_of(value) if library(module_of(value)) else self.missing(value, name)
        make, given, state, items, pairs = (*made, None, None, None)[:5]
        new = make is copyreg.__newobj__  # type: ignore[attr-defined]
        parts = [self.value(part, name) for part in given[new:]]
        slots = state if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict) else (state, None)
        for held in slots:
            if isinstance(held, dict) and all(isinstance(key, str) for key in held):
                kept = [key for key in sorted(held) if _is_state(value, key, held[key])]
                parts += [f"{key}={self.value(held[key], f'{name}.{key}')}" for key in kept]
            elif held is not None:
                parts.append(self.value(held, name))
        parts += [self.value(list(more), name) for more in (items, pairs) if more is not None]
        return f"{self.value(given[0] if new else make, name)}({', '.join(parts)})"

    def _class(self, cls: Any, name: str) -> str:
        """Return a class of one's own with its methods and values, another by its name."""
        if library(cls.__module__) or id(cls) in self.met:
            return name_of(cls)
        self.met[id(cls)] = cls
        if issubclass(cls, enum.Enum):
            return f"(class {cls.__qualname__} {self.value({member.name: member.value for member in cls}, name)})"
        bases = ", ".join(self.value(base, name) for base in cls.__bases__ if base is not object)
        lines = [f"{key} = {self.value(member, f'{name}.{key}')}" for key, member in sorted(_members(cls))]
        return "\n".join([f"(class {cls.__qualname__}({bases})", *lines]) + ")"

    def _function(self, function: FunctionType) -> str:
        """Return the code of a function of one's own and of what it takes from outside, another by its name."""
        code = function.__code__
        importable = "<" not in code.co_qualname
        if (installed(code.co_filename) and importable) or id(function) in self.met:
            return name_of(function)
        self.met[id(function)] = function
        text = source(function) or self._unsourced(code)
        taken = dict(outside(function))
        values = {name: self._named(taken[name], name) for name in sorted(taken)}
        lines = [f"{name} = {value}" for name, value in values.items() if value != name]
        return "\n".join([f"({text}", *lines]) + ")"

    def _named(self, value: Any, name: str) -> str:
        if value is ABSENT:
            self.unrecorded.add(name)
            return "what is not there when this is declared"
        return self.line(value, name)

    def _unsourced(self, code: CodeType) -> str:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (
            f"{code.co_name}({', '.join(code.co_varnames[: code.co_argcount])}): its source was not available; as Python "
            f"{version} compiles it, its names, constants and operations have the digest {_digest(self._compiled(code))}"
        )

    def _compiled(self, code: CodeType) -> str:
        inner = [self._compiled(c) if isinstance(c, CodeType) else self.value(c, code.co_name) for c in code.co_consts]
        done = [(i.opname, i.argrepr) for i in dis.get_instructions(code) if i.opname in OPERATIONS]
        return f"names {code.co_names} constants {inner} operations {done}"


def _members(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the methods and values that a class of one's own defines, without what Python adds."""
    for name, member in vars(cls).items():
        found = getattr(member, "fget", None) or getattr(member, "func", None) or getattr(member, "__func__", member)
        if isinstance(found, FunctionType):
            code = found.__code__
            generated = name.startswith("_") and code.co_qualname != f"{cls.__qualname__}.{name}"
            if not (generated and (code.co_filename == "<string>" or installed(code.co_filename))):
                yield name, found
        elif not name.startswith("__") and name != "_abc_impl" and not isinstance(found, SLOTS):
            yield name, found
    if dataclasses.is_dataclass(cls):
        made = [field for field in dataclasses.fields(cls) if field.default_factory is not dataclasses.MISSING]
        yield from ((f"{field.name} by default", field.default_factory) for field in made)


def _is_state(value: Any, key: str, held: Any) -> bool:
    """Tell whether an attribute makes an object what it is; not so what it remembers, and what is as it is by default."""
    if isinstance(inspect.getattr_static(type(value), key, None), functools.cached_property):
        return False
    if isinstance(value, Score) and key == "checks":  # what is said of bad answers
        return False
    if not dataclasses.is_dataclass(value):
        return True
    default = next((field.default for field in dataclasses.fields(value) if field.name == key), held)
    return not (held is default or (isinstance(held, PLAIN) and (type(held), held) == (type(default), default)))


def _contents(table: Any) -> Any:
    """Return the names and values of a table in memory, or None for what is no such table."""
    if hasattr(table, "itertuples"):
        return [list(table.columns), list(table.itertuples(name=None))]
    if hasattr(table, "index") and hasattr(table, "items"):
        return [table.name, list(table.items())]
    if hasattr(table, "rows"):
        return [table.columns, table.rows()]
    read = next((name for name in ("to_pydict", "to_pylist", "to_list") if hasattr(table, name)), None)
    return None if read is None else [getattr(table, read)()]


def _short(text: str, kind: str) -> str:
    return text if len(text) <= LONGEST else f"{kind}, digest {_digest(text)}"


def _digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:32]
