"""What the page says of wrong verdicts is what the stored simulation found, and exact intervals keep their promise in it."""

import csv
import re
from pathlib import Path

import pytest

import cxstats as cx

TABLE = Path(__file__).parent.parent / "benchmarks" / "calibration.csv"


def promise(rate: str) -> float:
    """The percentage of samples in which the verdict of a column may be wrong: 5 only outside of a region with two edges."""
    return 5.0 if rate.startswith("contradicted between") else 2.5


def rows() -> list[dict[str, str]]:
    with TABLE.open() as file:
        return list(csv.DictReader(file))


def over(row: dict[str, str]) -> float:
    """By how many tolerances (three Monte-Carlo standard errors) the worst rate of a cell is above what was promised."""
    found = []
    for rate in (name for name in row if name.startswith(("supported ", "contradicted "))):
        p = promise(rate) / 100
        found.append((float(row[rate]) / 100 - p) / (3 * (p * (1 - p) / int(row["replicates"])) ** 0.5))
    return max(found)


def test_the_page_lists_each_cell_that_breaks_the_promise_and_no_other() -> None:
    page = TABLE.with_suffix(".md").read_text(encoding="utf-8")
    first, _, rest = page.partition("## The promise is broken")[2].partition("## By measure")
    listed = set(re.findall(r"^\| (\S[^|]*) \| ([^|]*) \| ([\d,]+) \|", first, flags=re.MULTILINE))
    broken = {(row["measure"], row["design"], f"{int(row['n']):,}") for row in rows() if over(row) > 1}
    assert rest, "the page has no summary"
    assert listed == broken
    assert first.startswith(f" beyond tolerance in {len(broken)} of {len(rows())} cells")


def test_every_cell_has_enough_samples_for_its_tolerance() -> None:
    assert {int(row["replicates"]) for row in rows()} <= set(range(2000, 100_000))
    assert len({(row["measure"], row["design"], row["n"]) for row in rows()}) == len(rows())


@pytest.mark.parametrize("measure", ["share 2%", "share 50%", "share 98%", "shares 2% - 2%", "shares 4% - 2%"])
def test_shares_of_simple_random_samples_keep_the_promise(measure: str) -> None:
    found = [over(row) for row in rows() if (row["measure"], row["design"]) == (measure, "simple")]
    assert found
    assert max(found) <= 1


def test_check_owns_up_to_where_the_promise_is_broken() -> None:
    said = " ".join((cx.check.__doc__ or "").split())
    broken = [row for row in rows() if over(row) > 1]
    assert f"Of the {len(rows())} situations" in said
    assert f"the promise is broken in {len(broken)}" in said
    assert {row["measure"] for row in broken} == {"mean, skewed spend"}
    assert f"in up to {max(int(row['n']) for row in broken)} answers" in said
    worst = max(float(row[side]) for row in broken for side in ("supported above(0)", "supported below(0)"))
    assert worst == max(float(row["supported below(0)"]) for row in broken)
    assert f"in up to {worst:.1f} % of samples" in said
