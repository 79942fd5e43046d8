"""Survey against log: counted by a loop, kappa by Fleiss, Cohen and Everitt, on every engine; what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError, NoColumnError, NoRowsError
from tests.contacts.logs import DAY, ENGINES, START, clustered_error

LOG = {"customer": "who", "time": "at", "issue": "about", "channel": "how"}


def contacts(seed: int = 1, size: int = 1200) -> pd.DataFrame:
    """Return contacts of 400 customers over 100 days; of some the customer said whether it was resolved."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "who": rng.choice([f"c{k}" for k in range(400)], size),
            "at": START + rng.permutation(4800)[:size] * pd.Timedelta(minutes=30),
            "about": rng.choice(["bill", "order"], size),
            "how": rng.choice(["phone", "web"], size),
            "key": [f"k{k}" for k in rng.permutation(size)],
            "said": rng.choice(["yes", "no", None], size, p=[0.5, 0.2, 0.3]),
        }
    )


def looped(frame: pd.DataFrame, days: float, by: list[str]) -> pd.DataFrame:
    """Return each contact with why it is left out (or not), what was said and what the log shows, by a loop."""
    start, end, window, rows = frame["at"].min(), frame["at"].max(), days * DAY, []
    for _, life in frame.sort_values("at").groupby(by):
        times = life["at"].tolist()
        for i, one in enumerate(life.to_dict("records")):
            repeat = i + 1 < len(times) and times[i + 1] - times[i] <= window
            why = (
                "without an answer" if pd.isna(one["said"])
                else "not a first contact" if i and times[i] - times[i - 1] <= window
                else f"in the first {days} days, so that one before is not known" if times[i] - start < window
                else "not watched long enough" if end - times[i] < window
                else ""
            )  # fmt: skip
            rows.append({**one, "why": why, "yes": one["said"] == "yes", "held": not repeat})
    return pd.DataFrame(rows)


def kappa_of(cells: np.ndarray) -> tuple[float, float]:
    """Return kappa and its standard error in large samples (Fleiss, Cohen and Everitt 1969) of a table of shares."""
    n, p = cells.sum(), cells / cells.sum()
    row, column = p.sum(axis=1), p.sum(axis=0)
    alike, chance = np.trace(p), row @ column
    kappa = (alike - chance) / (1 - chance)
    on = sum(p[i, i] * ((1 - chance) - (row[i] + column[i]) * (1 - alike)) ** 2 for i in (0, 1))
    off = (1 - alike) ** 2 * sum(p[i, j] * (column[i] + row[j]) ** 2 for i in (0, 1) for j in (0, 1) if i != j)
    last = (alike * chance - 2 * chance + alike) ** 2
    return float(kappa), float(np.sqrt((on + off - last) / (n * (1 - chance) ** 4)))


