"""One expression means the same on every engine: three-valued logic, comparisons, arithmetic, kinds of columns."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.expression import Passed, when
from tests.conftest import move

YES, NO, MISSING = 100.0, 0.0, np.nan
THREE = [True, False, None]


def truth(frame: object, condition: object) -> list[float]:
    """Return what a condition is for each row: 100, 0, or NaN where it cannot be decided."""
    estimate = cx.measure(frame, cx.share(condition, name="truth"), by="row")
    return estimate.values.tolist()


def value(frame: object, expression: object) -> list[float]:
    """Return the value of an expression for each row, NaN where it is missing."""
    score = cx.Score(points=expression, base=expression.is_answered(), name="value")
    return cx.measure(frame, score, by="row").values.tolist()


def same(found: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(np.asarray(found, dtype=float), np.asarray(expected, dtype=float))


def rows(**columns: object) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    return table.assign(row=np.arange(len(table)))


# --- three-valued logic --------------------------------------------------------------------------------------------------


def pairs() -> pd.DataFrame:
    """Return all nine pairs of yes, no and missing, as booleans and as numbers."""
    a, b = zip(*[(a, b) for a in THREE for b in THREE], strict=True)
    number = {True: 1.0, False: 0.0, None: None}
    return rows(
        a=pd.array(a, dtype="boolean"),
        b=pd.array(b, dtype="boolean"),
        x=[number[v] for v in a],
        y=[number[v] for v in b],
    )


def kleene_and(a: bool | None, b: bool | None) -> float:
    return NO if a is False or b is False else MISSING if a is None or b is None else YES


def kleene_or(a: bool | None, b: bool | None) -> float:
    return YES if a is True or b is True else MISSING if a is None or b is None else NO


@pytest.mark.parametrize(
    ("left", "right"), [(cx.col("a"), cx.col("b")), (cx.col("x") > 0.5, cx.col("y") > 0.5)], ids=repr
)
def test_logic_with_a_missing_answer_is_kleenes(engine, left, right):
    frame = move(engine, pairs())
    same(truth(frame, left & right), [kleene_and(a, b) for a in THREE for b in THREE])
    same(truth(frame, left | right), [kleene_or(a, b) for a in THREE for b in THREE])
    same(truth(frame, ~left), [{True: NO, False: YES, None: MISSING}[a] for a in THREE for b in THREE])
    same(truth(frame, ~(left & right)), [100 - kleene_and(a, b) for a in THREE for b in THREE])


@pytest.mark.parametrize("constant", [True, False])
def test_logic_takes_constants_on_either_side(engine, constant):
    frame = move(engine, pairs())
    for joined in (cx.col("a") & constant, constant & cx.col("a")):
        same(truth(frame, joined), [kleene_and(a, constant) for a in THREE for _ in THREE])
    for joined in (cx.col("a") | constant, constant | cx.col("a")):
        same(truth(frame, joined), [kleene_or(a, constant) for a in THREE for _ in THREE])


def test_a_domain_holds_only_the_rows_where_its_condition_is_known_and_true(engine):
    frame = move(engine, pairs())
    for condition in (cx.col("a"), cx.col("x") == 1, ~(cx.col("x") != 1)):
        assert cx.measure(frame, cx.mean("row"), where=condition).n.tolist() == [3]
    assert cx.measure(frame, cx.mean("row"), where=~cx.col("a")).n.tolist() == [3]
    assert cx.measure(frame, cx.mean("row"), where=cx.col("a").is_missing()).n.tolist() == [3]


def test_whether_there_is_an_answer_is_always_known(engine):
    frame = move(
        engine, rows(x=[1.0, None, 0.0], word=["a", None, ""], a=pd.array([True, None, False], dtype="boolean"))
    )
    for column in ("x", "word", "a"):
        same(truth(frame, cx.col(column).is_missing()), [NO, YES, NO])
        same(truth(frame, cx.col(column).is_answered()), [YES, NO, YES])
    same(truth(frame, (cx.col("x") > 0).is_missing()), [NO, YES, NO])


COMPARED = {
    ">": (cx.col("x") > 2, [NO, NO, YES, MISSING]),
    ">=": (cx.col("x") >= 2, [NO, YES, YES, MISSING]),
    "<": (cx.col("x") < 2, [YES, NO, NO, MISSING]),
    "<=": (cx.col("x") <= 2, [YES, YES, NO, MISSING]),
    "==": (cx.col("x") == 2, [NO, YES, NO, MISSING]),
    "!=": (cx.col("x") != 2, [YES, NO, YES, MISSING]),
    "constant first": (2 < cx.col("x"), [NO, NO, YES, MISSING]),  # noqa: SIM300
    "two columns": (cx.col("x") > cx.col("y"), [NO, NO, YES, MISSING]),
    "between": (cx.col("x").between(1, 2), [YES, YES, NO, MISSING]),
    "is_in": (cx.col("x").is_in([1, 3.0]), [YES, NO, YES, MISSING]),
    "is_in of a set": (cx.col("x").is_in({2}), [NO, YES, NO, MISSING]),
    "not is_in": (~cx.col("x").is_in([1, 3]), [NO, YES, NO, MISSING]),
    "text ==": (cx.col("word") == "b", [NO, YES, NO, MISSING]),
    "text !=": (cx.col("word") != "b", [YES, NO, YES, MISSING]),
    "text >=": (cx.col("word") >= "b", [NO, YES, YES, MISSING]),
    "text between": (cx.col("word").between("a", "b"), [YES, YES, NO, MISSING]),
    "text is_in": (cx.col("word").is_in(["a", "c", "z"]), [YES, NO, YES, MISSING]),
    "two texts": (cx.col("word") == cx.col("other"), [YES, NO, YES, MISSING]),
    "numpy number": (cx.col("x") > np.int64(2), [NO, NO, YES, MISSING]),
    "numpy float32": (cx.col("x") >= np.float32(2), [NO, YES, YES, MISSING]),
    "numpy text": (cx.col("word") == np.str_("b"), [NO, YES, NO, MISSING]),
}


@pytest.mark.parametrize(("condition", "expected"), COMPARED.values(), ids=list(COMPARED))
def test_comparisons(engine, condition, expected):
    table = rows(x=[1.0, 2.0, 3.0, None], y=[2, 2, 2, 2], word=["a", "b", "c", None], other=["a", "a", "c", "d"])
    same(truth(move(engine, table), condition), expected)


# --- arithmetic ----------------------------------------------------------------------------------------------------------

COMPUTED = {
    "+": (cx.col("x") + cx.col("y"), [3, 5, MISSING, MISSING]),
    "-": (cx.col("x") - cx.col("y"), [-1, 1, MISSING, MISSING]),
    "*": (cx.col("x") * cx.col("y"), [2, 6, MISSING, MISSING]),
    "/": (cx.col("y") / cx.col("x"), [2, 2 / 3, MISSING, MISSING]),
    "constants": (10 - 2 * cx.col("x") / 4 + 1, [10.5, 9.5, MISSING, 9]),
    "divided by": (6 / cx.col("x"), [6, 2, MISSING, 1.5]),
    "negative": (-cx.col("x"), [-1, -3, MISSING, -4]),
    "number of truths": ((cx.col("x") > 2) + (cx.col("y") > 1) + 0, [1, 2, MISSING, MISSING]),
    "when": (when(cx.col("x") > 2, cx.col("x"), -1), [-1, 3, -1, 4]),
    "when missing": (when(cx.col("x").is_answered(), cx.col("y"), 0), [2, 2, 0, MISSING]),
    "when of truths": (when(cx.col("x") > 2, True, cx.col("y") > 1) + 0, [1, 1, 1, 1]),
}


@pytest.mark.parametrize(("expression", "expected"), COMPUTED.values(), ids=list(COMPUTED))
def test_arithmetic(engine, expression, expected):
    table = rows(x=[1, 3, None, 4], y=[2.0, 2.0, 5.0, None])
    np.testing.assert_allclose(value(move(engine, table), expression), expected, rtol=1e-15)


def test_division_by_zero_is_missing_on_every_engine(engine):
    frame = move(engine, rows(x=[1.0, -1.0, 0.0, 1.0, 0.0], y=[0.0, 0.0, 0.0, 2.0, 4.0]))
    ratio = cx.col("x") / cx.col("y")
    same(value(frame, ratio), [MISSING, MISSING, MISSING, 0.5, 0.0])
    same(truth(frame, ratio > 0.25), [MISSING, MISSING, MISSING, YES, NO])
    same(truth(frame, ratio.is_answered()), [NO, NO, NO, YES, YES])
    assert cx.measure(frame, cx.mean("x"), where=~(ratio > 0.25)).n.tolist() == [1]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint64", "float32"])
def test_small_numbers_do_not_wrap(engine, dtype):
    table = rows(x=np.asarray([1, 5, 100, 100], dtype=dtype), y=np.asarray([5, 1, 100, 90], dtype=dtype))
    frame = move(engine, table)
    same(value(frame, cx.col("x") - cx.col("y")), [-4, 4, 0, 10])
    same(value(frame, 3 * cx.col("x") + cx.col("y")), [8, 16, 400, 390])
    same(value(frame, cx.col("x") * cx.col("y") * 1000), [5000, 5000, 1e7, 9e6])
    same(truth(frame, cx.col("x") > -1), [YES] * 4)
    same(truth(frame, cx.col("x") < 300), [YES] * 4)
    same(truth(frame, cx.col("x").is_in([5, 1000])), [NO, YES, NO, NO])
    assert cx.measure(frame, cx.total("x")).values.tolist() == [206]
    assert cx.measure(frame, cx.gap(delivered="x", expected="y")).values.tolist() == [2.5]
    assert cx.measure(frame, cx.csat("x", scale=(1, 100), top=50)).values.tolist() == [50]


def test_sums_of_many_small_whole_numbers_do_not_wrap(engine):
    table = pd.DataFrame({"x": np.full(1000, 100, dtype="int8"), "weight": np.full(1000, 100, dtype="int8")})
    estimate = cx.measure(cx.Survey(move(engine, table), weight="weight"), cx.total("x"))
    assert estimate.values.tolist() == [1e7]


def test_weights_of_single_precision_are_summed_in_double(engine):
    draw = np.random.default_rng(5)
    table = pd.DataFrame(
        {"x": draw.integers(1, 6, 3000), "weight": draw.random(3000, dtype=np.float32) + np.float32(1e4)}
    )
    double = table.assign(weight=table["weight"].astype("float64"))
    one, two = (cx.measure(cx.Survey(f, weight="weight"), cx.mean("x")) for f in (move(engine, table), double))
    np.testing.assert_allclose(one.values, two.values, rtol=1e-13)
    np.testing.assert_allclose(one.std_error, two.std_error, rtol=1e-9)
    expected = np.average(double["x"], weights=double["weight"])
    np.testing.assert_allclose(one.values, expected, rtol=1e-13)


# --- kinds of columns ----------------------------------------------------------------------------------------------------


def test_true_and_false_are_conditions_and_numbers(engine):
    frame = move(engine, rows(flag=pd.array([True, False, None, True], dtype="boolean"), x=[1.0, 2.0, 3.0, 4.0]))
    same(truth(frame, cx.col("flag")), [YES, NO, MISSING, YES])
    same(truth(frame, ~cx.col("flag")), [NO, YES, MISSING, NO])
    same(truth(frame, cx.col("flag") == True), [YES, NO, MISSING, YES])  # noqa: E712
    same(truth(frame, cx.col("flag") == 0), [NO, YES, MISSING, NO])
    same(truth(frame, cx.col("flag").is_in([True])), [YES, NO, MISSING, YES])
    assert cx.measure(frame, cx.mean("flag")).values[0] == pytest.approx(2 / 3)
    assert cx.measure(frame, cx.total("flag")).values.tolist() == [2]
    assert cx.measure(frame, cx.first_contact_resolution("flag")).values[0] == pytest.approx(200 / 3)
    assert cx.measure(frame, cx.mean("x"), where=cx.col("flag")).values.tolist() == [2.5]
    assert cx.measure(frame, cx.first_contact_resolution("flag", yes=False)).values[0] == pytest.approx(100 / 3)


MOMENTS = ["2025-01-31 10:00", "2025-02-01 00:00", "2025-02-28 23:59", None]
DATED = {
    "after a date": (cx.col("day") >= "2025-02-01", [NO, YES, YES, MISSING]),
    "before a date": (cx.col("day") < "2025-02-01", [YES, NO, NO, MISSING]),
    "a date object": (cx.col("day") >= datetime.date(2025, 2, 1), [NO, YES, YES, MISSING]),
    "a moment": (cx.col("day") >= datetime.datetime(2025, 2, 1), [NO, YES, YES, MISSING]),
    "a timestamp of pandas": (cx.col("day") >= pd.Timestamp("2025-02-01"), [NO, YES, YES, MISSING]),
    "a moment of numpy": (cx.col("day") >= np.datetime64("2025-02-01T00:00:00"), [NO, YES, YES, MISSING]),
    "equal": (cx.col("day") == "2025-02-01", [NO, YES, NO, MISSING]),
    "between": (cx.col("day").between("2025-01-01", "2025-02-01"), [YES, YES, NO, MISSING]),
    "constant first": ("2025-02-01" <= cx.col("day"), [NO, YES, YES, MISSING]),  # noqa: SIM300
    "is_in": (cx.col("day").is_in([datetime.datetime(2025, 2, 1)]), [NO, YES, NO, MISSING]),
}


@pytest.mark.parametrize(("condition", "expected"), DATED.values(), ids=list(DATED))
def test_moments_are_compared_with_dates(engine, condition, expected):
    same(truth(move(engine, rows(day=pd.to_datetime(pd.Series(MOMENTS)))), condition), expected)


@pytest.mark.parametrize("name", [name for name in DATED if name not in ("is_in",)])
def test_days_are_compared_with_dates(engine, name):
    days = [None if moment is None else datetime.date.fromisoformat(moment[:10]) for moment in MOMENTS]
    condition, expected = DATED[name]
    same(truth(move(engine, rows(day=pd.Series(days, dtype=object))), condition), expected)


def test_days_may_be_members_of_a_list(engine):
    days = pd.Series([datetime.date(2025, 1, 31), datetime.date(2025, 2, 1), None], dtype=object)
    condition = cx.col("day").is_in([datetime.date(2025, 2, 1), datetime.date(2025, 3, 1)])
    same(truth(move(engine, rows(day=days)), condition), [NO, YES, MISSING])


def test_two_columns_of_moments_are_compared(engine):
    asked = pd.to_datetime(pd.Series(["2025-01-01", "2025-01-03", "2025-01-05"]))
    told = pd.to_datetime(pd.Series(["2025-01-02", "2025-01-03", None]))
    same(truth(move(engine, rows(asked=asked, told=told)), cx.col("told") > cx.col("asked")), [YES, NO, MISSING])


def test_moments_with_a_time_zone_are_compared_with_moments_that_have_one(engine):
    days = pd.to_datetime(pd.Series(["2025-01-31 23:30", "2025-02-01 00:30"])).dt.tz_localize("UTC")
    edge = datetime.datetime(2025, 2, 1, tzinfo=datetime.UTC)
    same(truth(move(engine, rows(day=days)), cx.col("day") >= edge), [NO, YES])


def decimals(engine: str) -> object:
    """Return a column of exact decimals, one of them missing, on an engine."""
    import duckdb
    import polars as pl
    import pyarrow as pa

    exact = [decimal.Decimal("1.10"), decimal.Decimal("2.25"), None, decimal.Decimal("3.05")]
    if engine.startswith("polars"):
        frame = pl.DataFrame({"x": pl.Series(exact, dtype=pl.Decimal(10, 2)), "row": range(4)})
        return frame.lazy() if engine == "polars-lazy" else frame
    table = pa.table({"x": pa.array(exact, pa.decimal128(10, 2)), "row": range(4)})
    if engine == "duckdb":
        return duckdb.from_arrow(table)
    if engine == "pyarrow":
        return table
    if engine == "pandas-pyarrow":
        return table.to_pandas(types_mapper=pd.ArrowDtype)
    return rows(x=pd.Series(exact, dtype=object))


def test_exact_decimals_are_numbers(engine):
    frame = decimals(engine)
    same(truth(frame, cx.col("x") > 2), [NO, YES, MISSING, YES])
    same(truth(frame, cx.col("x").between(1.10, 2.25)), [YES, YES, MISSING, NO])
    assert cx.measure(frame, cx.mean("x")).values[0] == pytest.approx(6.40 / 3, rel=1e-15)
    assert cx.measure(frame, cx.quantile("x", 0.5)).values.tolist() == [2.25]
    assert cx.measure(frame, cx.total("x")).values[0] == pytest.approx(6.40, rel=1e-15)


def categories(engine: str) -> object:
    """Return a column of categories, one of them missing, in the engine's own type for them."""
    import duckdb
    import polars as pl

    words = ["app", "call", None, "chat"]
    if engine.startswith("polars"):
        frame = pl.DataFrame({"channel": pl.Series(words, dtype=pl.Enum(["chat", "call", "app"])), "row": range(4)})
        return frame.lazy() if engine == "polars-lazy" else frame
    if engine == "duckdb":
        values = "(0, 'app'), (1, 'call'), (2, NULL), (3, 'chat')"
        kind = "ENUM('chat', 'call', 'app')"
        return duckdb.sql(f'SELECT c::{kind} AS channel, r AS "row" FROM (VALUES {values}) t(r, c)')
    return move(engine, rows(channel=pd.Categorical(words, categories=["chat", "call", "app"])))


