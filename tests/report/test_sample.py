"""The sample survey is what its generator draws, and its truth is found again."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.datasets import sample
from cxstats.errors import ArgumentError

SCORES = {
    "csat": cx.csat("overall"),
    "nps": cx.nps("recommend"),
    "effort": cx.effort("easy"),
    "first_contact_resolution": cx.first_contact_resolution("resolved", yes="yes"),
    "gap": cx.gap(delivered="delivered", expected="expected"),
}
FOLDER = Path(__file__).parents[2] / "data" / "sample"


def drawn(n: int, seed: int) -> cx.Survey:
    return cx.Survey(sample.simulate(n=n, seed=seed), weight="weight", strata="region", psu="branch")


def test_the_file_is_what_the_generator_draws() -> None:
    pd.testing.assert_frame_equal(sample.load_survey(), sample.simulate())
    assert sample.load_survey().attrs == sample.simulate().attrs


def test_the_file_is_small_and_says_that_it_is_synthetic() -> None:
    assert sample.sample_file("survey.csv").stat().st_size < 200_000
    frame = sample.load_survey()
    assert frame.shape == (2000, 13)
    assert frame["synthetic"].all()
    assert frame["respondent"].str.startswith("synthetic-").all()
    assert frame["respondent"].is_unique
    assert "ynthetic" in frame.attrs["notes"][0]


def test_the_readme_states_every_column_and_the_truth() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Sample survey (synthetic)")
    for column in sample.load_survey().columns:
        assert f"| `{column}` |" in text
    for metric, digits in (("csat", 1), ("nps", 1), ("effort", 2), ("first_contact_resolution", 1), ("gap", 2)):
        row = " | ".join(f"{sample.sample_truth(metric, channel=c):.{digits}f}" for c in sample.CHANNELS)
        assert row in text, metric


def test_the_design() -> None:
    frame = sample.load_survey()
    assert sorted(frame["quarter"].unique()) == list(sample.QUARTERS)
    assert (sample.QUARTERS[0], sample.QUARTERS[-1], len(sample.QUARTERS)) == ("2022Q4", "2026Q3", 16)
    assert frame.groupby("region")["branch"].nunique().tolist() == [10] * 4
    assert frame.groupby("branch")["region"].nunique().eq(1).all()
    customers = frame.groupby(["quarter", "branch"])["weight"].sum().groupby("branch")
    assert (customers.max() - customers.min()).max() < 0.1
    missing = frame.groupby("channel")[list(sample.NO_ANSWER)].agg(lambda answers: answers.isna().mean())
    rate = pd.DataFrame(sample.NO_ANSWER)
    error = np.sqrt((rate * (1 - rate)).div(frame["channel"].value_counts(), axis=0))
    assert ((missing - rate).abs() / error).to_numpy().max() < 4


@pytest.mark.parametrize("metric", sample.METRICS)
def test_the_truth_is_found_again(metric: str) -> None:
    channels = sample.CHANNELS
    truth = np.asarray([sample.sample_truth(metric, channel=c) for c in channels] + [sample.sample_truth(metric)])
    first, last = (sample.sample_truth(metric, quarter=q) for q in (sample.QUARTERS[0], sample.QUARTERS[-1]))
    z = []
    for seed in range(12):
        survey = drawn(4000, seed)
        by_channel, overall = cx.measure(survey, SCORES[metric], by="channel"), cx.measure(survey, SCORES[metric])
        slope = cx.measure(survey, SCORES[metric], by="quarter").trend(per="year")
        values = np.r_[by_channel.values, overall.values]
        errors = np.r_[by_channel.std_error, overall.std_error]
        z.append(np.r_[(values - truth) / errors, (slope.values - 4 / 15 * (last - first)) / slope.std_error])
    mean, spread = np.mean(z, axis=0), np.sqrt(np.mean(np.square(z), axis=0))
    assert np.abs(mean).max() < 4 / np.sqrt(12)
    assert spread.max() < 2
    assert spread.min() > 0.4


def test_the_truth_without_a_channel_weighs_who_answers() -> None:
    lowest, highest = (f([sample.sample_truth("csat", channel=c) for c in sample.CHANNELS]) for f in (min, max))
    assert lowest < sample.sample_truth("csat") < highest
    assert sample.sample_truth("csat", quarter="2026Q3") - sample.sample_truth(
        "csat", quarter="2022Q4"
    ) == pytest.approx(100 * sample.SLOPE_PER_YEAR * 15 / 4)


def test_chances_are_chances() -> None:
    assert sum(sample.CHANNEL_SHARE.values()) == pytest.approx(1)
    for sides in sample.QUESTIONS.values():
        assert [sum(side.values()) for side in sides] == [pytest.approx(1)] * 2
    extreme = 100 * (sample.BRANCH_SPREAD + sample.SLOPE_PER_YEAR * 15 / 8)
    assert extreme < 100 * min(sample.SATISFIED.values())
    assert 100 * max(sample.SATISFIED.values()) + extreme < 100


def test_other_sizes_and_seeds() -> None:
    assert len(sample.simulate(n=641, seed=1)) == 641
    assert not sample.simulate(seed=1).equals(sample.simulate(seed=2))
    for n in (10, 2000.0, True):
        with pytest.raises(ArgumentError, match="at least 640"):
            sample.simulate(n=n)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="Did you mean 'csat'"):
        sample.sample_truth("csatt")


def test_the_survey_has_its_design() -> None:
    assert sample.sample_survey().design.describe() == "strata region, clusters branch, weight weight"
