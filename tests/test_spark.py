"""Spark is one engine more: what the suites ask of every engine, asked of it here, and what only Spark can get wrong.

A session starts once, slowly, so that all tests that need one are in this file, which one worker runs (`conftest`).
"""

import contextlib
import datetime
import doctest
import inspect
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet
from pyspark.sql import DataFrame

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, NoRowsError
from cxstats.frames import PERIODS
from cxstats.metrics import REGISTRY
from tests import test_bad_input, test_expression, test_frames
from tests.conftest import spark_session
from tests.contacts import test_effort, test_episodes, test_periods, test_reconcile, test_switches
from tests.contacts.logs import HOUR, NAMED, frame_of
from tests.inference import test_against_r, test_estimate
from tests.metrics import test_composition, test_contract
from tests.pricing import test_gabor_granger
from tests.test_expression import NO, YES, same, truth

# --- as on every engine ------------------------------------------------------------------------------------------------------

FRAMES: list[tuple[Callable[..., None], dict[str, Any]]] = [
    *((test_frames.test_columns_may_have_any_name, {"first": first}) for first in (0, 1, 19)),
    (test_frames.test_columns_may_have_names_that_the_engine_uses_all_at_once, {}),
    (test_frames.test_one_survey_may_be_measured_again_and_again, {}),
    (test_frames.test_a_small_spread_on_a_high_level_keeps_its_digits, {"level": 1e9}),
    (test_frames.test_psus_may_be_named_by_two_columns, {}),
    (test_frames.test_an_empty_text_is_a_group_and_a_missing_one_is_none, {}),
    (test_frames.test_a_row_with_one_of_two_groups_missing_is_left_out_of_both, {}),
    (test_frames.test_a_survey_says_what_it_is, {}),
]
EXPRESSIONS = [
    (
        test_expression.test_logic_with_a_missing_answer_is_kleenes,
        {"left": cx.col("a"), "right": cx.col("y") > 0.5},
    ),
    (test_expression.test_a_domain_holds_only_the_rows_where_its_condition_is_known_and_true, {}),
    (test_expression.test_whether_there_is_an_answer_is_always_known, {}),
    (test_expression.test_division_by_zero_is_missing_on_every_engine, {}),
    (test_expression.test_small_numbers_do_not_wrap, {"dtype": "int8"}),
    (test_expression.test_weights_of_single_precision_are_summed_in_double, {}),
    (test_expression.test_true_and_false_are_conditions_and_numbers, {}),
    (test_expression.test_days_may_be_members_of_a_list, {}),
    (test_expression.test_two_columns_of_moments_are_compared, {}),
    (test_expression.test_moments_with_a_time_zone_are_compared_with_moments_that_have_one, {}),
    *(
        (
            test_expression.test_moments_are_compared_with_dates,
            dict(zip(("condition", "expected"), test_expression.DATED[name], strict=True)),
        )
        for name in ("between", "constant first", "is_in")
    ),
    (test_expression.test_days_are_compared_with_dates, {"name": "before a date"}),
    *(
        (test_expression.test_ends_are_passed_or_reached_on_every_engine, {"ends": ends, "reached": reached})
        for ends in ([1, 2, 3], [0.5, 1, 7.25])
        for reached in (True, False)
    ),
]
BAD_INPUT = [
    (test_bad_input.test_text_where_numbers_belong_comes_with_a_remedy, {}),
    (test_bad_input.test_resolution_in_other_numbers_says_how_many, {}),
    (test_bad_input.test_a_psu_in_two_strata_is_named_and_nest_explained, {}),
    (test_bad_input.test_an_empty_frame_is_refused, {}),
    (test_bad_input.test_an_empty_domain_has_no_groups, {}),
    (test_bad_input.test_ten_thousand_groups_work, {}),
    (test_bad_input.test_rows_without_a_group_are_left_out_and_counted, {}),
]
ESTIMATES = [
    (test_estimate.test_quantiles_and_means_are_measured_jointly, {}),
    (test_estimate.test_samples_put_together_keep_the_covariance_of_shared_psus, {}),
    (test_estimate.test_samples_put_together_have_the_union_of_their_columns, {}),
    (test_composition.test_shares_are_those_of_the_answers_on_every_engine, {}),
    (test_gabor_granger.test_engines_agree, {}),
]
CASES = [*FRAMES, *EXPRESSIONS, *BAD_INPUT, *ESTIMATES]


