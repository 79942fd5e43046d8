"""Each claim has a world in which it is true and one in which it is false."""

from pathlib import Path

import pytest

import cxstats as cx
from cxstats.datasets.sample import SAMPLES
from cxstats.datasets.synthetic.worlds import FALSE, TRUE
from tests.datasets.claim_measures import measures

N = 12_800
LOG = ("effort-is-forced", "self-service-fails", "follow-ups-not-kept", "young-avoid-phone", "phone-is-dying")
OTHERS = ("survey", "staff", "branches", "costs")


LARGER = {"customers-differ": 80_000}  # the largest of many differences is above 0 by chance alone


def world(tables=(*OTHERS, "contacts"), n=N, **changes):
    return cx.simulate_world(n=n, seed=5, no_answer=0.0, tables=tables, **changes)


@pytest.fixture(scope="module")
def usual():
    return dict(measures(world()))


def holds(parts):
    return all(low < value < high for value, low, high in parts)


@pytest.mark.parametrize("claim", list(TRUE))
def test_a_world_for_each_side(claim, usual):
    for worlds, truth in ((TRUE, True), (FALSE, False)):
        changes = worlds[claim]
        tables = ("contacts",) if claim in LOG else OTHERS
        parts = dict(_until(claim, world(tables, LARGER.get(claim, N), **changes)))[claim] if changes else usual[claim]
        assert holds(parts) is truth, (truth, parts)


def _until(claim, drawn):
    """The measures up to a claim's: those after it need not be worked out."""
    for name, parts in measures(drawn):
        yield name, parts
        if name == claim:
            return


def test_every_claim_of_the_catalogue(usual):
    assert list(TRUE) == list(FALSE)
    assert set(usual) == set(TRUE)
    assert len(TRUE) == 47
    assert all(TRUE[c] != FALSE[c] for c in TRUE)


def test_the_readme_names_every_claim_and_column():
    text = (Path(__file__).parents[2] / "data" / "sample" / "README.md").read_text(encoding="utf-8")
    for claim in TRUE:
        assert f"| {claim} |" in text
    columns = {c for name in SAMPLES for c in getattr(cx, f"load_{name}")().columns}
    stems = (
        "expected_",
        "adequate_",
        "desired_",
        "delivered_",
        "points_",
        "buy_at_",
        "evening_hours_",
        "chat_history_",
    )
    missing = [c for c in columns if f"`{c}`" not in text and not c.startswith(stems)]
    assert not missing
    for name, sample in SAMPLES.items():
        assert f"| `{sample.file}` | {sample.rows:,} | `load_{name}()` |" in text
