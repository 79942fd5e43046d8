"""The code of a measure as text, so that a declaration can tell whether it was changed.

It is the function as Python would write it (comments and layout do not count), followed by what it closes over. Where there
is no source, the names and constants of its code stand in.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
from collections.abc import Callable
from types import CodeType
from typing import Any

DEEPEST = 4


def written(function: Callable[..., Any], depth: int = 0) -> str:
    """Return the code of a function and of what it closes over."""
    if isinstance(function, functools.partial):
        arguments = [*map(_value, function.args), *(f"{k}={_value(v)}" for k, v in function.keywords.items())]
        return f"{written(function.func, depth)} with {', '.join(arguments)}"
    code = getattr(function, "__code__", None)
    if code is None:
        return f"{type(function).__module__}.{type(function).__qualname__}"
    text = _source(function, code) or _constants(code)
    closed = inspect.getclosurevars(function).nonlocals if depth < DEEPEST else {}
    defaults = [_value(value) for value in (function.__defaults__ or ())]
    known = [f"{name} = {_value(value, depth)}" for name, value in sorted(closed.items())]
    return "\n".join([text, *(f"default {value}" for value in defaults), *known])


def _value(value: Any, depth: int = 0) -> str:
    if callable(value) and hasattr(value, "__code__"):
        return f"({written(value, depth + 1)})" if depth < DEEPEST else value.__qualname__
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_value(value[key], depth)}" for key in value) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item, depth) for item in value) + "]"
    shown = repr(value)
    return type(value).__qualname__ if " at 0x" in shown else shown


def _source(function: Any, code: CodeType) -> str:
    """Return the function's own part of its file, or nothing if the file is not there."""
    lines = linecache.getlines(code.co_filename, getattr(function, "__globals__", None))
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return ""
    nodes = [
        n for n in ast.walk(tree) if isinstance(n, ast.Lambda | ast.FunctionDef) and _first(n) == code.co_firstlineno
    ]
    columns = [start for _, _, start, _ in code.co_positions() if start is not None]
    if len(nodes) > 1 and columns:  # several lambdas in one line: the one around the code
        nodes = [n for n in nodes if isinstance(n, ast.Lambda) and _around(n, code)]
        nodes.sort(key=lambda n: (n.end_lineno or 0, n.end_col_offset or 0))
    return ast.unparse(nodes[0]) if nodes else ""


def _first(node: ast.Lambda | ast.FunctionDef) -> int:
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        return node.decorator_list[0].lineno
    return node.lineno


def _around(node: ast.Lambda, code: CodeType) -> bool:
    """Tell whether the code lies within the body of this lambda."""
    body = node.body
    low, high = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    places = [(line, start) for line, _, start, _ in code.co_positions() if line is not None and start]
    return bool(places) and all(low <= place <= high for place in places)


def _constants(code: CodeType) -> str:
    inner = [_constants(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return f"names {list(code.co_names)} constants [{', '.join(inner)}]"
