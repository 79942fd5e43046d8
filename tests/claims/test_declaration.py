"""Claims declared beforehand: a plain file that is the same for the same claims, and tells what was changed since."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import json
import linecache
import subprocess
import sys
import threading
import tokenize
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.claims.code import written
from cxstats.claims.declaration import read_declaration
from cxstats.claims.source import joined
from cxstats.errors import ArgumentError, DeclarationError


def satisfied(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))


def claim(id: str = "most", **changed: Any) -> cx.Claim:
    given: dict[str, Any] = {"says": "most are satisfied", "measure": satisfied, "region": cx.above(50)} | changed
    return cx.Claim(id, **given)


def compared(declared: Any, now: Any, answers: pd.DataFrame, folder: Path, **options: Any) -> list[str]:
    path = cx.declare(declared, folder / "claims.toml")
    return [v.declared for v in cx.check(now, answers, declared=path, **options)]


# --- the file ------------------------------------------------------------------------------------------------------------


def test_the_file_says_all_that_was_declared(tmp_path: Path) -> None:
    premise = claim("asked", data="staff", needs=["x"])
    made = claim(
        source="a book",
        what="the share",
        identified=True,
        given=premise,
        params={"d": 50},
        region=lambda d: cx.above(d),
    )
    both = cx.all_of("both", parts=[claim("a"), claim("b", region=cx.between(-1, 2.5, unit="%"))], given=premise)
    found = tomllib.loads(cx.declare([made, both], tmp_path / "c.toml").read_text(encoding="utf-8"))
    one, two = found["claim"]
    assert len(found["digest"]) == 64
    assert one["id"] == "most"
    assert one["says"] == "most are satisfied"
    assert one["source"] == "a book"
    assert one["what"] == "the share"
    assert one["identified"] == "True"
    assert one["params"] == ["d = 50"]
    assert one["region"] == "above(50)"
    assert one["measure"].startswith("def satisfied(survey: Any)")
    assert (one["given"]["id"], one["given"]["data"], one["given"]["needs"]) == ("asked", ["staff"], ["staff: x"])
    assert [part["id"] for part in two["parts"]] == ["a", "b"]
    assert two["parts"][1]["region"] == "between(-1, 2.5, unit='%')"
    assert two["given"] == one["given"]


@pytest.mark.parametrize(
    "text", ['"quotes" and \\', "Zufriedenheit: ü, 満足, 😀", "two\nlines\tand\x07\x7f", "'''", "# = [x]"]
)
def test_any_text_comes_back_as_it_was(answers: pd.DataFrame, tmp_path: Path, text: str) -> None:
    made = claim(id="i" + "".join(c for c in text if c.isprintable()), says=text, source=text, what=text)
    assert compared(made, made, answers, tmp_path) == ["declared"]
    (back,) = tomllib.loads((tmp_path / "claims.toml").read_text(encoding="utf-8"))["claim"]
    assert back["says"] == text


def test_equal_claims_give_equal_bytes_in_every_process(tmp_path: Path) -> None:
    program = """
import sys, cxstats as cx
names = {"b", "a", "c"}
made = [cx.Claim(n, measure=lambda s, n=n: cx.measure(s, cx.csat(n), where=cx.col("x").is_in(list("xyz"))), region=cx.above(5),
                 params={"d": 1, "c": {1.5: "x"}}) for n in "ab"]
