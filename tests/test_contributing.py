"""The walk-through of CONTRIBUTING.md works as it stands."""

import re
from pathlib import Path

import cxstats as cx
from cxstats.expression import col
from cxstats.metrics import REGISTRY
from cxstats.metrics.basic import names
from cxstats.metrics.basic import percent as percent_of
from cxstats.score import Score
from tests.metrics import test_contract as contract

PAGE = Path(__file__).parent.parent / "CONTRIBUTING.md"


def test_a_metric_can_be_added_as_the_page_says() -> None:
    declare, register, example = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    metric: dict[str, object] = {"Score": Score, "col": col, "percent": percent_of, "names": names}
    exec(declare, metric)
    registry = dict(REGISTRY)
    exec(register, {"REGISTRY": registry, **metric})
    examples: dict[str, list[contract.Example]] = {}
    built = {"EXAMPLES": examples, "Example": contract.Example, "complaint_rate": registry["complaint_rate"]}
    exec(example, built | {"percent": contract.percent})
    (added,) = examples["complaint_rate"]
    rows = contract.frame()
    found = cx.measure(cx.Survey(rows, weight="weight"), added.build())
    assert abs(found.values[0] - added.value(rows)) < 1e-9
    assert 0 < found.values[0] <= 100


def test_the_commands_of_the_page_are_those_of_the_readme() -> None:
    readme = (PAGE.parent / "README.md").read_text()
    command = re.search(r"python3 -m pip install .*pytest -q -n 2", PAGE.read_text())
    assert command is not None
    assert command[0] in readme