@pytest.mark.parametrize(("test", "arguments"), CASES, ids=[test.__name__[5:] for test, _ in CASES])
def test_as_on_every_engine(test: Callable[..., None], arguments: dict[str, Any]) -> None:
    engine = next(name for name in inspect.signature(test).parameters if name.endswith("engine"))
    test(**{engine: "spark"}, **arguments)


@pytest.mark.parametrize("sampled", ["clusters", "rows"])
@pytest.mark.parametrize("metric", REGISTRY)
def test_every_metric(metric: str, sampled: str) -> None:
    test_contract.test_every_engine_gives_the_same_estimate(metric, sampled, "spark")


BY_R = [
    "01_api: apiclus1: totals",
    "02_straddle: by channel where visits >= 3, fpc",
    "04_lone_psu: ratio by channel, adjust, no fpc",
    "05_totals_ratios: total, mean and ratio by channel, fpc",
    "07_rows: means by group, strata and fpc",
    "08_nested_ids: total by group, fpc",
]


@pytest.mark.parametrize("case", BY_R)
def test_the_numbers_are_those_of_r(case: str) -> None:
    (found,) = [one for one in test_against_r.JOINT if str(one) == case]
    test_against_r.test_joint_estimate("spark", found)


def test_null_and_nan_are_missing_answers_and_missing_groups() -> None:
    table = pa.table({"x": pa.array([1.0, np.nan, 3.0, None, 8.0]), "g": pa.array([0.5, 0.5, np.nan, None, 1.5])})
    found = cx.measure(spark_session().createDataFrame(table), cx.mean("x"), by="g")
    assert found.labels["g"].tolist() == [0.5, 1.5]
    assert found.values.tolist() == [1, 8]
    assert found.n.tolist() == [1, 1]
    assert "2 without g" in repr(found)


# --- logs --------------------------------------------------------------------------------------------------------------------

COLUMNS = {"customer": "customer", "time": "time", "issue": "issue", "channel": "channel", "transferred": "transferred"}


def read(folder: Path, frame: pd.DataFrame, session: Any = None) -> Any:
    """Return rows as Spark reads them from Parquet: times without a zone have none there either."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    parquet.write_table(table, folder / "rows.parquet", coerce_timestamps="us")
    return (session or spark_session()).read.parquet(str(folder / "rows.parquet"))


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[cx.ContactLog, cx.ContactLog]:
    """Return a log in memory, and the same on Spark."""
    some = cx.load_contacts().head(6_000)
    twice = pd.concat([some, some.iloc[5:9]], ignore_index=True)
    there = read(tmp_path_factory.mktemp("logs"), twice)
    return cx.ContactLog(twice, **COLUMNS), cx.ContactLog(there, **COLUMNS)


def test_logs_have_the_same_contacts(logs: tuple[cx.ContactLog, cx.ContactLog]) -> None:
    here, there = logs
    assert there.counts == here.counts
    assert here.counts["twice there"] > 0
    assert (there.start, there.end) == (here.start, here.end)
    assert "contacts on pyspark" in repr(there)


def test_contacts_are_measured_with_customers_as_psus(logs: tuple[cx.ContactLog, cx.ContactLog]) -> None:
    scores = [cx.mean("days_after"), cx.share(cx.col("days_before") <= 7), cx.mean("days_in"), cx.mean("days_left")]
    here, there = (cx.measure(log.survey(same_issue=False), scores, by="channel") for log in logs)
    assert_alike(there, here)


@pytest.mark.parametrize(
    "options",
    [
        {"days": (1, 7)},
        {"days": 7, "by": "channel", "where": cx.col("age") != "18-24", "same_issue": False},
        {"days": 7, "by": "channel", "resolvable": "repeated_information"},
    ],
    ids=["whole", "by channel", "net"],
)
def test_resolution_curves_agree(options: dict[str, Any], logs: tuple[cx.ContactLog, cx.ContactLog]) -> None:
    here, there = (cx.resolution_curve(log, **options) for log in logs)
    assert_alike(there, here)


def test_many_customers_stay_on_spark(
    logs: tuple[cx.ContactLog, cx.ContactLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moments of their totals come back, for groups that share customers those of pairs."""
    here, there = logs
    monkeypatch.setattr("cxstats.inference.totals.FEW_PSUS", 5)
    score, by = cx.share(cx.col("days_after") <= 7), "channel"
    whole, found = (cx.measure(log, score, by=by) for log in (here, there))
    assert found._origin.small.passes[0].psus is not None
    pd.testing.assert_frame_equal(found.frame(), whole.frame(), rtol=1e-9, check_dtype=False)
    np.testing.assert_allclose(found.vcov, whole.vcov, rtol=1e-9, atol=1e-12)


