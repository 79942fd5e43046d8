"""Banners: letters against cases made by hand and against the covariance matrix, and what may not be seen."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.tables.smallcells import closed
from tests.conftest import move


def counted(**counts: dict[object, int]) -> pd.DataFrame:
    """Return one row an answer: `counts` has, for each channel, how many gave which answer."""
    rows = [(channel, answer) for channel, of in counts.items() for answer, n in of.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["channel", "answer"])


def clustered(seed: int = 7, groups: int = 4) -> cx.Survey:
    """Return weighted answers of branches in strata; every branch serves every channel."""
    random = np.random.default_rng(seed)
    n, branch = 900, random.integers(0, 36, 900)
    channel = random.integers(0, groups, n)
    level = random.normal(0, 0.8, 36)[branch] + 0.35 * channel
    frame = pd.DataFrame(
        {
            "branch": branch,
            "region": branch % 4,
            "channel": np.asarray([f"c{k:02d}" for k in range(groups)])[channel],
            "weight": random.uniform(0.5, 3, n),
            "wait": level + random.normal(0, 1, n),
            "happy": (level + random.logistic(0, 1, n) > 0.5).astype(int),
            "score": np.clip(np.round(6 + 2 * level + random.normal(0, 2, n)), 0, 10),
            "age": random.choice(["18-39", "40-64", "65+"], n),
        }
    )
    return cx.Survey(frame, weight="weight", strata="region", psu="branch")


def letters(banner: cx.Banner, metric: str, group: str = "channel") -> list[str]:
    cells = banner.frame()
    return cells.loc[(cells["metric"] == metric) & (cells["group"] == group), "higher_than"].tolist()


# --- letters ----------------------------------------------------------------------------------------------------------


def test_three_shares_by_hand():
    frame = counted(app={1: 160, 0: 40}, post={1: 100, 0: 100}, web={1: 104, 0: 96})
    # 80 % against 50 % and 52 %, 200 answers each: z is 6.6 and 6.2, while 52 against 50 has z = 0.4
    assert letters(cx.banner(frame, cx.share(cx.col("answer") == 1), by="channel"), "share") == ["B C", "", ""]


def holm(p: list[float]) -> list[float]:
    order = np.argsort(p)
    out, largest = [0.0] * len(p), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, (len(p) - rank) * p[i])
        out[i] = min(largest, 1.0)
    return out


@pytest.mark.parametrize("seed", range(4))
def test_letters_of_means_from_the_covariance_matrix(seed):
    survey = clustered(seed)
    banner = cx.banner(survey, cx.mean("wait"), by="channel", second_level=0.8)
    est = cx.measure(survey, cx.mean("wait"), by="channel")
    pairs = list(itertools.combinations(range(4), 2))
    v, df = est.vcov, 36 - 4  # every branch serves two channels together
    t = [(est.values[a] - est.values[b]) / np.sqrt(v[a, a] + v[b, b] - 2 * v[a, b]) for a, b in pairs]
    p = holm([2 * stats.t.sf(abs(x), df) for x in t])
    expected = [""] * 4
    for (a, b), x, q in sorted(zip(pairs, t, p, strict=True)):
        high, low = (a, b) if x > 0 else (b, a)
        mark = "ABCD"[low] if q < 0.05 else "abcd"[low] if q < 0.2 else ""
        expected[high] = " ".join(sorted([*expected[high].split(), *mark], key=str.upper))
    assert letters(banner, "mean") == expected
    assert any(expected)


@pytest.mark.parametrize("adjust", ["holm", "bonferroni", "benjamini-hochberg", "none"])
def test_letters_are_those_of_compare_within_metric_and_group(adjust):
    survey = clustered()
    scores = [cx.share(cx.col("happy") == 1), cx.nps("score"), cx.mean("wait")]
    banner = cx.banner(survey, scores, by=["channel", "age"], adjust=adjust)
    for group in ("channel", "age"):
        for score in scores:
            table = cx.measure(survey, score, by=group).compare(adjust=adjust)
            names = sorted(set(table["group"]) | set(table["versus"]))
            expected = {name: [] for name in names}
            for row in table[table["p_value"] < 0.05].itertuples():
                high, low = (row.group, row.versus) if row.difference > 0 else (row.versus, row.group)
                expected[high].append("ABCD"[names.index(low)])
            assert letters(banner, score.name, group) == [" ".join(sorted(expected[name])) for name in names]


def test_numbers_are_those_of_measure():
    survey = clustered()
    banner = cx.banner(survey, [cx.mean("wait"), cx.nps("score")], by=["age", "channel"], where=cx.col("happy") == 1)
    cells = banner.frame()
    for group in ("", "age", "channel"):
        expected = cx.measure(survey, [cx.mean("wait"), cx.nps("score")], by=group or None, where=cx.col("happy") == 1)
        rows = cells[cells["group"] == group]
        for name in ("n", "n_effective", "estimate", "std_error", "conf_low", "conf_high"):
            np.testing.assert_array_equal(rows[name].to_numpy(float), expected.frame()[name].to_numpy(float))
    assert "Only rows with (col('happy') == 1)." in banner.notes[-1]


def test_groups_that_share_branches_are_not_independent():
    """A channel is ahead by the same step in every branch: clear within branches, drowned by the spread between them."""
    random = np.random.default_rng(3)
    branch = np.repeat(np.arange(12), 2)
    frame = pd.DataFrame({"branch": branch, "channel": ["app", "web"] * 12})
    frame["wait"] = 10.0 * branch + (frame["channel"] == "web") + random.normal(0, 0.2, 24)
    joint = cx.banner(cx.Survey(frame, psu="branch"), cx.mean("wait"), by="channel")
    alone = cx.banner(frame, cx.mean("wait"), by="channel")
    assert letters(joint, "mean") == ["", "A"]
    assert letters(alone, "mean") == ["", ""]


def test_small_letters_are_findings_of_the_second_level_only():
    survey = clustered(1)
    at = {
        level: letters(cx.banner(survey, cx.mean("wait"), by="age", level=level), "mean", "age")
        for level in (0.95, 0.2)
    }
    both = letters(cx.banner(survey, cx.mean("wait"), by="age", second_level=0.2), "mean", "age")
    for strong, weak, shown in zip(at[0.95], at[0.2], both, strict=True):
        assert {c for c in shown.split() if c.isupper()} == set(strong.split())
        assert {c.upper() for c in shown.split()} == set(weak.split())
    assert any(c.islower() for shown in both for c in shown)


def test_ties_bear_no_letter():
    frame = counted(app={1: 30, 5: 30}, web={1: 30, 5: 30}, post={2: 30, 4: 30})
    assert letters(cx.banner(frame, cx.mean("answer"), by="channel", level=0.01), "mean") == ["", "", ""]


def test_thirty_columns_go_on_after_z():
    frame = pd.DataFrame({"store": np.repeat([f"s{k:02d}" for k in range(30)], 40)})
    frame["answer"] = np.tile([1.0, 2.0], 600) + (frame["store"] == "s29") * 5 - (frame["store"] == "s27") * 5
    cells = cx.banner(frame, cx.mean("answer"), by="store").frame()
    names = cells["letter"].tolist()
    assert names[1:4] == ["A", "B", "C"]
    assert names[25:31] == ["Y", "Z", "AA", "AB", "AC", "AD"]
    first, last = cells["higher_than"].iloc[1], cells["higher_than"].iloc[30]
    assert first == "AB"
    assert last.split() == names[1:30]


# --- groups with little or nothing in them ----------------------------------------------------------------------------


def test_a_group_of_one_value_is_shown_and_compared_with_nothing():
    frame = counted(app={1: 30, 5: 30}).assign(brand="ours")
    cells = cx.banner(frame, cx.mean("answer"), by=["brand", "channel"]).frame()
    assert cells["column"].tolist() == ["Total", "ours", "app"]
    assert cells["higher_than"].tolist() == ["", "", ""]
    assert cells["estimate"].tolist() == [3.0, 3.0, 3.0]


def test_a_group_without_answers_is_shown_as_such_and_counts_in_no_adjustment():
    frame = counted(app={5: 60, 1: 40}, web={5: 45, 1: 55}, fax={None: 20}, post={None: 20})
    banner = cx.banner(frame, cx.csat("answer"), by="channel")
    two = cx.banner(frame[frame["channel"].isin(["app", "web"])], cx.csat("answer"), by="channel")
    assert letters(two, "csat") == ["B", ""]  # p = .033 of one pair; of six it would be .2
    assert letters(banner, "csat") == ["D", "", "", ""]
    assert banner.table().loc[("csat", "%")].tolist()[1:] == ["60.0 D", "–", "–", "45.0"]
    assert banner.table().loc[("csat", "n")].tolist()[1:] == ["100", "0", "0", "100"]


def test_answers_without_a_group_are_in_the_total_and_counted():
    frame = counted(app={5: 60, 1: 40}, web={5: 45, 1: 55})
    frame.loc[:6, "channel"] = None
    banner = cx.banner(frame, cx.csat("answer"), by="channel")
    assert banner.frame()["n"].tolist() == [200, 93, 100]
    assert "Without channel, in the Total only: 7 of csat." in banner.notes


def test_no_group_at_all_leaves_the_total():
    frame = counted(app={5: 6, 1: 4}).assign(channel=pd.Series([None] * 10, dtype=object))
    assert cx.banner(frame, cx.csat("answer"), by="channel").frame()["column"].tolist() == ["Total"]


def test_small_cells_are_closed_and_enter_no_comparison():
    frame = counted(app={5: 90, 1: 10}, fax={5: 4}, post={1: 6}, web={5: 50, 1: 50})
    cells = cx.banner(frame, cx.csat("answer"), by="channel", min_n=10).frame().set_index("column")
    assert cells["n"].isna().tolist() == [False, False, True, True, False]
    assert cells.loc[["fax", "post"], "estimate"].isna().all()
    assert cells.loc[["fax", "post"], "note"].tolist() == ["n < 10", "n < 10"]
    assert cells["higher_than"].tolist() == ["", "D", "", "", ""]
    open_cells = cx.banner(frame, cx.csat("answer"), by="channel").frame().set_index("column")
    assert "C" in open_cells.loc["app", "higher_than"].split()


def test_what_the_total_would_give_away_is_withheld():
    frame = counted(app={5: 90, 1: 10}, fax={5: 4}, post={1: 16, 5: 4}, web={5: 50, 1: 50})
    banner = cx.banner(frame, cx.csat("answer"), by="channel", min_n=10)
    assert banner.table().loc[("csat", "%")].tolist() == ["66.1", "90.0 D", "n < 10", "withheld", "50.0"]
    assert "n < 10: too few answers" in " ".join(banner.notes)


@pytest.mark.parametrize("seed", range(30))
def test_closed_cells_cannot_be_worked_out(seed):
    counts = np.random.default_rng(seed).integers(0, 40, size=6).tolist()
    for min_n in (5, 10, 30):
        why = closed(counts, sum(counts), min_n)
        shut = [n for n, reason in zip(counts, why, strict=True) if reason]
        assert all(reason for n, reason in zip(counts, why, strict=True) if 0 < n < min_n)
        assert (
            not shut or (len(shut) > 1 and sum(shut) >= min_n) or all(r for n, r in zip(counts, why, strict=True) if n)
        )


# --- what is asked for ------------------------------------------------------------------------------------------------


def test_every_engine_gives_the_same_banner(unlike_engine):
    frame = counted(app={5: 60, 1: 40}, web={5: 45, 1: 55})
    expected = cx.banner(frame, cx.csat("answer"), by="channel")
    assert repr(cx.banner(move(unlike_engine, frame), cx.csat("answer"), by="channel")) == repr(expected)


@pytest.mark.parametrize("name", ["group", "column", "letter", "self", "="])
def test_a_grouping_column_may_have_any_name(name):
    frame = counted(app={5: 60, 1: 40}, web={5: 45, 1: 55})
    cells = cx.banner(frame.rename(columns={"channel": name}), cx.csat("answer"), by=name).frame()
    assert cells["group"].tolist() == ["", name, name]
    assert cells["column"].tolist() == ["Total", "app", "web"]
    assert cells["higher_than"].tolist() == ["", "B", ""]


def test_dates_are_shown_without_an_idle_midnight():
    frame = counted(app={5: 60, 1: 40}, web={5: 45, 1: 55})
    frame["day"] = pd.to_datetime(frame["channel"].map({"app": "2026-03-01", "web": "2026-04-01"}))
    cells = cx.banner(frame, cx.csat("answer"), by="day").frame()
    assert cells["column"].tolist() == ["Total", "2026-03-01", "2026-04-01"]
    assert cells["higher_than"].tolist() == ["", "B", ""]


def test_categories_keep_their_order():
    frame = counted(low={1: 20, 5: 20}, high={5: 20, 1: 10}, middle={1: 20, 5: 20})
    frame["channel"] = pd.Categorical(frame["channel"], ["low", "middle", "high"], ordered=True)
    assert cx.banner(frame, cx.mean("answer"), by="channel").frame()["column"].tolist()[1:] == ["low", "middle", "high"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"by": []}, ("banner(by=)", "grouping column")),
        ({"by": None}, ("banner(by=)", "not None")),
        ({"by": "chanel"}, ("banner(by=)", "Did you mean 'channel'?")),
        ({"by": ["channel", "channel"]}, ("'channel'", "twice")),
        ({"level": 95}, ("banner(level=)", "95")),
        ({"level": None}, ("banner(level=)", "None")),
        ({"second_level": 0.99}, ("banner(second_level=)", "not below level=0.95")),
        ({"second_level": 0}, ("banner(second_level=)", "between 0 and 1")),
        ({"adjust": "tukey"}, ("banner(adjust=)", "'tukey'", "'holm'")),
        ({"min_n": -1}, ("banner(min_n=)", "-1")),
        ({"min_n": 2.5}, ("banner(min_n=)", "2.5")),
        ({"by": "id"}, ("banner(by=)", "'id' has 300 values", "bands")),
    ],
)
def test_what_cannot_be_is_refused(arguments, words):
    frame = counted(app={5: 100, 1: 50}, web={5: 75, 1: 75}).assign(id=range(300))
    with pytest.raises(cx.CxError) as caught:
        cx.banner(frame, cx.csat("answer"), **({"by": "channel"} | arguments))
    for word in words:
        assert word in str(caught.value)
