"""What looks like a slip of whoever asks is remarked, on every engine; what does not is not."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from tests.conftest import move


def answers(**columns: object) -> pd.DataFrame:
    rows = {
        "q": np.resize([1, 2, 3, 4, 5], 40),
        "channel": np.resize(["App", "Web", "Phone"], 40),
        "weight": np.resize([0.3, 0.7, 1.1], 40),
    }
    return pd.DataFrame(rows | columns)


def remarks(frame, *asked, **how) -> tuple[str, ...]:
    return cx.measure(frame, *asked, **how).remarks


@pytest.mark.parametrize(("scale", "lies"), [([1, 2, 3, 4, 5], "1 to 5"), ([0, 5], "0 to 5"), ([1, 7], "1 to 7")])
def test_an_nps_of_another_scale_is_remarked(unlike_engine, scale, lies):
    frame = move(unlike_engine, answers(q=np.resize(scale, 40)))
    for survey in (frame, cx.Survey(frame, weight="weight")):
        (said,) = remarks(survey, cx.nps("q"))
        assert said.startswith(f"all 40 answers to nps (q) lie from {lies}: was the question asked on 0 to 10?")


@pytest.mark.parametrize(
    "q", [np.resize([1, 5, 8], 40), np.resize([1, 5, 10], 40), [3] * 19 + [np.nan] * 21], ids=["8", "10", "19 answers"]
)
def test_an_nps_that_may_be_one_is_not_remarked(unlike_engine, q):
    assert remarks(move(unlike_engine, answers(q=q)), cx.nps("q")) == ()


def test_an_nps_is_looked_at_as_a_whole_not_by_group(unlike_engine):
    frame = move(unlike_engine, answers(q=[10, *[3] * 39]))
    assert remarks(frame, cx.nps("q"), by="channel") == ()
    assert remarks(frame, cx.nps("q"), by="channel", where=cx.col("q") < 9) != ()


def test_other_scores_of_low_answers_are_not_remarked(unlike_engine):
    scores = [cx.csat("q"), cx.effort("q"), cx.mean("q", name="m"), cx.quantile("q", 0.5)]
    assert remarks(move(unlike_engine, answers()), scores) == ()


def test_an_empty_domain_names_the_value_that_does_not_occur(engine):
    frame = move(engine, answers())
    (said,) = remarks(frame, cx.csat("q"), where=cx.col("channel") == "app")
    assert said == "where= holds no row; channel is nowhere 'app' (did you mean 'App'?)"
    (said,) = remarks(frame, cx.csat("q"), where=(cx.col("q") > 1) & cx.col("channel").is_in(["fax"]))
    assert said == "where= holds no row; channel is nowhere 'fax'; its values are 'App' (14), 'Phone' (13), 'Web' (13)"
    (said,) = remarks(frame, cx.csat("q"), where=cx.col("q") == 9)
    assert said == "where= holds no row; q is nowhere 9; its values are 1 (8), 2 (8), 3 (8), 4 (8), 5 (8)"


def test_an_empty_domain_of_values_that_occur_is_only_said(unlike_engine):
    frame = move(unlike_engine, answers())
    where = (cx.col("channel") == "App") & (cx.col("channel") == "Web")
    assert remarks(frame, cx.csat("q"), where=where) == ("where= holds no row",)


def test_a_domain_that_holds_rows_is_not_remarked(unlike_engine):
    frame = move(unlike_engine, answers())
    assert remarks(frame, cx.csat("q"), where=cx.col("channel").is_in(["App", "fax"])) == ()


def test_a_share_that_no_answer_counts_for_comes_with_the_answer_meant(engine):
    (said,) = remarks(move(engine, answers()), cx.share(cx.col("channel") == "app ", name="app"))
    assert (
        said == "no answer counts for app; the answers are 'App' (14), 'Phone' (13), 'Web' (13) (did you mean 'App'?)"
    )


def test_a_share_that_some_answer_counts_for_is_not_remarked(unlike_engine):
    assert remarks(move(unlike_engine, answers()), cx.share(cx.col("channel") == "App")) == ()


def test_many_answers_are_not_all_shown():
    (said,) = remarks(answers(channel=[f"c{i:02d}" for i in range(40)]), cx.share(cx.col("channel") == "none"))
    assert said.endswith("'c05' (1) and 34 more")


def test_a_remark_is_printed():
    assert "Where= holds no row; channel is nowhere 'app' (did you mean 'App'?)." in repr(
        cx.measure(answers(), cx.csat("q"), where=cx.col("channel") == "app")
    )


def test_sound_data_costs_no_pass_more(monkeypatch):
    from cxstats.memory import MemoryFrame

    passes = []
    real = MemoryFrame.sums
    monkeypatch.setattr(MemoryFrame, "sums", lambda self, plan: passes.append(plan) or real(self, plan))
    frame = answers(q=np.resize(np.arange(11), 40))
    cx.measure(frame, [cx.nps("q"), cx.share(cx.col("q") > 8)], where=cx.col("channel") == "App")
    assert len(passes) == 1