made.append(cx.Claim("set", measure=lambda s: len(names), region=cx.above(1)))
cx.declare(made, sys.argv[1])
"""
    for name in ("one.toml", "two.toml"):
        subprocess.run([sys.executable, "-c", program, tmp_path / name], check=True)
    assert (tmp_path / "one.toml").read_bytes() == (tmp_path / "two.toml").read_bytes()
    assert b"\r" not in (tmp_path / "one.toml").read_bytes()


def test_what_was_declared_is_not_overwritten_by_something_else(tmp_path: Path) -> None:
    path = cx.declare(claim(), tmp_path / "c.toml")
    before = path.read_bytes()
    assert cx.declare(claim(), path) == path
    with pytest.raises(DeclarationError, match=r"declare: '.*c.toml' is there and declares something else"):
        cx.declare(claim(region=cx.above(51)), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ([], "no claim is given"),
        ([claim(), claim()], "two claims have the id 'most'"),
        (["most"], "'most' is not a claim"),
        (None, "None is not a claim"),
    ],
)
def test_what_is_no_claim_is_not_declared(tmp_path: Path, claims: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=f"declare: {says}"):
        cx.declare(claims, tmp_path / "c.toml")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda text: text.replace("above(50)", "above(40)"), "was edited after it was written"),
        (lambda text: text.replace('source = ""', "source = 2026-01-01"), "was edited after it was written"),
        (lambda text: text.replace("digest = ", "digset = "), "was edited after it was written"),
        (lambda text: text + '\n[[claim]]\nid = "more"\n', "was edited after it was written"),
        (lambda text: text.replace("format = 2", "format = 3"), "was edited after it was written"),
        (lambda text: text.replace("digest =", "level = 0.5\ndigest ="), "was edited after it was written"),
        (lambda text: text[: text.index("[[claim]]")], "is not a file .*: it names no claims"),
        (lambda text: "claim = 3", "is not a file .*: it names no claims"),
        (lambda text: "[[claim]]\nsays = 'x'", "is not a file .*: it names no claims"),
        (lambda text: "<html>", "is not a file that declare.. wrote .*line 1"),
        (lambda text: "", "is not a file .*: it names no claims"),
    ],
)
def test_a_file_edited_by_hand_is_refused(
    answers: pd.DataFrame, tmp_path: Path, edit: Callable[[str], str], says: str
) -> None:
    path = cx.declare(claim(), tmp_path / "c.toml")
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DeclarationError, match=rf"check\(declared=\): '.*c.toml' {says}"):
        cx.check(claim(), answers, declared=path)


def test_comments_and_line_ends_of_the_file_do_not_count(answers: pd.DataFrame, tmp_path: Path) -> None:
    path = cx.declare(claim(), tmp_path / "c.toml")
    text = path.read_text(encoding="utf-8")
    path.write_bytes(f"# sent to the board\n{text}".replace("\n", "\r\n").encode())
    assert cx.check(claim(), answers, declared=path)[0].declared == "declared"


def test_a_file_that_is_not_there_or_no_text_is_refused(answers: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(
        DeclarationError, match=r"none.toml' cannot be read \(No such file or directory\). declare\(\) writes one"
    ):
        cx.check(claim(), answers, declared=tmp_path / "none.toml")
    with pytest.raises(DeclarationError, match="cannot be read"):
        cx.check(claim(), answers, declared=tmp_path)
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DeclarationError, match="is not a file that declare"):
        cx.check(claim(), answers, declared=tmp_path / "x.toml")


# --- what was changed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "declared"),
        ({"region": cx.above(51)}, "changed: region was above(50)"),
        ({"region": cx.above(50.00001)}, "changed: region was above(50)"),
        ({"region": cx.above(50, unit="%")}, "changed: region was above(50)"),
        ({"says": "nearly all are satisfied"}, "changed: says"),
        ({"measure": lambda s: satisfied(s)}, "changed: measure"),
        ({"source": "x", "what": "y", "needs": "overall"}, "changed: source, what, needs"),
        ({"identified": True}, "changed: identified"),
        ({"given": claim("asked")}, "changed: given"),
        ({"id": "other"}, "not declared"),
    ],
)
def test_a_verdict_says_what_was_changed(
    answers: pd.DataFrame, tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    assert compared(claim(), claim(**changed), answers, tmp_path) == [says]


def test_parameters_and_parts_are_declared_too(answers: pd.DataFrame, tmp_path: Path) -> None:
    made = claim(region=lambda d: cx.above(d), params={"d": 50})
    both = cx.all_of("both", parts=[claim("a"), made])
    assert compared([made, both], [made, both], answers, tmp_path) == ["declared", "declared"]
    path = tmp_path / "claims.toml"
    found = cx.check([made, both], answers, declared=path, params={"d": 60})
    assert [v.declared for v in found] == ["changed: params, region was above(50)", "changed: parts"]
    fewer = cx.all_of("both", parts=[claim("a"), claim("b")])
    assert cx.check(fewer, answers, declared=path)[0].declared == "changed: parts"
    assert cx.check(claim("both"), answers, declared=path)[0].declared.startswith("changed: says, what")


# --- how the claims were to be checked -----------------------------------------------------------------------------------


def test_level_and_adjustment_are_declared_if_given(tmp_path: Path) -> None:
    silent = read_declaration(cx.declare(claim(), tmp_path / "a.toml"))
    assert (silent.level, silent.adjust, silent.conditions(0.5, "bonferroni")) == (None, None, "")
    path = cx.declare(claim(), tmp_path / "b.toml", level=0.95, adjust="bonferroni")
    assert tomllib.loads(path.read_text(encoding="utf-8"))["level"] == 0.95
    said = read_declaration(path)
    assert said.conditions(0.95, "bonferroni") == ""
    assert said.conditions(0.5, "bonferroni") == "level 0.95 was declared, 0.5 is used"
    assert said.conditions(0.5, None) == (
        "level 0.95 was declared, 0.5 is used; adjust='bonferroni' was declared, None is used"
    )
    path.write_text(path.read_text(encoding="utf-8").replace("level = 0.95", "level = 0.9"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="was edited"):
        read_declaration(path)


def test_declared_claims_that_are_not_checked_can_be_named(tmp_path: Path) -> None:
    said = read_declaration(cx.declare([claim("b"), claim("a"), claim("c")], tmp_path / "c.toml"))
    assert said.ids == ("b", "a", "c")
    assert said.unchecked(["a", "x"]) == ("b", "c")
    assert said.unchecked(iter("abc")) == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"level": 95}, r"declare\(level=95\): a level lies between 0 and 1"),
        ({"level": True}, r"declare\(level=True\)"),
        ({"level": "0.95"}, r"declare\(level='0.95'\)"),
        ({"adjust": "bonferoni"}, r"declare\(adjust=\): 'bonferoni' is not one of .* Did you mean 'bonferroni'"),
        ({"path": 5}, r"declare\(path=\): .* named by a path such as 'claims.toml', not by 5"),
        ({"path": ""}, r"declare\(path=\): .*, not by ''"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, given: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        cx.declare(claim(), **{"path": tmp_path / "c.toml", **given})
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"there is no folder '.*none'. Make it first"):
        cx.declare(claim(), tmp_path / "none" / "c.toml")
    with pytest.raises(DeclarationError, match=r"cannot be written \(Is a directory\)"):
        cx.declare(claim(), tmp_path)
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DeclarationError, match=r"c.toml' is there and declares something else"):
        cx.declare(claim(), tmp_path / "c.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["c.toml"]


@pytest.mark.parametrize("declared", [5, claim(), b"c.toml", ["c.toml"]])
def test_what_is_no_path_is_refused(answers: pd.DataFrame, declared: Any) -> None:
    with pytest.raises(ArgumentError, match=r"check\(declared=\): the file of a declaration is named by a path"):
        cx.check(claim(), answers, declared=declared)


def test_files_of_another_format_are_refused_with_a_reason(answers: pd.DataFrame, tmp_path: Path) -> None:
    record = {"id": "most", "region": "above(50)"}
    digests = [
        hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
        for contents in ([record], {"format": 9, "claim": [record]})
    ]
    claims = '[[claim]]\nid = "most"\nregion = "above(50)"\n'
    (tmp_path / "1.toml").write_text(f'digest = "{digests[0]}"\n\n{claims}', encoding="utf-8")
    (tmp_path / "9.toml").write_text(f'format = 9\ndigest = "{digests[1]}"\n\n{claims}', encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"1.toml' was written by an earlier cxstats .* declare the claims anew"):
        cx.check(claim(), answers, declared=tmp_path / "1.toml")
    with pytest.raises(DeclarationError, match=r"9.toml' has the format 9, and this cxstats reads 2"):
        cx.check(claim(), answers, declared=tmp_path / "9.toml")


# --- what a measure takes from outside -----------------------------------------------------------------------------------


def cell(text: str, number: int = 1, **names: Any) -> dict[str, Any]:
    """Run a text as a notebook runs a cell: without a file, its lines known to linecache."""
    file = f"<cell-{number}-{abs(hash(text))}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"__name__": "__main__", "cx": cx, **names}
    exec(compile(text, file, "exec"), space)
    return space


PREAMBLE = """import contextlib, enum, functools, re
import numpy as np, pandas as pd, polars as pl, pyarrow as pa
from collections import namedtuple
from dataclasses import dataclass, field
"""


def text_of(function: Any) -> str:
    return written(function).text


MOVES = {
    "a number": ("EDGE = 3", "EDGE = 4", "EDGE"),
    "an expression": ("ex = cx.col('Kanal') == 'App'", "ex = cx.col('Kanal') == 'Telefon'", "ex"),
    "a score": ("sc = cx.share(cx.col('wait') > 3)", "sc = cx.share(cx.col('wait') > 4)", "sc"),
    "a score under one name": ("sc = cx.share(cx.col('w') > 3, name='n')", "sc = cx.share(cx.col('w') > 4, name='n')", "sc"),
    "a list": ("names = ['a', 'b']", "names = ['a', 'c']", "names"),
    "a tuple": ("names = ('a', ['b'])", "names = ('a', ['c'])", "names"),
    "a list that became a tuple": ("names = ['a']", "names = ('a',)", "names"),
    "a dict of expressions": ("d = {1: cx.col('a') > 1}", "d = {1: cx.col('a') > 2}", "d"),
    "a set": ("d = {'a', 'b'}", "d = {'a', 'c'}", "d"),
    "a long list": ("d = list(range(9999))", "d = list(range(9998)) + [0]", "d"),
    "an array": ("d = np.arange(9)", "d = np.arange(9) + 1", "d"),
    "a long array": ("d = np.zeros(9999)", "d = np.ones(9999)", "d"),
    "a kind of array": ("d = np.zeros(3)", "d = np.zeros(3, int)", "d"),
    "a frame": ("d = pd.DataFrame({'a': [1]})", "d = pd.DataFrame({'a': [2]})", "d"),
    "a column's name": ("d = pd.DataFrame({'a': [1]})", "d = pd.DataFrame({'b': [1]})", "d"),
    "an index": ("d = pd.Series([1], ['a'])", "d = pd.Series([1], ['b'])", "d"),
    "a frame of polars": ("d = pl.DataFrame({'a': [1]})", "d = pl.DataFrame({'a': [2]})", "d"),
    "a table": ("d = pa.table({'a': [1]})", "d = pa.table({'a': [2]})", "d"),
    "a survey": ("d = cx.Survey(pd.DataFrame({'a': [1]}))", "d = cx.Survey(pd.DataFrame({'a': [2]}))", "d"),
    "a class attribute": ("class Cfg:\n    EDGE = 3", "class Cfg:\n    EDGE = 4", "Cfg.EDGE"),
    "a class attribute set later": ("class Cfg:\n    EDGE = 3", "class Cfg:\n    EDGE = 3\nCfg.EDGE = 4", "Cfg.EDGE"),
    "an attribute of an object": ("class Cfg: pass\nc = Cfg(); c.e = 3", "class Cfg: pass\nc = Cfg(); c.e = 4", "c.e"),
    "a method": (
        "class Cfg:\n    def rate(self): return 3\nc = Cfg()", "class Cfg:\n    def rate(self): return 4\nc = Cfg()", "c.rate()"
    ),
    "what a method reads": (
        "class Cfg:\n    E = 3\n    def rate(self): return self.E\nc = Cfg()",
        "class Cfg:\n    E = 4\n    def rate(self): return self.E\nc = Cfg()",
        "c.rate()",
    ),
    "a base class": (
        "class A:\n    E = 3\nclass B(A):\n    def rate(self): return self.E\nc = B()",
        "class A:\n    E = 4\nclass B(A):\n    def rate(self): return self.E\nc = B()",
        "c.rate()",
    ),
    "a property": (
        "class Cfg:\n    @property\n    def e(self): return 3\nc = Cfg()",
        "class Cfg:\n    @property\n    def e(self): return 4\nc = Cfg()",
        "c.e",
    ),
    "a field of a dataclass": (
        "@dataclass\nclass D:\n    a: int = 3\nd = D(4)",
        "@dataclass\nclass D:\n    a: int = 3\nd = D(5)",
        "d",
    ),
    "a default that is made": (
        "@dataclass\nclass D:\n    a: list = field(default_factory=lambda: [1])",
        "@dataclass\nclass D:\n    a: list = field(default_factory=lambda: [2])",
        "D()",
    ),
    "a slot": (
        "class S:\n    __slots__ = ('a',)\nd = S(); d.a = 1", "class S:\n    __slots__ = ('a',)\nd = S(); d.a = 2", "d"
    ),
    "a named tuple": (
        "t = namedtuple('T', 'a')(1)", "t = namedtuple('T', 'a')(2)", "t"
    ),
    "an enumeration": ("class C(enum.Enum):\n    A = 1", "class C(enum.Enum):\n    A = 2", "C.A"),
    "a member": ("class C(enum.Enum):\n    A = 1\n    B = 2\nc = C.A",
                 "class C(enum.Enum):\n    A = 1\n    B = 2\nc = C.B", "c"),
    "a pattern": ("p = re.compile('a')", "p = re.compile('b')", "p"),
    "another library function": ("csat = cx.csat", "csat = cx.effort", "csat('x')"),
    "a function of another package": ("from numpy import mean", "from statistics import mean", "mean"),
    "a builtin that is hidden": ("", "def len(s): return 3", "len(s)"),
    "a helper's number": ("E = 3\ndef h(s): return s + E", "E = 4\ndef h(s): return s + E", "h(s)"),
    "a helper that remembers": (
        "@functools.cache\ndef h(s): return 3", "@functools.cache\ndef h(s): return 4", "h(s)"
    ),
    "a helper behind a decorator": (
        "def deco(f):\n    @functools.wraps(f)\n    def w(s): return f(s)\n    return w\n@deco\ndef h(s): return 3",
        "def deco(f):\n    @functools.wraps(f)\n    def w(s): return f(s)\n    return w\n@deco\ndef h(s): return 4",
        "h(s)",
    ),
    "a context manager of one's own": (
        "@contextlib.contextmanager\ndef h(s): yield 3", "@contextlib.contextmanager\ndef h(s): yield 4", "h(s)"
    ),
    "what is read in an inner function": ("E = 3", "E = 4", "[(lambda: E)() for _ in range(2)]"),
    "what is not there yet": ("", "E = 4", "E"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "used"), MOVES.values(), ids=MOVES)
def test_whoever_moves_what_a_measure_uses_is_found_out(
    answers: pd.DataFrame, tmp_path: Path, before: str, after: str, used: str
) -> None:
    """Each pair differs in one thing; the measure's own words are the same."""

    def made(text: str) -> cx.Claim:
        return claim(measure=cell(f"{PREAMBLE}{text}\n\ndef measure(s):\n    return {used}\n")["measure"])

    said = read_declaration(cx.declare(made(before), tmp_path / "c.toml"))
    assert said.compare(made(before), {}).startswith("declared")
    assert said.compare(made(after), {}) == "changed: measure"


