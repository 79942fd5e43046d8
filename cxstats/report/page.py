"""The page of a report: what the tables and charts say, put together for one self-contained file.

The template only places things; every number on the page is an entry of a table, rounded for reading, with all its
digits in the markup (``<data value=...>``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.report.about import about, facts
from cxstats.report.config import Config
from cxstats.report.measures import Measured
from cxstats.report.pictures import MOST_PANELS, Picture
from cxstats.report.source import Source
from cxstats.report.suppression import PROTECTS
from cxstats.report.words import (
    UNKNOWN,
    count,
    digits_for,
    heading,
    listed,
    number,
    p_value,
    plain,
    runs,
    shown,
    slug,
    unit_after,
    unit_of_difference,
    unit_of_value,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_DIGITS = 6


def write_page(
    path: Path,
    source: Source,
    config: Config,
    found: Sequence[Measured],
    pictures: Mapping[str, Mapping[tuple[str, str], Picture]],
) -> Path:
    """Write the page and return its path; the same content gives the same bytes."""
    import jinja2
    from markupsafe import Markup

    folder = Path(__file__).parent
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(number=number, p_value=p_value, shown=shown, heading=heading, plain=plain)
    style = Markup((folder / "page.css").read_text(encoding="utf-8"))
    anchors: list[str] = []
    for m in found:
        anchors.append(slug(m.metric.name, anchors))
    sections = [_section(source, config, m, pictures[m.metric.name], a) for m, a in zip(found, anchors, strict=True)]
    page = environment.get_template("page.html.j2").render(
        style=style,
        config=config,
        source=source,
        sections=sections,
        level=f"{100 * config.level:g}\N{NO-BREAK SPACE}%",
        about=about(source, config, found),
        summary=_summary(source, config, found),
    )
    path.write_bytes(page.encode("utf-8"))
    return path


def _summary(source: Source, config: Config, found: Sequence[Measured]) -> dict[str, Any]:
    """Return the facts of the heading."""
    periods = [p for p in found[0].periods if any(p in m.visible for m in found)]
    span = f"{shown(periods[0])} to {shown(periods[-1])}" if len(periods) > 1 else listed([shown(p) for p in periods])
    span = span or f"no {config.period} that may be shown"
    lost = len(source.frame) - found[0].rows
    return {
        "rows": count(len(source.frame), "row") + (" in the file" if config.file is not None else " in the data"),
        "lost": f", {lost:,} without {config.period}" if lost else "",
        "periods": span,
        "period": heading(config.period),
    }


def _section(
    source: Source, config: Config, m: Measured, pictures: Mapping[tuple[str, str], Picture], anchor: str
) -> dict[str, Any]:
    """Return what the template needs to show one metric."""
    unit = m.metric.score.unit
    digits = digits_for(unit, m.by_period["std_error"])
    latest = m.by_period[[p in m.visible for p in m.by_period[config.period].tolist()]].tail(1)
    latest_row = _rows(latest, config.period)[0] if len(latest) else None
    changes = [_verdict(row, digits) for row in m.changes.to_dict("records")]
    return {
        "name": m.metric.name,
        "anchor": anchor,
        "meaning": m.metric.meaning,
        "better": {"high": "Higher is better.", "low": "Lower is better."}.get(m.metric.score.direction or "", ""),
        "facts": facts(source, config, m),
        "unit": unit_of_value(unit),
        "points": unit_of_difference(unit),
        "after": unit_after(unit),
        "after_change": unit_after(unit, difference=True),
        "digits": digits,
        "latest": latest_row,
        "changes": changes,
        "since": {change["since"]: change for change in changes},
        "trend": next((_verdict(row, digits + 1) for row in m.trend.to_dict("records")), None),
        "target": next((_decided(row, latest_row, m, digits) for row in m.target.to_dict("records")), None),
        "by_period": _rows(m.by_period[[p not in m.silent for p in m.periods]], config.period),
        "overall": _rows(m.overall, "")[0],
        "groups": [_group(config, m, group, pictures) for group in config.groups],
        "picture": _markup(pictures.get(("period", ""))),
        "seen": runs(m.visible, m.periods),
    }


def _group(config: Config, m: Measured, group: str, pictures: Mapping[tuple[str, str], Picture]) -> dict[str, Any]:
    both = m.by_both[group]
    values = m.by_group[group][group].tolist()
    cells = {
        (period, value): row
        for period, value, row in zip(
            both[config.period].tolist(), both[group].tolist(), _rows(both, group), strict=True
        )
    }
    nobody = {"label": "", "closed": "no answers"}
    return {
        "name": heading(group),
        "rows": _rows(m.by_group[group], group),
        "values": [shown(v) for v in values],
        "matrix": [
            (shown(period), [cells.get((period, value), nobody) for value in values])
            for period in m.periods
            if period not in m.silent
        ],
        "dots": _markup(pictures.get(("group", group))),
        "lines": _markup(pictures.get(("both", group))),
        "too_many": len(values) > MOST_PANELS,
        "notes": sorted({row["note"] for row in cells.values() if row["note"]}),
        "withheld": any(why == PROTECTS and g == group for (_, g, _), why in m.hidden.items()),
    }


def _rows(table: pd.DataFrame, label: str) -> list[dict[str, Any]]:
    """Return table rows; a row that has no numbers to show says why."""
    rows = []
    for record, n in zip(table.to_dict("records"), table["n"].astype("Int64").fillna(0), strict=True):
        note = str(record["note"])
        closed = "" if n else note.partition(":")[0]
        row: dict[str, Any] = {
            "label": shown(record[label]) if label else "All",
            "closed": closed,
            "note": "" if closed else note,
        }
        if not closed:
            row |= {name: float(record[name]) for name in ("estimate", "std_error", "conf_low", "conf_high")}
            row["n"] = int(n)
        rows.append(row)
    return rows


def _verdict(row: dict[Any, Any], digits: int) -> dict[str, Any]:
    """Return a change with its direction in words: clear if its interval is on one side of zero."""
    low, high = row["conf_low"], row["conf_high"]
    said = UNKNOWN if np.isnan(low) or np.isnan(high) else "up" if low > 0 else "down" if high < 0 else "not clear"
    while said in ("up", "down") and digits < MOST_DIGITS and min(abs(low), abs(high)) < 0.5 * 10**-digits:
        digits += 1  # a limit just beside zero is not written as zero
    return {**{str(k): v for k, v in row.items()}, "verdict": said, "digits": digits}


def _decided(row: dict[Any, Any], latest: dict[str, Any] | None, m: Measured, digits: int) -> dict[str, Any]:
    """Return a verdict with the name of its interval, where that is not the one shown beside it."""
    ends = [number(side[end], digits) for side in (row, latest or row) for end in ("conf_low", "conf_high")]
    name = (
        ("Korn-Graubard interval" if m.metric.score.family == "share" else "interval") if ends[:2] != ends[2:] else ""
    )
    return {**{str(k): v for k, v in row.items()}, "decider": name}


def _markup(picture: Picture | None) -> dict[str, Any] | None:
    """Return a chart as markup: drawn by the library, its words escaped."""
    from markupsafe import Markup

    return None if picture is None else {"svg": Markup(picture.svg), "title": picture.title}
