"""Many claims about one survey make each pass over its rows once, and only while they are checked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.inference.passes import remembering

CSAT = cx.csat("overall")


class Rows:
    """A lazy frame of polars that counts how often its rows are read."""

    def __init__(self) -> None:
        answers = pl.DataFrame(
            {"overall": [5, 4, 2, 1, 5] * 40, "channel": ["app", "call"] * 100, "wait": list(range(200))}
        )
        self.read = 0
        self.lazy = answers.lazy().map_batches(self._count, schema=answers.schema)

    def _count(self, rows: pl.DataFrame) -> pl.DataFrame:
        self.read += 1
        return rows


@pytest.fixture
def rows() -> Rows:
    return Rows()


def reads(rows: Rows, *calls: Any) -> list[int]:
    """Return how often the rows were read by each call."""
    found = []
    for call in calls:
        before = rows.read
        call()
        found.append(rows.read - before)
    return found


def test_the_same_question_is_read_once_while_it_is_remembered(rows: Rows) -> None:
    def ask() -> cx.Estimate:
        return cx.measure(rows.lazy, CSAT, by="channel", where=cx.col("wait") > 20)

    with remembering():
        first, again, other = reads(rows, ask, ask, lambda: cx.measure(rows.lazy, CSAT))
        assert (first > 0, again, other > 0) == (True, 0, True)
        assert ask() is ask()
    assert reads(rows, ask, ask) == [first, first]


@pytest.mark.parametrize(
    "other",
    [
        lambda s: cx.measure(s, cx.csat("overall", top=1), by="channel"),
        lambda s: cx.measure(s, cx.csat("overall", name="happy"), by="channel"),
        lambda s: cx.measure(s, [CSAT, cx.mean("wait")], by="channel"),
        lambda s: cx.measure(s, CSAT, by=["channel", "wait"]),
        lambda s: cx.measure(s, CSAT, by="channel", where=cx.col("wait") > 20),
        lambda s: cx.measure(s, CSAT, by="channel", where=cx.col("channel") == "20"),
        lambda s: cx.measure(cx.Survey(s.frame.native, psu="wait"), CSAT, by="channel"),
        lambda s: cx.measure(cx.Survey(s.frame.native, weight="wait"), CSAT, by="channel"),
        lambda s: cx.measure(cx.Survey(s.frame.native.copy()), CSAT, by="channel"),
    ],
)
def test_another_question_is_another_pass(other: Any) -> None:
    frame = pd.DataFrame({"overall": [5, 4, 2, 1] * 10, "channel": ["app", "call"] * 20, "wait": list(range(1, 41))})
    survey = cx.Survey(frame)
    alone = other(survey)
    with remembering():
        first = cx.measure(survey, CSAT, by="channel")
        found = other(survey)
        assert found is not first
        pd.testing.assert_frame_equal(found.frame(), alone.frame())
        assert cx.measure(frame, CSAT, by="channel") is first


def test_constants_of_another_kind_are_another_question() -> None:
    frame = pd.DataFrame({"x": [1, 2, 3, 4], "text": ["1", "2", "1", "1"]})
    with remembering():
        numbers = cx.measure(frame, cx.share(cx.col("x") == 1, name="one"))
        texts = cx.measure(frame, cx.share(cx.col("text") == "1", name="one"))
        assert (numbers.values[0], texts.values[0]) == (25, 75)


def test_an_error_is_not_remembered() -> None:
    frame = pd.DataFrame({"overall": [5, 9]})
    with remembering():
        for _ in range(2):
            with pytest.raises(cx.CxError, match="scale"):
                cx.measure(frame, CSAT)


def test_blocks_within_blocks_remember_for_themselves(rows: Rows) -> None:
    def ask() -> Any:
        return cx.measure(rows.lazy, CSAT)

    with remembering():
        (once,) = reads(rows, ask)
        with remembering():
            assert reads(rows, ask, ask) == [once, 0]
        assert reads(rows, ask) == [0]


def test_claims_share_their_passes(rows: Rows) -> None:
    def apart(survey: Any) -> cx.Estimate:
        return cx.measure(survey, CSAT, by="channel").contrast("app", "call")

    def whole(survey: Any) -> cx.Estimate:
        return cx.measure(survey, CSAT)

    def claim(id: str, measure: Any, region: Any, **given: Any) -> cx.Claim:
        return cx.Claim(id, measure=measure, region=region, **given)

    (first,) = reads(rows, lambda: cx.check(claim("a", whole, cx.above(30)), rows.lazy))
    (second,) = reads(rows, lambda: cx.check(claim("b", apart, cx.above(30)), rows.lazy))
    premise = claim("premise", whole, cx.above(10))
    claims: list[Any] = [claim(f"w{k}", whole, cx.above(k), given=premise) for k in (10, 20)]
    claims += [claim(f"d{k}", apart, cx.above(k)) for k in (1, 2)]
    claims.append(cx.all_of("both", parts=[claims[0], claims[-1]]))
    assert reads(rows, lambda: cx.check(claims, rows.lazy)) == [first + second]
    assert reads(rows, lambda: cx.check(claims, cx.Survey(rows.lazy))) == [first + second]
    named = {"survey": rows.lazy, "unused": rows.lazy}
    assert reads(rows, lambda: cx.check(claims, named)) == [first + second]


def test_data_that_no_claim_needs_are_not_read(rows: Rows) -> None:
    made = cx.Claim("a", measure=lambda s: cx.measure(s, CSAT), region=cx.above(30))
    lost = cx.Claim("b", measure=lambda s: cx.measure(s, CSAT), region=cx.above(30), data="staff", needs="missing")
    named = {"survey": pd.DataFrame({"overall": [5, 4, 1]}), "staff": rows.lazy}
    found = cx.check([made, lost], named)
    assert found["b"].verdict == "untestable"
    assert rows.read == 0