CATEGORICAL = {
    "==": (cx.col("channel") == "app", [YES, NO, MISSING, NO]),
    "!=": (cx.col("channel") != "app", [NO, YES, MISSING, YES]),
    "== of none": (cx.col("channel") == "fax", [NO, NO, MISSING, NO]),
    "is_in": (cx.col("channel").is_in(["app", "chat"]), [YES, NO, MISSING, YES]),
    "is_in of none": (cx.col("channel").is_in(["app", "fax"]), [YES, NO, MISSING, NO]),
    "is_missing": (cx.col("channel").is_missing(), [NO, NO, YES, NO]),
}


@pytest.mark.parametrize(("condition", "expected"), CATEGORICAL.values(), ids=list(CATEGORICAL))
def test_categories_are_compared_as_texts(engine, condition, expected):
    same(truth(categories(engine), condition), expected)


@pytest.mark.parametrize("engine", ["pandas", "pandas-nullable", "pandas-pyarrow"])
def test_categories_of_numbers_are_numbers(engine):
    frame = move(engine, rows(overall=pd.Categorical([5, 4, None, 1], categories=[5, 4, 3, 2, 1], ordered=True)))
    same(truth(frame, cx.col("overall") >= 4), [YES, YES, MISSING, NO])
    assert cx.measure(frame, cx.csat("overall")).values[0] == pytest.approx(200 / 3)


