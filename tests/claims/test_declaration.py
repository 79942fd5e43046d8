"""Claims declared beforehand: a plain file that is the same for the same claims, and tells what was changed since."""

from __future__ import annotations

import functools
import linecache
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cxstats as cx
from cxstats.claims.code import written
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
    made = claim(id=f"i{text}", says=text, source=text, what=text)
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
    with pytest.raises(DeclarationError, match=r"declare: c.toml is there and declares something else"):
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
    with pytest.raises(DeclarationError, match=rf"check\(declared=\): c.toml {says}"):
        cx.check(claim(), answers, declared=path)


def test_comments_and_line_ends_of_the_file_do_not_count(answers: pd.DataFrame, tmp_path: Path) -> None:
    path = cx.declare(claim(), tmp_path / "c.toml")
    text = path.read_text(encoding="utf-8")
    path.write_bytes(f"# sent to the board\n{text}".replace("\n", "\r\n").encode())
    assert cx.check(claim(), answers, declared=path)[0].declared == "declared"


def test_a_file_that_is_not_there_or_no_text_is_refused(answers: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(
        DeclarationError, match=r"none.toml cannot be read \(No such file or directory\). declare\(\) writes one"
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


# --- the code of a measure -----------------------------------------------------------------------------------------------

LIMIT = 3
OTHER_MODULE_VALUE = pd.DataFrame({"x": [1]})


def cell(text: str, number: int = 1, **names: Any) -> dict[str, Any]:
    """Run a text as a notebook runs a cell: without a file, its lines known to linecache."""
    file = f"<cell-{number}-{abs(hash(text))}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"cx": cx, **names}
    exec(compile(text, file, "exec"), space)
    return space


def test_comments_and_layout_do_not_count() -> None:
    one = cell("def share(survey):\n    return cx.measure(survey, cx.csat('overall'))\n")["share"]
    two = cell("\n\ndef share(survey):\n    # the share satisfied\n    return cx.measure(\n        survey,\n"
               '        cx.csat("overall"),  # top two\n    )\n')["share"]  # fmt: skip
    assert written(one) == written(two) == "def share(survey):\n    return cx.measure(survey, cx.csat('overall'))"
    assert written(one) != written(
        cell("def share(survey):\n    return cx.measure(survey, cx.csat('easy'))\n")["share"]
    )


def test_lambdas_on_one_line_are_told_apart() -> None:
    a, b = (lambda s: s + 1), (lambda s: s + 2)
    assert (written(a), written(b)) == ("lambda s: s + 1", "lambda s: s + 2")
    outer = cell("outer = lambda s: lambda t: t + s\n")["outer"]
    assert written(outer) == "lambda s: lambda t: t + s"
    assert written(outer(4)) == "lambda t: t + s\ns = 4"
    over = cell("many = [(lambda s, k=k: s + k) for k in range(2)]; f = lambda s: (s,\n   'next line')\n")
    assert written(over["many"][1]) == "lambda s, k=k: s + k\nk = 1"
    assert written(over["f"]) == "lambda s: (s, 'next line')"
    assert written(cell("ä = 'ö'; f, g = (lambda s: 'ü'), (lambda s: 'ß')\n")["g"]) == "lambda s: 'ß'"


def test_what_a_measure_takes_from_outside_counts() -> None:
    def over(limit: Any) -> Callable[[Any], Any]:
        return lambda s: cx.measure(s, cx.share(cx.col("wait") > limit))

    assert written(over(3)) == written(over(3)) != written(over(4))
    assert written(over(satisfied)) != written(over(over))
    text = "def helper(s):\n    return s * {}\n\ndef measure(s):\n    return [helper(s) + LIMIT for _ in range(2)]\n"
    found = written(cell(text.format(2), LIMIT=3)["measure"])
    assert "LIMIT = 3" in found
    assert "return s * 2" in found
    assert found != written(cell(text.format(3), LIMIT=3)["measure"])
    assert found != written(cell(text.format(2), LIMIT=4)["measure"])
    assert found == written(cell(text.format(2), LIMIT=3, unused=5)["measure"])


def test_data_in_a_closure_are_named_and_not_copied() -> None:
    secret = pd.DataFrame({"name": ["Alice"]})
    measure = lambda s: len(secret)  # noqa: E731
    assert "Alice" not in written(measure)
    assert "DataFrame" in written(measure)
    assert " at 0x" not in written(lambda s, thing=object(): thing)  # noqa: B008


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
    assert "survey > self.limit" in written(Over(1))
    assert written(len) == "builtins.len"


def test_a_function_that_calls_itself_or_names_itself_ends() -> None:
    found = cell("def a(s):\n    return b(s)\n\ndef b(s):\n    return a(s)\n")
    assert written(found["a"]).count("def a") <= 5


def test_code_without_a_source_is_known_by_what_it_does() -> None:
    def made(text: str) -> Any:
        space: dict[str, Any] = {}
        exec(text, space)
        return space["f"]

    assert written(made("f = lambda s: s + 1")) == written(made("\nf = lambda s:  s + 1  # one"))
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
    assert len({written(made(f"f = lambda s: {text}")) for text in texts}) == len(texts)
