"""The code of a measure as text, so that a declaration can tell whether it was changed.

It is the function as Python would write it (comments and layout do not count), followed by the values that it takes from
outside: what it closes over, its defaults, the numbers, texts and functions of its module that it names. Where there is no
source, the names, constants and operations of its code stand in.
"""

from __future__ import annotations

import ast
import datetime
import dis
import functools
import linecache
from collections.abc import Callable, Iterator
from types import CodeType, MethodType
from typing import Any

DEEPEST = 4
PLAIN = (bool, int, float, complex, str, bytes, type(None), datetime.date, datetime.timedelta)
OPERATIONS = ("BINARY_OP", "COMPARE_OP", "IS_OP", "CONTAINS_OP")


def written(function: Callable[..., Any], depth: int = 0) -> str:
    """Return the code of a function and of the values that it takes from outside."""
    if isinstance(function, functools.partial):
        named = (f"{name}={_value(function.keywords[name], depth)}" for name in sorted(function.keywords))
        arguments = [*(_value(argument, depth) for argument in function.args), *named]
        return f"{written(function.func, depth)} with {', '.join(arguments)}"
    code = getattr(function, "__code__", None)
    if code is None:
        call = vars(type(function)).get("__call__")
        body = f": {written(call, depth + 1)}" if hasattr(call, "__code__") and depth < DEEPEST else ""
        return f"{_name(function)}{_state(function, depth)}{body}"
    owner = _state(function.__self__, depth) if isinstance(function, MethodType) else ""
    text = (_source(function, code) or _constants(code)) + owner
    outside = {name: value for name, value in _outside(function, code) if depth < DEEPEST}
    return "\n".join([text, *(f"{name} = {_value(outside[name], depth)}" for name in sorted(outside))])


def _outside(function: Any, code: CodeType) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of what the function closes over, defaults to, and takes from its module."""
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
        yield name, cell.cell_contents
    positional = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    yield from zip(positional[len(positional) - len(defaults) :], defaults, strict=True)
    yield from (function.__kwdefaults__ or {}).items()
    for name in sorted(_globals(code)):
        value = function.__globals__.get(name)
        own = hasattr(value, "__code__") and not str(value.__module__).startswith("cxstats.")
        if own or (name in function.__globals__ and isinstance(value, PLAIN)):
            yield name, value


def _globals(code: CodeType) -> set[str]:
    """Return the names that the code looks up in its module, the functions inside it too."""
    found = {str(i.argval) for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return found.union(*(_globals(inner) for inner in code.co_consts if isinstance(inner, CodeType)))


def _value(value: Any, depth: int) -> str:
    """Return a value as text: numbers, texts, functions, what is made of such and what this library makes; else its kind."""
    if hasattr(value, "__code__") or isinstance(value, functools.partial):
        return f"({written(value, depth + 1)})" if depth < DEEPEST else str(getattr(value, "__qualname__", "partial"))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_value(value[key], depth)}" for key in value) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item, depth) for item in value) + "]"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(_value(item, depth) for item in value)) + "}"
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return repr(value.item())
    if isinstance(value, PLAIN) or type(value).__module__.startswith("cxstats."):
        shown = repr(value)
        return type(value).__qualname__ if " at 0x" in shown else shown
    return _name(value)


def _name(thing: Any) -> str:
    """Return the name of a class or a built-in function; of other things, the name of their class."""
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{named.__module__}.{named.__qualname__}"


def _state(thing: Any, depth: int) -> str:
    """Return what an object holds, if it has a method that is the measure."""
    held = getattr(thing, "__dict__", {})
    return f" of {_value(dict(sorted(held.items())), depth)}" if held and not isinstance(thing, type) else ""


def _source(function: Any, code: CodeType) -> str:
    """Return the function's own part of its file, or nothing if the file is not there."""
    lines = linecache.getlines(code.co_filename, function.__globals__)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return ""
    if code.co_name != "<lambda>":
        named = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and _first(n) == code.co_firstlineno]
        return ast.unparse(named[0]) if named else ""
    lambdas = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda) and n.lineno == code.co_firstlineno]
    if len(lambdas) > 1:  # in one line: the innermost around the code
        lambdas = [n for n in lambdas if _around(n, code)]
        lambdas.sort(key=lambda n: (n.body.lineno, n.body.col_offset), reverse=True)
    return ast.unparse(lambdas[0]) if lambdas else ""


def _first(node: ast.FunctionDef) -> int:
    return node.decorator_list[0].lineno if node.decorator_list else node.lineno


def _around(node: ast.Lambda, code: CodeType) -> bool:
    """Tell whether the code lies within the body of this lambda."""
    body = node.body
    low, high = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    places = [(line, start) for line, _, start, _ in code.co_positions() if line is not None and start]
    return bool(places) and all(low <= place <= high for place in places)


def _constants(code: CodeType) -> str:
    inner = [_constants(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    done = [
        str(i.argval if i.opname == "COMPARE_OP" else i.argrepr)
        for i in dis.get_instructions(code)
        if i.opname in OPERATIONS
    ]
    return f"names {list(code.co_names)} constants [{', '.join(inner)}] operations {done}"