# --- what it says of itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (cx.col("wait") > 30, "(col('wait') > 30)"),
        ((cx.col("a") == "x") & ~(cx.col("b") <= 2), "((col('a') == 'x') & not((col('b') <= 2)))"),
        (cx.col("c").is_in(["x", "y"]), "col('c').is_in(['x', 'y'])"),
        (1 - cx.col("x") / 2, "(1 - (col('x') / 2))"),
        (cx.col("x").is_missing(), "not(answered(col('x')))"),
    ],
)
def test_an_expression_prints_as_it_is_written(expression, text):
    assert repr(expression) == text


def test_conditions_on_two_columns_are_different_scores():
    table = rows(x=[1.0, 5.0], y=[5.0, 5.0])
    both = cx.measure(table, [cx.share(cx.col("x") > 3), cx.share(cx.col("y") > 3)])
    assert both.values.tolist() == [50, 100]
    assert len(set(both.labels["metric"])) == 2


# --- how many of some ends a number has passed -----------------------------------------------------------------------------


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("ends", [[1, 2, 3], [0.5, 1, 7.25], [2]], ids=str)
def test_ends_are_passed_or_reached_on_every_engine(engine, ends, reached):
    numbers = [-1.0, 0.0, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 7.25, 100.0, None]
    frame = move(engine, rows(x=numbers))
    expected = [np.nan if v is None else sum(v >= e if reached else v > e for e in ends) for v in numbers]
    same(value(frame, Passed(cx.col("x"), ends, reached)), expected)
