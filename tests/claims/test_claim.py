"""A claim is declared whole or not at all: what cannot be meant is refused where it is written."""

from __future__ import annotations

from typing import Any

import pytest

import cxstats as cx
from cxstats.claims import AllOf
from cxstats.errors import ArgumentError


def satisfied(survey: Any) -> cx.Estimate:
    return cx.measure(survey, cx.csat("overall"))


def claim(**changed: Any) -> cx.Claim:
    given: dict[str, Any] = {"id": "most", "measure": satisfied, "region": cx.above(50)} | changed
    return cx.Claim(given.pop("id"), **given)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"id": ""}, r"Claim\(id=\).*short name.*''"),
        ({"id": "  "}, "short name"),
        ({"id": 3}, "short name.*3"),
        ({"measure": 3}, r"Claim\('most'\): measure= is a function of the data, not int"),
        ({"region": (0, 1)}, r"region= is above\(x\), below\(x\) or between\(a, b\).*\(0, 1\)"),
        ({"region": lambda: 50}, r"region= returned 50; above\(x\)"),
        ({"data": ""}, "data= names a data set"),
        ({"data": ["survey", 3]}, "data= names a data set"),
        ({"needs": {"staff": ["x"]}}, "needs= names data sets 'staff', data= 'survey'"),
        ({"given": "another"}, "given= is a claim, not str"),
        ({"region": lambda d: cx.above(d)}, "region= is called with no data and the parameters none.*missing.*'d'"),
        ({"measure": lambda s, d: s}, "measure= is called with the data set 'survey' and the parameters none.*'d'"),
        ({"measure": lambda: None}, "does not fit: too many positional arguments"),
        ({"data": ["a", "b"]}, "data sets 'a', 'b' and the parameters none, and does not fit"),
        ({"measure": lambda survey, d: None, "params": {"survey": 1, "d": 2}}, "multiple values for argument 'survey'"),
    ],
)
def test_what_makes_no_claim_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        claim(**changed)


def test_a_region_upside_down_is_refused_before_there_is_a_claim() -> None:
    with pytest.raises(ArgumentError, match=r"upside down. Write between\(1, 3\)"):
        claim(region=cx.between(3, 1))


@pytest.mark.parametrize("measure", [len, lambda s, **options: options, lambda s, d=3: s, lambda *sets: sets])
def test_any_function_that_can_be_called_is_a_measure(measure: Any) -> None:
    assert claim(measure=measure).measure is measure


def test_parameters_reach_the_measure_and_the_region_by_name() -> None:
    made = claim(measure=lambda s, step: (s, step), region=lambda d: cx.below(d / 10), params={"d": 2, "step": 5})
    assert made.region_for({}) == cx.below(0.2)
    assert made.region_for({"d": 3, "unknown": 1}) == cx.below(0.3)
    assert made.measured(["rows"], {}) == ("rows", 5)
    assert made.measured(["rows"], {"step": 7}) == ("rows", 7)


def test_a_claim_is_not_changed_from_outside() -> None:
    params = {"d": 2}
    made = claim(region=lambda d: cx.below(d), params=params)
    params["d"] = 9
    assert made.region_for({}) == cx.below(2)
    with pytest.raises(AttributeError):
        made.says = "something else"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("needs", "columns"),
    [((), {}), ("x", {"survey": ("x",)}), (["x", "y"], {"survey": ("x", "y")}), ({"survey": "x"}, {"survey": ("x",)})],
)
def test_needed_columns_belong_to_data_sets(needs: Any, columns: dict[str, tuple[str, ...]]) -> None:
    assert claim(needs=needs).columns == columns


def test_a_claim_prints_what_it_says_and_where_the_number_must_lie() -> None:
    premise = claim(id="asked")
    assert (
        repr(claim(says="most are happy", given=premise))
        == "<Claim 'most': most are happy -> above(50), given 'asked'>"
    )
    both = cx.all_of("both", parts=[claim(), premise])
    assert repr(both) == "<Claim 'both': both -> most -> above(50) and asked -> above(50)>"


@pytest.mark.parametrize(
    ("parts", "given", "says"),
    [
        ([], None, "0 parts; two or more"),
        ([claim()], None, "1 parts; two or more"),
        ([claim(), claim()], None, r"all_of\('both'\): two claims have the id 'most'"),
        ([claim(), "other"], None, "a part is a Claim, not str"),
        ([claim(), cx.all_of("in", parts=[claim(), claim(id="b")])], None, "a part is a Claim, not AllOf"),
        ([claim(), claim(id="b")], 5, "given= is a claim, not int"),
    ],
)
def test_what_makes_no_all_of_is_refused(parts: list[Any], given: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        cx.all_of("both", parts=parts, given=given)


def test_an_all_of_has_the_parameters_of_its_parts() -> None:
    parts = [
        claim(id=name, region=lambda **p: cx.above(min(p.values())), params={name: k}) for k, name in enumerate("ab")
    ]
    both = cx.all_of("both", parts=parts)
    assert isinstance(both, AllOf)
    assert both.params == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"needs": 3}, "needs= names columns"),
        ({"needs": [3]}, "needs= names columns"),
        ({"data": 3}, "data= names a data set"),
        ({"data": ["survey", "survey"]}, "several different ones"),
        ({"data": ""}, "data= names a data set"),
        ({"params": ["d"]}, "params= are named"),
        ({"identified": "no"}, "identified= is True or False"),
        ({"says": 3}, "says= is a text"),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused(given, says):
    with pytest.raises(ArgumentError, match=rf"Claim\('odd'\): .*{says}"):
        cx.Claim("odd", measure=lambda *s: None, region=cx.above(0), **given)


def test_a_name_has_one_line_and_parts_are_several():
    with pytest.raises(ArgumentError, match="short name in one line"):
        cx.Claim("two\nlines", measure=lambda s: None, region=cx.above(0))
    with pytest.raises(ArgumentError, match="unit= is a text"):
        cx.above(3, unit=5)
    one = cx.Claim("one", measure=lambda s: None, region=cx.above(0))
    with pytest.raises(ArgumentError, match="1 parts"):
        cx.all_of("both", parts=one)