def test_an_edge_moved_in_the_same_notebook_is_found_out(answers: pd.DataFrame, tmp_path: Path) -> None:
    text = "ex = cx.col('overall') > 2\nc = Claim('c', region=R, measure=lambda s: cx.measure(s, cx.csat('overall'), where=ex))"
    space = cell(text, R=cx.above(5), Claim=cx.Claim)
    path = cx.declare(space["c"], tmp_path / "c.toml")
    assert cx.check(space["c"], answers, declared=path)[0].declared == "declared"
    assert "ex = (col('overall') > 2)" in path.read_text(encoding="utf-8")
    space["ex"] = cx.col("overall") > 3
    assert cx.check(space["c"], answers, declared=path)[0].declared == "changed: measure"


def test_a_module_of_ones_own_is_read_and_an_installed_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_rates.py").write_text("EDGE = 3\nOTHER = 1\ndef rate(s):\n    return s > EDGE\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    own = importlib.import_module("own_rates")
    f = cell("f = lambda s: (own.rate(s), own.EDGE, np.mean(s), cx.nps('x'))", own=own, np=np)["f"]
    before = text_of(f)
    assert before.splitlines()[1:] == [
        "np.mean = numpy.mean",
        "own.EDGE = 3",
        "own.rate = (def rate(s):",
        "    return s > EDGE",
        "EDGE = 3)",
    ]
    monkeypatch.setattr(own, "OTHER", 2)
    assert text_of(f) == before
    monkeypatch.setattr(own, "EDGE", 4)
    assert text_of(f) == before.replace("= 3", "= 4")
    assert written(cell("f = lambda s: own", own=own)["f"]).unrecorded == ("own",)
    inside = "def f(s):\n    from {} import rate\n    return rate(s)\n"
    assert written(cell(inside.format("own_rates"))["f"]).unrecorded == ("import own_rates",)
    assert written(cell(inside.format("numpy.random"))["f"]).unrecorded == ()


