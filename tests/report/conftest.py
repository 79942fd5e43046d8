"""A small survey with everything that can go wrong in it, as a file with a configuration beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxstats.report import build_report, read_config

SCRIPT, FORMULA = "<script>alert(1)</script>", "=cmd()"

CONFIG = """
title = "Test of {name}"

[data]
file = "answers.csv"

[design]
weight = "weight"
strata = "region"
psu = "branch"

[period]
column = "quarter"

[groups]
by = ["channel", "region"]

[[metrics]]
kind = "csat"
column = "overall"
name = "Satisfied & <b>happy</b>"
target = 60

[[metrics]]
kind = "nps"
column = "recommend"
name = "=NPS"
"""


def answers(seed: int = 1) -> pd.DataFrame:
    """Return 400 rows in four quarters; a small channel, a question not asked at first, labels that bite."""
    random = np.random.default_rng(seed)
    n = 400
    quarter = np.repeat(["2025Q1", "2025Q2", "2025Q3", "2025Q4"], n // 4)
    channel = random.choice([SCRIPT, FORMULA, "web", "fax"], n, p=[0.4, 0.3, 0.27, 0.03])
    frame = pd.DataFrame(
        {
            "quarter": quarter,
            "channel": channel,
            "region": np.resize(["north", "south"], n),
            "weight": random.uniform(0.5, 2, n).round(3),
            "overall": random.integers(1, 6, n),
            "recommend": pd.array(random.integers(0, 11, n), dtype="Int64"),
        }
    )
    frame["branch"] = frame["region"] + random.integers(1, 6, n).astype(str)
    frame.loc[frame["quarter"].isin(["2025Q1", "2025Q2"]), "recommend"] = pd.NA
    frame.loc[[5, 105, 305], "channel"] = None
    return frame


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `answers.csv` and `report.toml`."""
    folder = tmp_path_factory.mktemp("project")
    answers().to_csv(folder / "answers.csv", index=False)
    (folder / "report.toml").write_text(CONFIG.format(name="labels"), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def built(project: Path) -> Path:
    """Return the folder of a report on the project, built once."""
    build_report(read_config(project / "report.toml"), project / "out")
    return project / "out"


@pytest.fixture
def configured(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a configuration (and rows) and returns its path."""

    def _configured(text: str = CONFIG, rows: pd.DataFrame | None = None, **names: Any) -> Path:
        (answers() if rows is None else rows).to_csv(tmp_path / "answers.csv", index=False)
        path = tmp_path / "report.toml"
        path.write_text(text.replace("{name}", "a report"), encoding="utf-8")
        return path

    return _configured


@pytest.fixture
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the drawing, which takes most of the time."""

    def _nothing(folder: Path, source: Any, config: Any, found: Any, tell: Any) -> dict[str, dict[Any, Any]]:
        folder.mkdir()
        return {m.metric.name: {} for m in found}

    monkeypatch.setattr("cxstats.report.build._draw", _nothing)