def test_totals_of_parts_on_spark_add_to_parts_in_memory(logs: tuple[cx.ContactLog, cx.ContactLog]) -> None:
    here, there = logs
    early, late = cx.col("days_in") < 30, cx.col("days_in") >= 30
    score, by = cx.mean("wait"), "channel"
    both = cx.totals(here.survey(where=early), score, by=by) + cx.totals(there.survey(where=late), score, by=by)
    pd.testing.assert_frame_equal(both.estimate().frame(), cx.measure(here, score, by=by).frame(), rtol=1e-9)


def test_columns_that_spark_takes_for_one_are_refused() -> None:
    table = spark_session().createDataFrame([(1, 2)], "at int, AT int")
    with pytest.raises(ColumnError, match=r"columns 'at' and 'AT' are one to Spark"):
        cx.measure(table, cx.mean("at"))


@pytest.mark.parametrize("same_issue", [True, False])
def test_episodes_are_those_of_a_loop(same_issue: bool, tmp_path: Path) -> None:
    frame = test_episodes.random_log(1)
    log = cx.ContactLog(read(tmp_path, frame), **test_episodes.NAMED)
    by = ["who", "about"] if same_issue else ["who"]
    for within, hours in (("7D", 168), ("36h", 36)):
        found = log.episodes(within, same_issue=same_issue)
        assert type(found).__module__.startswith("pyspark"), "the episodes stay on Spark"
        expected = test_episodes.looped(frame, hours * HOUR, by)
        test_episodes.agree(found.toArrow(), expected)


@pytest.mark.parametrize("by", [None, "how"])
def test_forced_effort_agrees(by: str | None, tmp_path: Path) -> None:
    rows = test_effort.contacts()
    here, there = (cx.ContactLog(one, **test_effort.LOG) for one in (rows, read(tmp_path, rows)))
    asked = {**test_effort.ASKED, "by": by, "where": cx.col("about") == "bill"}
    assert_alike(cx.forced_effort(there, **asked), cx.forced_effort(here, **asked))


@pytest.mark.parametrize("same_issue", [True, False])
def test_channel_switches_agree(same_issue: bool, tmp_path: Path) -> None:
    rows = test_switches.contacts(7)
    rows.loc[::40, "how"] = None
    logs = (cx.ContactLog(one, **test_switches.LOG) for one in (read(tmp_path, rows), rows))
    there, here = (cx.channel_switches(log, "10D", same_issue=same_issue) for log in logs)
    assert_alike(there, here)
    assert there._origin.left_out == here._origin.left_out


@pytest.mark.parametrize("beside", [False, True], ids=["answers in the log", "answers beside it"])
def test_survey_and_log_are_reconciled_alike(beside: bool, tmp_path: Path) -> None:
    rows = test_reconcile.contacts()
    answers = (
        {"answers": rows[["key", "said"]].sample(frac=1, random_state=1), "on": "key"} if beside else {"by": "how"}
    )
    frame = rows.drop(columns="said") if beside else rows
    logs = (cx.ContactLog(one, **test_reconcile.LOG) for one in (read(tmp_path, frame), frame))
    there, here = (cx.reconcile(log, "said", **answers) for log in logs)
    for part in ("rates", "agreement", "kappa"):
        assert_alike(getattr(there, part), getattr(here, part))
    pd.testing.assert_frame_equal(there.table, here.table, rtol=1e-9)
    assert there.left_out == here.left_out


def test_waits_by_quantile_agree(logs: tuple[cx.ContactLog, cx.ContactLog]) -> None:
    here, there = (cx.measure(log.survey(), cx.quantile("wait", 0.9), by="channel") for log in logs)
    assert_alike(there, here)


