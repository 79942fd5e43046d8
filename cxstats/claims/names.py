"""What a function takes from outside: the names in its code, what they stand for now, and whether that is one's own.

Names are read off the compiled code with the attributes asked of them, so that of `cfg.EDGE` the edge counts and not all of
`cfg`. Own is what lies neither in cxstats nor in Python nor in an installed package.
"""

from __future__ import annotations

import builtins
import dis
import enum
import functools
import importlib.util
import inspect
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
CLOSED = ("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF")
ROOTS = (str(Path(__file__).parents[1]), *map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")))
PLACES = tuple(os.path.join(root, "") for root in ROOTS)
ABSENT = object()


def outside(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of what the function defaults to, closes over, and takes from its module."""
    code = function.__code__
    positional, defaults = code.co_varnames[: code.co_argcount], function.__defaults__ or ()
    yield from zip(positional[len(positional) - len(defaults) :], defaults, strict=True)
    yield from (function.__kwdefaults__ or {}).items()
    cells = {name: _held(cell) for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True)}
    for closed, chain in sorted(_chains(code)):
        space = cells if closed else function.__globals__
        if chain[0] == "import":  # inside the function: it brings what the module will hold by then
            if not library(chain[1]):
                yield f"import {chain[1]}", ModuleType(chain[1])
        elif chain[0] in space or not (closed or hasattr(builtins, chain[0])):
            name, value = _reached(space.get(chain[0], ABSENT), chain)
            same = name.rpartition(".")[2] == getattr(value, "__name__", None)
            named = isinstance(value, type | FunctionType) and "<" not in getattr(value, "__qualname__", "")
            if not (same and named and package_of(value) == "cxstats" and library(module_of(value))):
                yield name, value


def _chains(code: CodeType) -> set[tuple[bool, tuple[str, ...]]]:
    """Return the names that the code looks up outside itself, with the attributes asked of them: ("cfg", "EDGE")."""
    found: list[tuple[bool, list[str]]] = []
    stored = {i.argval for i in dis.get_instructions(code) if i.opname == "STORE_NAME"}
    going = False
    for i in dis.get_instructions(code):
        if i.opname in (*LOADS, *CLOSED) and i.argval not in stored and not str(i.argval).startswith("__"):
            found.append((i.opname in CLOSED, [str(i.argval)]))
            going = True
        elif going and i.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            found[-1][1].append(str(i.argval))
        elif i.opname == "IMPORT_NAME":
            found.append((False, ["import", str(i.argval)]))
        elif i.opname != "EXTENDED_ARG":
            going = False
    inner = (_chains(c) for c in code.co_consts if isinstance(c, CodeType))
    return {(closed, tuple(chain)) for closed, chain in found}.union(*inner)


def _reached(value: Any, chain: Sequence[str]) -> tuple[str, Any]:
    """Follow attributes as far as they are data of modules, classes and objects: a method counts with its whole object."""
    name = chain[0]
    for attribute in chain[1:]:
        if isinstance(value, ModuleType):
            found = getattr(value, attribute, ABSENT)
        elif value is ABSENT or isinstance(value, enum.EnumMeta):
            break
        else:
            found = inspect.getattr_static(value, attribute, ABSENT)
            method = inspect.getattr_static(type(value), attribute, found)  # or a property, maybe one that remembers
            if found is ABSENT or hasattr(type(found), "__get__") or hasattr(type(method), "__get__"):
                break
        name, value = f"{name}.{attribute}", found
    return name, value


def _held(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is filled later
        return ABSENT


def name_of(thing: Any) -> str:
    """Return the name of a class or a function, of other things that of their class; with its package, if it is in one."""
    named = thing if hasattr(thing, "__qualname__") or hasattr(thing, "__name__") else type(thing)
    name = str(getattr(named, "__qualname__", None) or named.__name__)
    return f"{package_of(named)}.{name}" if library(module_of(named)) else name


def module_of(thing: Any) -> str:
    """Return the name of the module of a class or a function, of other things that of their class."""
    return str(getattr(thing, "__module__", None) or type(thing).__module__)


def package_of(thing: Any) -> str:
    """Return the name of the package, as Python code imports it."""
    return module_of(thing).partition(".")[0].lstrip("_")


@functools.lru_cache(maxsize=1024)
def library(module: str) -> bool:
    """Tell whether a module is Python's, cxstats' or of an installed package, and not one's own."""
    top = module.partition(".")[0]
    if top == "__main__":
        return False
    found = sys.modules.get(module) or sys.modules.get(top)
    try:
        spec = None if found or not top else importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    file = getattr(found, "__file__", None) or (spec.origin if spec else None)
    return installed(file) if file and file != "built-in" else top in sys.stdlib_module_names


def installed(file: str) -> bool:
    """Tell whether a file belongs to Python, to cxstats or to an installed package."""
    return file.startswith(("<frozen", *PLACES)) or not {"site-packages", "dist-packages"}.isdisjoint(Path(file).parts)
