"""The page of a report: what the tables and charts say, put together for one self-contained file.

The template only places things; every number on the page is an entry of a table, rounded for reading, with all its
digits in the markup (``<data value=...>``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxstats.report.about import about, facts
from cxstats.report.comparisons import FIRST, PREVIOUS, YEAR
from cxstats.report.config import Config
from cxstats.report.measures import INCOMPLETE, Measured
from cxstats.report.opening import anchors, opening
from cxstats.report.pictures import MOST_PANELS, Picture
from cxstats.report.sidebyside import SideBySide
from cxstats.report.source import Source
from cxstats.report.suppression import PROTECTS
from cxstats.report.verdicts import judged
from cxstats.report.words import (
    count,
    digits_for,
    heading,
    listed,
    number,
    p_value,
    percent,
    plain,
    runs,
    shown,
    unit_after,
    unit_of_difference,
    unit_of_value,
)
from cxstats.tables.html import part

if TYPE_CHECKING:
    import pandas as pd
SINCE = {PREVIOUS: "Since previous", YEAR: "Since a year earlier", FIRST: "Since first"}


def write_page(
    path: Path,
    source: Source,
    config: Config,
    found: Sequence[Measured],
    pictures: Mapping[str, Mapping[tuple[str, str], Picture]],
    beside: SideBySide | None = None,
) -> Path:
    """Write the page and return its path; the same content gives the same bytes."""
    import jinja2
    from markupsafe import Markup

    folder = Path(__file__).parent
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    marks = config.marks
    environment.globals.update(
        number=partial(number, marks=marks), p_value=partial(p_value, marks=marks), plain=partial(plain, marks=marks),
        count=partial(count, marks=marks), shown=shown, heading=heading,
    )  # fmt: skip
    style = Markup((folder / "page.css").read_text(encoding="utf-8"))
    sections = [
        _section(source, config, m, pictures[m.metric.name], anchor)
        for m, anchor in zip(found, anchors(found), strict=True)
    ]
    page = environment.get_template("page.html.j2").render(
        style=style,
        config=config,
        source=source,
        sections=sections,
        level=percent(config.level, marks),
        opening=opening(source, config, found),
        beside=beside
        and {
            "period": beside.period,
            "left_out": beside.left_out,
            "table": beside.banner and Markup(part(beside.banner, marks.written)),
        },
        about=about(source, config, found),
        summary=_summary(source, config, found),
    )
    path.write_bytes(page.encode("utf-8"))
    return path


def _summary(source: Source, config: Config, found: Sequence[Measured]) -> dict[str, Any]:
    """Return the facts of the heading."""
    periods = [p for p in found[0].periods if any(p in m.visible for m in found)]
    span = f"{shown(periods[0])} to {shown(periods[-1])}" if len(periods) > 1 else listed([shown(p) for p in periods])
    span = span or f"no {config.step} that may be shown"
    lost = len(source.frame) - found[0].rows
    marks, last = config.marks, source.last.incomplete
    since = list(dict.fromkeys(since for m in found for since in m.changes["since"]))
    return {
        "rows": count(len(source.frame), "row", marks=marks)
        + (" in the file" if config.file is not None else " in the data"),
        "lost": f", {count(lost, marks=marks)} without {config.period}" if lost else "",
        "periods": span,
        "period": heading(config.step),
        "incomplete": "" if last is None else shown(last),
        "since": [(name, SINCE[name]) for name in since],
        "trend": any(len(m.trend) for m in found),
        "target": any(m.metric.target is not None for m in found),
    }


def _section(
    source: Source, config: Config, m: Measured, pictures: Mapping[tuple[str, str], Picture], anchor: str
) -> dict[str, Any]:
    """Return what the template needs to show one metric."""
    unit = m.metric.score.unit
    digits, marks = digits_for(unit, m.by_period["std_error"]), config.marks
    latest = m.by_period[[m.latest is not None and p == m.latest for p in m.periods]]
    latest_row = _rows(latest, config.period, m.incomplete)[0] if len(latest) else None
    changes = [judged(row, digits, config.level) for row in m.changes.to_dict("records")]
    return {
        "name": m.metric.name,
        "anchor": anchor,
        "meaning": m.metric.meaning,
        "better": {"high": "Higher is better.", "low": "Lower is better."}.get(m.metric.score.direction or "", ""),
        "facts": facts(source, config, m),
        "unit": unit_of_value(unit),
        "points": unit_of_difference(unit),
        "after": unit_after(unit, marks=marks),
        "after_change": unit_after(unit, difference=True, marks=marks),
        "digits": digits,
        "latest": latest_row,
        "changes": changes,
        "since": {change["since"]: change for change in changes},
        "trend": next((judged(row, digits + 1, config.level) for row in m.trend.to_dict("records")), None),
        "target": next((_decided(row, latest_row, m, digits) for row in m.target.to_dict("records")), None),
        "by_period": _rows(m.by_period[[p not in m.silent for p in m.periods]], config.period, m.incomplete),
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
            (_label(period, m.incomplete), [cells.get((period, value), nobody) for value in values])
            for period in m.periods
            if period not in m.silent
        ],
        "dots": _markup(pictures.get(("group", group))),
        "lines": _markup(pictures.get(("both", group))),
        "too_many": len(values) > MOST_PANELS,
        "notes": sorted({row["note"] for row in cells.values() if row["note"]}),
        "withheld": any(why == PROTECTS and g == group for (_, g, _), why in m.hidden.items()),
    }


def _label(period: Any, incomplete: Any) -> str:
    return f"{shown(period)} (incomplete)" if incomplete is not None and period == incomplete else shown(period)


def _rows(table: pd.DataFrame, label: str, incomplete: Any = None) -> list[dict[str, Any]]:
    """Return table rows; a row that has no numbers to show says why; of a period that is not over, its label does."""
    rows = []
    for record, n in zip(table.to_dict("records"), table["n"].astype("Int64").fillna(0), strict=True):
        note = str(record["note"]).removesuffix(INCOMPLETE).removesuffix("; ")
        closed = "" if n else note.partition(":")[0]
        row: dict[str, Any] = {
            "label": _label(record[label], incomplete) if label else "All",
            "closed": closed,
            "note": "" if closed else note,
        }
        if not closed:
            row |= {name: float(record[name]) for name in ("estimate", "std_error", "conf_low", "conf_high")}
            row["n"] = int(n)
        rows.append(row)
    return rows


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