def test_what_cannot_be_recorded_is_named_and_not_passed_over(answers: pd.DataFrame, tmp_path: Path) -> None:
    text = "f = lambda s: (lock, cx.measure(s, cx.csat('overall')))[1]"
    one = claim(measure=cell(text, lock=threading.Lock())["f"])
    two = claim(measure=cell(text, lock=threading.Lock())["f"])
    says = "declared (the value of 'lock' is not recorded)"
    assert compared(one, two, answers, tmp_path) == [says]
    file = (tmp_path / "claims.toml").read_text(encoding="utf-8")
    assert 'unrecorded = ["lock"]' in file
    assert "lock = a thread.lock whose value is not recorded" in file
    assert " at 0x" not in file
    both = cx.all_of("both", parts=[claim("a"), claim("b", given=one)])
    assert read_declaration(cx.declare(both, tmp_path / "2.toml")).compare(both, {}) == says
    table = cell("import duckdb\nd = duckdb.sql('select 1 as x')\nf = lambda s: d")["f"]
    assert written(table).unrecorded == ("d",)
    pair = claim(measure=cell("f = lambda s: (a, b)", a=threading.Lock(), b=threading.Lock())["f"])
    assert read_declaration(cx.declare(pair, tmp_path / "4.toml")).compare(pair, {}) == (
        "declared (the values of 'a' and 'b' are not recorded)"
    )


