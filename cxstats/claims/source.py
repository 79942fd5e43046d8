"""The source of a function, written one way whatever its layout: its tokens, joined by rules of this file.

Comments, blank lines, line breaks inside brackets, the comma before a closing bracket and the kind of plain quotes do not
count; parentheses and docstrings do. Tokens, unlike the text that `ast.unparse` makes, are the same in every version of Python.
An f-string is one token up to Python 3.11 and many from 3.12 on; here it is always one: its text in the source.
"""

from __future__ import annotations

import ast
import functools
import io
import keyword
import linecache
import tokenize
from collections.abc import Iterator
from types import CodeType, FunctionType

OPEN, CLOSED = ("(", "[", "{"), (")", "]", "}")
SIGNS = ("-", "+", "~", "*", "**", "@")
VALUES = ("True", "False", "None", "...")
SKIPPED = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)


def source(function: FunctionType) -> str:
    """Return the function's own part of its file, or nothing if the file is not there."""
    code = function.__code__
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    if code.co_name == "<lambda>":
        lambdas = [n for n in _nodes(text) if isinstance(n, ast.Lambda) and n.lineno == code.co_firstlineno]
        if len(lambdas) > 1:  # in one line: the innermost around the code
            lambdas = [n for n in lambdas if _around(n, code)]
            lambdas.sort(key=lambda n: (n.body.lineno, n.body.col_offset), reverse=True)
        return joined(f"({ast.get_source_segment(text, lambdas[0])})")[1:-1] if lambdas else ""
    for node in _nodes(text):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == code.co_name:
            first = min(part.lineno for part in (node, *node.decorator_list))
            if first == code.co_firstlineno:
                return joined("\n".join(text.split("\n")[first - 1 : node.end_lineno]))
    return ""


@functools.lru_cache(maxsize=16)
def _nodes(text: str) -> tuple[ast.AST, ...]:
    try:
        return tuple(ast.walk(ast.parse(text)))
    except SyntaxError:
        return ()


def _around(node: ast.Lambda, code: CodeType) -> bool:
    """Tell whether the code lies within the body of this lambda."""
    body = node.body
    low, high = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    places = [(line, start) for line, _, start, _ in code.co_positions() if line is not None and start]
    return bool(places) and all(low <= place <= high for place in places)


def joined(text: str) -> str:
    """Return source joined from its tokens; as it is, if it has none that can be read."""
    try:
        found = list(_tokens(text))
    except (tokenize.TokenError, SyntaxError):
        return text.strip()
    parts: list[str] = []
    before, unary, depth, base = "", False, 0, None
    brackets: list[tuple[bool, int]] = []  # of each open one: whether a comma makes it a tuple; where its last comma is
    for kind, now in found:
        depth += (kind == tokenize.INDENT) - (kind == tokenize.DEDENT)
        if kind in (tokenize.INDENT, tokenize.DEDENT):
            continue
        base = depth if base is None else base
        if kind == tokenize.NEWLINE:
            parts.append("\n")
            before, unary = "", False
            continue
        operand = _operand(before)
        if now in CLOSED and brackets:
            makes_tuple, commas = brackets.pop()
            if before == "," and (commas > 1 or not makes_tuple):
                parts.pop()
        if before == "":
            parts.append("    " * (depth - base))
        elif not unary and _spaced(before, now, operand, bool(brackets)):
            parts.append(" ")
        parts.append(now)
        if now in OPEN:
            brackets.append(((now == "[") == operand and now != "{", 0))
        elif now == "," and brackets:
            brackets[-1] = (brackets[-1][0], brackets[-1][1] + 1)
        before, unary = now, now in SIGNS and not operand
    return "".join(parts).strip()


def _operand(token: str) -> bool:
    """Tell whether a value may end with this token, so that a sign after it joins two and a bracket after it calls."""
    word = token[:1].isalnum() or token[:1] in ("_", "'", '"') or token[-1:] in ("'", '"')
    return token in (*CLOSED, *VALUES) or (word and not keyword.iskeyword(token))


def _spaced(before: str, now: str, operand: bool, inside: bool) -> bool:
    if before in (*OPEN, ".") or now in (*CLOSED, ",", ":", ";", "."):
        return False
    if inside and "=" in (before, now):
        return False
    return not (operand and now in ("(", "["))


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """Yield the kind and text of each token that counts, an f-string as one."""
    lines = [line + "\n" for line in text.split("\n")]
    deep, start = 0, (0, 0)
    for token in tokenize.generate_tokens(io.StringIO("".join(lines)).readline):
        name = tokenize.tok_name[token.type]
        if name.endswith("STRING_START"):
            deep, start = deep + 1, token.start if deep == 0 else start
        elif name.endswith("STRING_END"):
            deep -= 1
            if deep == 0:
                yield tokenize.STRING, _between(lines, start, token.end)
        elif deep == 0 and token.type not in SKIPPED:
            yield token.type, _quoted(token.string) if token.type == tokenize.STRING else token.string


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    rows = lines[start[0] - 1 : end[0]]
    rows[-1] = rows[-1][: end[1]]
    rows[0] = rows[0][start[1] :]
    return "".join(rows)


def _quoted(text: str) -> str:
    """Return a plain text in single quotes, where nothing in it must be escaped; any other as it is."""
    inner = text[1:-1]
    plain = text[0] == '"' and not text.startswith('"""') and "\\" not in inner and "'" not in inner
    return f"'{inner}'" if plain else text
