"""Slips of an analyst: a configuration and a table with something wrong, and what is said of it."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from .test_cli import run

HEAD = '[data]\nfile = "answers.csv"\n[period]\ncolumn = "quarter"\n'
CSAT = '[[metrics]]\nkind = "csat"\ncolumn = "overall"\n'
PYTHON = re.compile(  # what no author of a configuration has to know
    r"\bpd\.|read_frame|pandas|Survey\(|measure\(|col\(|is_in|datetime|np\.|\bTrue\b|\bFalse\b|\bNone\b|csat\(|share\(|\w=(?=[^=])"
)


def rows(**columns: object) -> pd.DataFrame:
    """Return 80 answers in four quarters, some columns replaced."""
    n = 80
    frame = {
        "quarter": np.repeat(["2025Q1", "2025Q2", "2025Q3", "2025Q4"], n // 4),
        "region": np.resize(["north", "south"], n),
        "branch": np.resize([1, 2, 2, 1], n),
        "channel": np.resize(["App", "Web", "Phone"], n),
        "weight": np.resize([0.5, 1.0, 1.5], n),
        "overall": np.resize([1, 2, 3, 4, 5], n),
        "recommend": np.resize(np.arange(11), n),
        "wait": np.resize([0.5, 1.5, 7.25], n),
        "resolved": np.resize(["ja", "nein"], n),
        "date": pd.date_range("2025-01-01", periods=n, freq="109h").strftime("%d.%m.%Y"),
    }
    return pd.DataFrame(frame | columns)


def hear(
    folder: Path, text: str, frame: pd.DataFrame | None = None, *, raw: bytes | str = b"", name: str = "answers.csv"
) -> str:
    """Run a configuration dry and return what is said; the exit code stands in front."""
    path = folder / name
    if raw:
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode("utf-8"))
    elif name.endswith(".xlsx"):
        (rows() if frame is None else frame).to_excel(path, index=False)
    else:
        (rows() if frame is None else frame).to_csv(path, index=False, sep=";")
    (folder / "my.toml").write_text(text.replace("answers.csv", name), encoding="utf-8")
    result = run("report", str(folder / "my.toml"), "--dry-run", "--out", str(folder / "out"))
    assert "Traceback" not in result.stderr
    return f"[{result.exit_code}] {result.stderr.strip()}"


def metric(kind: str, **keys: str) -> str:
    return HEAD + f'[[metrics]]\nkind = "{kind}"\n' + "".join(f"{key} = {value}\n" for key, value in keys.items())


def design(**keys: str) -> str:
    return HEAD + "[design]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()) + CSAT


def period(**keys: str) -> str:
    return HEAD.replace('column = "quarter"', "\n".join(f"{key} = {value}" for key, value in keys.items())) + CSAT


ALL = HEAD + CSAT
WAIT = metric("mean", column='"wait"')
DATED = {"column": '"date"', "every": '"quarter"'}
FCR = {"column": '"resolved"'}
COMMAS = np.resize(["3,5", "4", "2,25"], 80)