def test_an_object_that_holds_a_lock_is_recorded_but_for_the_lock() -> None:
    text = "class Cfg:\n    pass\nc = Cfg()\nc.edge, c.lock = {}, lock\nf = lambda s: (c, c.edge)\n"
    found = [written(cell(text.format(edge), lock=threading.Lock())["f"]) for edge in (3, 3, 4)]
    assert found[0] == found[1] != found[2]
    assert found[0].unrecorded == ("c.lock",)


def test_parameters_are_recorded_like_values(tmp_path: Path) -> None:
    made = claim(params={"d": np.float64(0.5), "lock": threading.Lock(), "m": cx.col("x") > 1})
    (found,) = tomllib.loads(cx.declare(made, tmp_path / "c.toml").read_text(encoding="utf-8"))["claim"]
    assert found["params"] == [
        "d = 0.5",
        "lock = a thread.lock whose value is not recorded",
        "m = (col('x') > 1)",
    ]
    assert found["unrecorded"] == ["lock"]


def test_data_in_a_closure_are_named_and_not_copied() -> None:
    secret = pd.DataFrame({"name": ["Alice"]})
    found = text_of(lambda s: len(secret))
    assert "Alice" not in found
    assert "pandas.DataFrame of 1, digest " in found


def test_what_an_object_remembers_does_not_count() -> None:
    text = """
import functools
class Cfg:
    def __init__(self): self.e = 3
    @functools.cached_property
    def slow(self): return self.e
c = Cfg()
f = lambda s: c.slow
"""
    space = cell(text)
    before = text_of(space["f"])
    space["f"](1)
    assert text_of(space["f"]) == before
    space["c"].e = 4
    assert text_of(space["f"]) != before