def table_of(base: pd.DataFrame) -> np.ndarray:
    return np.asarray(
        [[((base["yes"] == yes) & (base["held"] == held)).sum() for held in (True, False)] for yes in (True, False)]
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("same_issue", [True, False])
def test_rates_agreement_and_table_are_those_of_a_loop(engine: str, same_issue: bool) -> None:
    frame = contacts()
    both = cx.reconcile(cx.ContactLog(ENGINES[engine](frame), **LOG), "said", "7D", same_issue=same_issue)
    rows = looped(frame, 7, ["who", "about"] if same_issue else ["who"])
    base = rows[rows["why"] == ""].reset_index(drop=True)
    counts = rows["why"].value_counts()
    assert both.left_out == {reason: counts.get(reason, 0) for reason in both.left_out}
    assert len(base) + sum(both.left_out.values()) == len(frame)
    assert both.rates.labels.to_numpy().tolist() == [["resolved", "said"], ["resolved", "log"]]
    assert both.rates.n.tolist() == [len(base)] * 2
    assert both.rates.values == pytest.approx([100 * base["yes"].mean(), 100 * base["held"].mean()], rel=1e-12)
    assert both.agreement.values == pytest.approx([100 * (base["yes"] == base["held"]).mean()], rel=1e-12)
    assert both.table["n"].tolist() == table_of(base).ravel().tolist()
    assert both.table["share"].to_numpy() == pytest.approx(100 * table_of(base).ravel() / len(base), rel=1e-12)
    everyone = frame["who"].nunique()
    for row, score in enumerate((base["yes"], base["held"])):
        assert both.rates.std_error[row] == pytest.approx(clustered_error(score * 1.0, base["who"], everyone), rel=1e-9)
    difference = both.rates.contrast("said", "log")
    assert difference.values[0] == pytest.approx(100 * (base["yes"].mean() - base["held"].mean()), rel=1e-9)
    paired = clustered_error(base["yes"] * 1.0 - base["held"] * 1.0, base["who"], everyone)
    assert difference.std_error[0] == pytest.approx(paired, rel=1e-9)
    assert both.kappa.values[0] == pytest.approx(kappa_of(table_of(base))[0], rel=1e-9)


def test_kappa_has_the_error_of_independent_answers_where_each_customer_has_one() -> None:
    frame = contacts(2)
    first = looped(frame, 7, ["who"])
    asked = first[first["why"] == ""].drop_duplicates("who")["key"]
    frame["said"] = frame["said"].where(frame["key"].isin(asked))
    both = cx.reconcile(cx.ContactLog(frame, customer="who", time="at"), "said")
    rows = looped(frame, 7, ["who"])
    kappa, error = kappa_of(table_of(rows[rows["why"] == ""]))
    everyone = frame["who"].nunique()
    assert both.kappa.labels.to_numpy().tolist() == [["kappa"]]
    assert both.kappa.values[0] == pytest.approx(kappa, rel=1e-9)
    assert both.kappa.std_error[0] == pytest.approx(error * np.sqrt(everyone / (everyone - 1)), rel=1e-6)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_groups(engine: str) -> None:
    frame = contacts(3)
    both = cx.reconcile(cx.ContactLog(ENGINES[engine](frame), **LOG), "said", 5, by="how", same_issue=False)
    rows = looped(frame, 5, ["who"])
    for how in ("phone", "web"):
        base = rows[(rows["why"] == "") & (rows["how"] == how)]
        assert both.table[both.table["how"] == how]["n"].tolist() == table_of(base).ravel().tolist()
        assert both.kappa.pick(how=how).values[0] == pytest.approx(kappa_of(table_of(base))[0], rel=1e-9)
        assert both.rates.pick(how=how, according_to="log").values[0] == pytest.approx(100 * base["held"].mean())
    apart = both.kappa.contrast("phone", "web")
    assert apart.values[0] == pytest.approx(both.kappa.values[0] - both.kappa.values[1])
    assert both.rates.contrast("said", "log").labels["how"].tolist() == ["phone", "web"]


@pytest.mark.parametrize("engine", ENGINES)
def test_answers_beside_the_log_are_joined_by_their_key(engine: str) -> None:
    frame = contacts(4)
    within = cx.reconcile(cx.ContactLog(ENGINES[engine](frame), **LOG), "said")
    answers = frame[["key", "said"]].rename(columns={"said": "resolved"}).sample(frac=1, random_state=1)
    answers = pd.concat([answers, pd.DataFrame({"key": ["stranger", None], "resolved": ["yes", "no"]})])
    bare = cx.ContactLog(ENGINES[engine](frame.drop(columns="said")), **LOG)
    for given in (answers, pl.from_pandas(answers), cx.Survey(answers)):
        beside = cx.reconcile(bare, "resolved", answers=given, on="key")
        assert beside.rates.values == pytest.approx(within.rates.values, rel=1e-12)
        assert beside.rates.vcov == pytest.approx(within.rates.vcov, rel=1e-12)
        assert beside.kappa.std_error == pytest.approx(within.kappa.std_error, rel=1e-9)
        pd.testing.assert_frame_equal(beside.table, within.table, rtol=1e-9)
        blank = int(answers[["key", "resolved"]].isna().any(axis=1).sum())
        assert beside.left_out == {
            **within.left_out, "answers that are blank": blank, "answers of contacts that the log left out": 0,
            "answers without a contact": 1,
        }  # fmt: skip
        there = len(answers) - blank - 1
        assert there == len(frame) - within.left_out["without an answer"]
        assert (
            f"Of {len(answers):,} answers {there:,} are of contacts, {blank:,} are blank, 1 is without a contact."
            in repr(beside)
        )


@pytest.mark.parametrize("engine", ENGINES)
def test_answers_of_contacts_that_the_log_left_out_are_told_from_answers_without_a_contact(engine: str) -> None:
    frame = contacts(4)
    answers = (
        frame[["key", "said"]].dropna().iloc[5:].assign(key=lambda f: f["key"].where(f.index % 40 > 0, "x" + f["key"]))
    )
    gone = frame.assign(who=lambda f: f["who"].where(f.index % 10 > 0)).drop(columns="said")
    both = cx.reconcile(cx.ContactLog(ENGINES[engine](gone), **LOG), "said", answers=answers, on="key")
    lost, strange = set(gone["key"][gone["who"].isna()]), ~answers["key"].isin(frame["key"])
    of_lost = int(answers["key"].isin(lost).sum())
    assert of_lost > 10
    assert strange.sum() > 5
    assert both.left_out["answers of contacts that the log left out"] == of_lost
    assert both.left_out["answers without a contact"] == strange.sum()
    there = len(answers) - of_lost - int(strange.sum())
    assert there == both.rates.n[0] + sum(
        n for why, n in both.left_out.items() if "answer" not in why
    )  # all who answered are in the base or under a reason
    assert f"{of_lost} are of contacts that the log left out, {strange.sum()} are without a contact." in repr(both)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_what_means_yes_is_named_and_missing_answers_stay_missing(engine: str) -> None:
    frame = contacts(5)
    native = ENGINES[engine]
    wanted = cx.reconcile(cx.ContactLog(native(frame), **LOG), "said")
    codes = frame.assign(said=frame["said"].map({"yes": "ja", "no": "nein"}))
    log = cx.ContactLog(native(codes), **LOG)
    with pytest.raises(
        DataError, match=r"holds 'ja', 'nein', where yes or no is needed\. Say which .* such as yes='ja'\."
    ):
        cx.reconcile(log, "said")
    pd.testing.assert_frame_equal(cx.reconcile(log, "said", yes="ja").table, wanted.table)
    numbers = cx.ContactLog(native(frame.assign(said=frame["said"].map({"yes": 2.0, "no": 0.0}))), **LOG)
    with pytest.raises(DataError, match=r"holds 2, where .* Say which numbers mean yes, such as yes=\[1, 2\]\."):
        cx.reconcile(numbers, "said")
    pd.testing.assert_frame_equal(cx.reconcile(numbers, "said", yes=[1, 2]).table, wanted.table)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_answers_and_keys_of_other_kinds(engine: str) -> None:
    frame = contacts(5)
    native = ENGINES[engine]
    words = cx.reconcile(cx.ContactLog(native(frame), **LOG), "said")
    codes = frame.assign(said=frame["said"].map({"yes": 1, "no": 5}), key=frame["key"].str[1:].astype(int))
    meant = cx.reconcile(cx.ContactLog(native(codes), **LOG), "said", yes=[1, 2])
    truth = codes.assign(said=pd.array(codes["said"] == 1, dtype="boolean")).assign(
        said=lambda f: f["said"].mask(codes["said"].isna())
    )
    as_truth = cx.reconcile(cx.ContactLog(native(truth), **LOG), "said")
    keyed = cx.reconcile(
        cx.ContactLog(native(codes.drop(columns="said")), **LOG),
        "said",
        yes=1,
        answers=codes[["key", "said"]],
        on="key",
    )
    for other in (meant, as_truth, keyed):
        pd.testing.assert_frame_equal(other.table, words.table, rtol=1e-9)
        assert other.kappa.values == pytest.approx(words.kappa.values)


def test_perfect_agreement_and_answers_that_are_all_alike() -> None:
    frame = contacts(6)
    rows = looped(frame, 7, ["who"])
    agreed = rows.assign(said=np.where(rows["held"], "yes", "no"))
    both = cx.reconcile(cx.ContactLog(agreed, customer="who", time="at"), "said")
    assert both.agreement.values.tolist() == [100.0]
    assert both.agreement.frame()["conf_low"][0] > 95
    assert both.kappa.values.tolist() == [1.0]
    assert np.isnan(both.kappa.std_error).all()
    yea = cx.reconcile(cx.ContactLog(frame.assign(said="yes"), customer="who", time="at"), "said")
    assert yea.kappa.values[0] == pytest.approx(0)
    single = frame.drop_duplicates("who")
    alike = cx.reconcile(cx.ContactLog(single.assign(said="yes"), customer="who", time="at"), "said")
    assert np.isnan(alike.kappa.values[0])
    assert "there is no kappa" in alike.kappa.frame()["note"][0]
    assert "kappa: unknown" in repr(alike)


def test_the_sample_says_less_than_the_log_shows() -> None:
    log = cx.ContactLog(cx.load_contacts(), customer="customer", time="time")
    both = cx.reconcile(log, "resolved", answers=cx.sample_survey(), on="respondent")
    assert both.rates.synthetic == "synthetic sample data"
    assert both.kappa.test(cx.above(0.2))["verdict"].tolist() == ["supported"]  # who says no comes again more often
    cells = both.table.set_index(["said", "log"])["n"]
    assert cells["not resolved", "came again"] / cells["not resolved"].sum() > 0.3
    assert cells["resolved", "came again"] / cells["resolved"].sum() < 0.15
    survey = cx.load_survey().dropna(subset="resolved")
    matched = cx.load_contacts().merge(survey, on="respondent")
    assert both.left_out["answers without a contact"] == len(survey) - len(matched)
    assert both.left_out["answers of contacts that the log left out"] == matched["customer_x"].isna().sum()


BAD = [
    ({}, {"answer": "sad"}, NoColumnError, r"reconcile\(answer=\): no column 'sad'. Did you mean 'said'"),
    ({}, {"within": "7 apples"}, ArgumentError, r"reconcile\(within=\): a span above 0"),
    ({}, {"within": "60D"}, NoRowsError, r"lasts 100\.\d days, less than a window before and one after"),
    ({"said": "maybe"}, {}, DataError, "column 'said' holds 'maybe', where yes or no is needed"),
    ({"said": 3}, {}, DataError, "holds 3, where 1 for yes or 0 for no"),
    ({"said": None}, {}, NoRowsError, "no first contact has an answer and is watched for 7 days; left out of 1,200"),
    ({}, {"yes": 1}, ColumnError, r"\(text\) is sought in \[1\]"),
    ({}, {"by": "shop"}, NoColumnError, r"by=\): no column 'shop'"),
    ({}, {"by": "said"}, ArgumentError, r"by='said'\): results have a column 'said' of their own"),
    ({}, {"on": "key"}, ArgumentError, "answers= and on= belong together"),
    ({}, {"answers": contacts()}, ArgumentError, "answers= and on= belong together"),
    ({}, {"answers": contacts(), "on": "kye"}, NoColumnError, r"on=\): no column 'kye'"),
    ({}, {"answers": contacts()[["said"]], "on": "key"}, NoColumnError, r"answers=, on=\): no column 'key'"),
    ({}, {"answers": contacts()[["key"]], "on": "key"}, NoColumnError, r"answers=, answer=\): no column 'said'"),
    (
        {},
        {"answers": contacts().assign(key=range(1200)), "on": "key"},
        ColumnError,
        "log holds text .*, the answers number",
    ),
    ({}, {"answers": contacts().assign(said="perhaps"), "on": "key"}, DataError, "holds 'perhaps', where yes or no"),
    ({}, {"answers": contacts().assign(said=None), "on": "key"}, NoRowsError, "no row has both 'key' and 'said'"),
    ({}, {"answers": contacts().assign(key="k1"), "on": "key"}, DataError, "key 'k1' answers more than once"),
    ({"key": "k1"}, {"answers": contacts(), "on": "key"}, DataError, "'k1' answers once but has 1,200 contacts"),
    ({}, {"answers": [1, 2], "on": "key"}, ArgumentError, "a frame is needed, not list"),
]


@pytest.mark.parametrize(("change", "options", "error", "said"), BAD)
@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_bad_input_is_named(engine: str, change: dict, options: dict, error: type[Exception], said: str) -> None:
    frame = contacts()
    frame.loc[frame["key"] == "k1", "said"] = "yes"
    if "answers" in options and isinstance(options["answers"], pd.DataFrame) and change:
        options = {**options, "answers": options["answers"].assign(said="yes")}
    log = cx.ContactLog(ENGINES[engine](frame.assign(**change)), customer="who", time="at")
    with pytest.raises(error, match=said):
        cx.reconcile(log, **{"answer": "said", **options})


def test_a_log_is_needed_and_answers_are_few() -> None:
    with pytest.raises(
        ArgumentError, match=r"a ContactLog is needed, not a DataFrame.*cx.ContactLog\(frame, customer=, time=\)"
    ):
        cx.reconcile(contacts(), "said")
    many = pd.DataFrame({"key": [f"k{k}" for k in range(100_001)], "said": "yes"})
    log = cx.ContactLog(pl.from_pandas(contacts().drop(columns="said")), **LOG)
    with pytest.raises(DataError, match=r"100,001 answers are too many for one query of polars \(at most 100,000\)"):
        cx.reconcile(log, "said", answers=many, on="key")