README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
PAGE = README[README.index("## From one file to a cluster") : README.index("## Totals that add up")]
LINES = re.findall(r"`frame = (.+?)` \| (\w+).*? \| an? (.+) \|", PAGE)
KINDS = {
    "pandas frame": pd.DataFrame, "polars frame": pl.DataFrame, "pyarrow table": pa.Table, "lazy polars frame": pl.LazyFrame,
    "DuckDB relation": duckdb.DuckDBPyRelation, "Spark frame": DataFrame,
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sample's contacts in one file, and in four."""
    folder, frame = tmp_path_factory.mktemp("lake"), cx.load_contacts()
    (folder / "lake").mkdir()
    parts = {"contacts": frame} | {f"lake/{k}": frame.iloc[k::4] for k in range(4)}
    for name, rows in parts.items():
        table = pa.Table.from_pandas(rows, preserve_index=False)
        parquet.write_table(table, folder / f"{name}.parquet", coerce_timestamps="us")
    return folder


@pytest.mark.parametrize(("line", "engine", "kind"), LINES)
def test_the_lines_of_the_readme_give_the_same_numbers(line: str, engine: str, kind: str, lake: Path) -> None:
    assert len(LINES) == len(KINDS)
    names = {"pandas": pd, "polars": pl, "pyarrow": pa, "duckdb": duckdb, "spark": spark_session(), "cx": cx}
    here = re.sub(
        r"lake/\*|s3a://bucket/lake|contacts", lambda found: f"{lake}/{found[0].replace('s3a://bucket/', '')}", line
    )
    read_again = {**names, "frame": eval(here, names)}
    printed = [
        example for example in doctest.DocTestParser().get_examples(PAGE) if "load_contacts" not in example.source
    ]
    for example in printed:
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            exec(compile(example.source, "README", "single"), read_again)
        assert shown.getvalue() == example.want
    assert len(printed) == 3
    log = read_again["log"]
    assert log._kept.engine == {"numpy": "pandas", "spark": "pyspark"}.get(engine.lower(), engine.lower())
    assert isinstance(log.episodes("7D"), KINDS[kind])


def assert_alike(there: cx.Estimate, here: cx.Estimate) -> None:
    """Demand the same rows and numbers, to 1e-9 of their size."""
    assert there.labels.astype(str).equals(here.labels.astype(str))
    assert there.n.tolist() == here.n.tolist()
    assert there.df.tolist() == here.df.tolist()
    errors = here.std_error
    np.testing.assert_allclose(there.values, here.values, rtol=1e-9)
    assert (np.abs(there.vcov - here.vcov) <= 1e-9 * np.outer(errors, errors)).all()


# --- what only Spark can get wrong --------------------------------------------------------------------------------------------

MOMENTS = pd.to_datetime(  # in New York there is no 02:30 on the second of these days
    pd.Series(["2025-03-08 23:59:59", "2025-03-09 02:30", "2025-03-09 03:30:00.000001", "2025-03-10"], dtype=str),
    format="ISO8601",
)


@pytest.fixture
def in_new_york(tmp_path: Path) -> Callable[[pd.Series], Any]:
    """Return a function that gives rows with some times on a session of Spark that takes times as those of New York."""
    session = spark_session().newSession()
    session.conf.set("spark.sql.session.timeZone", "America/New_York")
    return lambda times: read(tmp_path, pd.DataFrame({"at": times, "row": range(len(times)), "who": "a"}), session)


def test_times_without_a_zone_are_not_those_of_the_session(in_new_york: Callable[[pd.Series], Any]) -> None:
    frame = in_new_york(MOMENTS)
    assert frame.schema["at"].dataType.typeName() == "timestamp_ntz"
    same(truth(frame, cx.col("at") >= "2025-03-09 02:30"), [NO, YES, YES, YES])
    same(truth(frame, cx.col("at") <= datetime.datetime(2025, 3, 9, 2, 30)), [YES, YES, NO, NO])
    same(truth(frame, cx.col("at") == "2025-03-10"), [NO, NO, NO, YES])
    days = frame.withColumn("at", frame["at"].cast("date"))
    same(truth(days, cx.col("at") > "2025-03-09 00:30"), [NO, NO, NO, YES])
    same(truth(days, cx.col("at") >= "2025-03-09"), [NO, YES, YES, YES])


def test_times_with_a_zone_are_compared_in_that_of_the_session(in_new_york: Callable[[pd.Series], Any]) -> None:
    frame = in_new_york(MOMENTS.dt.tz_localize("UTC"))
    same(truth(frame, cx.col("at") >= "2025-03-09"), [NO, NO, NO, YES])  # midnight there is 05:00 of UTC
    same(truth(frame, cx.col("at") >= "2025-03-08 22:30"), [NO, NO, YES, YES])
    same(truth(frame, cx.col("at") >= datetime.datetime(2025, 3, 9, 2, 30, tzinfo=datetime.UTC)), [NO, YES, YES, YES])


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_days_between_contacts_have_24_hours_in_any_zone(
    zone: str | None, in_new_york: Callable[[pd.Series], Any]
) -> None:
    times = MOMENTS.dt.tz_localize(zone)
    here = cx.ContactLog(pd.DataFrame({"at": times, "who": "a"}), customer="who", time="at")
    there = cx.ContactLog(in_new_york(times), customer="who", time="at")
    assert (there.start, there.end) == (here.start, here.end)
    gaps = [row["days_before"] for row in there.survey().frame.native.orderBy("at").collect()]
    assert gaps[0] is None
    assert gaps[1:] == pytest.approx(here.survey().frame.native["days_before"].tolist()[1:], rel=1e-15)


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_contacts_lie_in_the_periods_of_the_session(zone: str | None, tmp_path: Path) -> None:
    session = spark_session().newSession()
    session.conf.set("spark.sql.session.timeZone", "America/New_York")
    rows = test_periods.some_times(zone)
    there = read(tmp_path, rows, session)
    for period in PERIODS:
        assert test_periods.periods(there, period) == [test_periods.by_hand(at)[period] for at in rows["at"]]


def test_days_may_be_dates(in_new_york: Callable[[pd.Series], Any]) -> None:
    frame = in_new_york(MOMENTS)
    log = cx.ContactLog(frame.withColumn("at", frame["at"].cast("date")), customer="who", time="at")
    assert log.start == datetime.datetime(2025, 3, 8)
    assert log.days == 2


def test_names_that_a_log_or_its_episodes_give_are_taken_capitals_apart(tmp_path: Path) -> None:
    rows = frame_of()
    with pytest.raises(
        ArgumentError, match="a column 'days_after' of its own, and capitals do not tell 'Days_After' from it"
    ):
        cx.ContactLog(read(tmp_path, rows.assign(Days_After=1.0)), **NAMED)
    log = cx.ContactLog(read(tmp_path, rows.assign(REPEAT=1.0, Next_How="x", cx_at=1.0)), **NAMED)
    with pytest.raises(
        ArgumentError, match=r"episodes: a log has a column 'repeat' of its own.*'REPEAT'.*Rename yours"
    ):
        log.episodes(2)
    with pytest.raises(ArgumentError, match=r"a log has a column 'next_how' of its own.*'Next_How'"):
        cx.channel_switches(log, 2)
    assert cx.measure(log.survey(), [cx.mean("REPEAT"), cx.mean("cx_at")]).values.tolist() == [1, 1]


def test_times_that_are_none_are_refused_with_the_remedy(tmp_path: Path) -> None:
    frame = read(tmp_path, frame_of())
    texts = frame.withColumn("at", frame["at"].cast("string"))
    with pytest.raises(ColumnError, match=r"On pyspark give it as times: .* frame\['at'\].cast\('timestamp_ntz'\)"):
        cx.ContactLog(texts, **NAMED)
    mended = cx.ContactLog(texts.withColumn("at", texts["at"].cast("timestamp_ntz")), **NAMED)
    assert (mended.start, mended.days) == (datetime.datetime(2026, 1, 1), 10.5)
    with pytest.raises(ColumnError, match=r"Seconds since 1970 become times by frame\['at'\].cast\('timestamp'\)"):
        cx.ContactLog(read(tmp_path, frame_of(at=range(8))), **NAMED)
    with pytest.raises(NoRowsError, match="the frame has no rows"):
        cx.ContactLog(frame.limit(0), **NAMED)


def test_a_log_with_dots_in_a_name_is_refused_with_the_remedy(in_new_york: Callable[[pd.Series], Any]) -> None:
    frame = in_new_york(MOMENTS).withColumnRenamed("row", "row.number")
    with pytest.raises(ColumnError, match=r"withColumnRenamed\('row.number', 'row_number'\)"):
        cx.ContactLog(frame, customer="who", time="at")