def test_what_is_too_large_to_look_at_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxstats.claims.code.MOST", 50)
    frame = pd.DataFrame({"x": range(51)})
    for large in (frame, list(range(51)), {"a": [list(range(51))]}):
        assert written(cell("f = lambda s: d", d=large)["f"]).unrecorded == ("d",)
    assert written(cell("f = lambda s: d", d=frame[:5])["f"]).unrecorded == ()


def test_values_that_hold_themselves_or_are_very_deep_end() -> None:
    holds: list[Any] = [1]
    holds.append(holds)
    assert "[1, builtins.list itself]" in text_of(cell("f = lambda s: x", x=holds)["f"])
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert written(cell("f = lambda s: x", x=deep)["f"]).unrecorded == ("x",)
    later = cell("def outer():\n    f = lambda s: g(s)\n    return f\n    g = f\n")["outer"]()
    assert written(later).unrecorded == ("g",)
    found = cell("def a(s):\n    return b(s)\n\ndef b(s):\n    return a(s)\n")
    assert text_of(found["a"]).count("def a") == text_of(found["a"]).count("def b") == 1


# --- the code of a measure -----------------------------------------------------------------------------------------------


def test_comments_and_layout_do_not_count() -> None:
    one = cell("def share(survey):\n    return cx.measure(survey, cx.csat('overall'))\n")["share"]
    two = cell("\n\ndef share(survey):\n    # the share satisfied\n    return cx.measure(\n        survey,\n\n"
               '        cx.csat("overall"),  # top two\n    )\n')["share"]  # fmt: skip
    assert text_of(one) == text_of(two) == "def share(survey):\n    return cx.measure(survey, cx.csat('overall'))"
    assert text_of(one) != text_of(
        cell("def share(survey):\n    return cx.measure(survey, cx.csat('easy'))\n")["share"]
    )


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("x=[1,\n   2,  # two\n]", "x = [1, 2]", True),
        ("x = (1,)", "x = (1)", False),
        ("x = (1, 2,)", "x = (1, 2)", True),
        ("f(a,)", "f(a)", True),
        ("x[1,]", "x[1]", False),
        ("{1,}", "{1}", True),
        ("x = a  -  -b ** 2", "x = a - -b**2", True),
        ('x = "a"', "x = 'a'", True),
        ('x = "it\'s"', "x = 'its'", False),
        ('x = "a b"', "x = 'a  b'", False),
        ("if a:\n  b\n\n  c", "if a:\n    b\n    c", True),
        ("if a:\n  b\nc", "if a:\n    b\n    c", False),
        ("x = a + \\\n b", "x = a + b", True),
        ("f'{ a } {b!r:>{c}}'", "f'{ a } {b!r:>{c}}'  # c", True),
        ("f'{a} '", "f'{a}'", False),
        ("not (a)", "not a", False),
    ],
)
def test_one_code_is_written_one_way(one: str, two: str, same: bool) -> None:
    assert (joined(one) == joined(two)) is same


@pytest.mark.parametrize("path", sorted(Path(cx.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_joined_source_means_what_it_meant(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = joined(text)
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(text))
    assert joined(found) == found


def test_an_f_string_is_one_token_in_every_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.12 and later give an f-string in parts, with texts, signs and names between its start and its end."""
    text = "x = f\"{a:>{n}} {f'{b}'}\""
    whole = joined(text)
    kinds = {name: 90 + i for i, name in enumerate(("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END"))}
    line = text + "\n"

    def token(kind: int, start: int, end: int) -> tokenize.TokenInfo:
        return tokenize.TokenInfo(kind, line[start:end], (1, start), (1, end), line)

    start, middle, end = kinds.values()
    parts = [(tokenize.NAME, 0, 1), (tokenize.OP, 2, 3), (start, 4, 6), (tokenize.OP, 6, 7), (tokenize.NAME, 7, 8),
             (middle, 15, 16), (tokenize.OP, 16, 17), (start, 17, 19), (tokenize.NAME, 20, 21), (end, 22, 23),
             (end, 24, 25), (tokenize.NEWLINE, 25, 26)]  # fmt: skip
    monkeypatch.setattr(tokenize, "tok_name", tokenize.tok_name | {kind: name for name, kind in kinds.items()})
    monkeypatch.setattr(tokenize, "generate_tokens", lambda _: iter(token(*part) for part in parts))
    assert joined(text) == whole == text


def test_lambdas_on_one_line_are_told_apart() -> None:
    a, b = (lambda s: s + 1), (lambda s: s + 2)
    assert (text_of(a), text_of(b)) == ("lambda s: s + 1", "lambda s: s + 2")
    outer = cell("outer = lambda s: lambda t: t + s\n")["outer"]
    assert text_of(outer) == "lambda s: lambda t: t + s"
    assert text_of(outer(4)) == "lambda t: t + s\ns = 4"
    over = cell("many = [(lambda s, k=k: s + k) for k in range(2)]; f = lambda s: (s,\n   'next line')\n")
    assert text_of(over["many"][1]) == "lambda s, k=k: s + k\nk = 1"
    assert text_of(over["f"]) == "lambda s: (s, 'next line')"
    assert text_of(cell("ä = 'ö'; f, g = (lambda s: 'ü'), (lambda s: 'ß')\n")["g"]) == "lambda s: 'ß'"


def test_what_a_measure_closes_over_counts() -> None:
    def over(limit: Any) -> Callable[[Any], Any]:
        return lambda s: cx.measure(s, cx.share(cx.col("wait") > limit))

    assert written(over(3)) == written(over(3)) != written(over(4))
    assert written(over(satisfied)) != written(over(over))
    text = "def helper(s):\n    return s * {}\n\ndef measure(s):\n    return [helper(s) + LIMIT for _ in range(2)]\n"
    found = text_of(cell(text.format(2), LIMIT=3)["measure"])
    assert "LIMIT = 3" in found
    assert "return s * 2" in found
    assert found != text_of(cell(text.format(3), LIMIT=3)["measure"])
    assert found == text_of(cell(text.format(2), LIMIT=3, unused=5)["measure"])


def test_partials_methods_and_objects() -> None:
    class Over:
        def __init__(self, limit: int) -> None:
            self.limit = limit

        def __call__(self, survey: Any) -> Any:
            return survey > self.limit

        def method(self, survey: Any) -> Any:
            return survey < self.limit

    def apart(survey: Any, a: str, b: str = "call") -> Any:
        return survey, a, b

    assert written(functools.partial(apart, a="x", b="y")) == written(functools.partial(apart, b="y", a="x"))
    assert written(functools.partial(apart, a="x")) != written(functools.partial(apart, a="z"))
    assert written(Over(1)) == written(Over(1)) != written(Over(2))
    assert written(Over(1).method) == written(Over(1).method) != written(Over(2).method)
    assert written(Over(1).method) != written(Over(1))
    assert "survey > self.limit" in text_of(Over(1))
    assert text_of(len) == "builtins.len"


def test_code_without_a_source_is_known_by_what_it_does() -> None:
    def made(text: str) -> Any:
        space: dict[str, Any] = {}
        exec(text, space)
        return space["f"]

    found = text_of(made("f = lambda s: s + 1"))
    assert found == text_of(made("\nf = lambda s:  s + 1  # one"))
    version = ".".join(map(str, sys.version_info[:2]))
    assert found.startswith(f"<lambda>(s): its source was not available; as Python {version} compiles it")
    texts = [
        "s + 1",
        "s - 1",
        "s + 2",
        "s.a + 1",
        "s > 1",
        "s < 1",
        "s.b + 1",
        "[x + 1 for x in s]",
        "[x - 1 for x in s]",
    ]
    assert len({text_of(made(f"f = lambda s: {text}")) for text in texts}) == len(texts)
