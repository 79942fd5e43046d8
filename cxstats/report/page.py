"""The page of a report: what the tables and charts say, put together for one self-contained file.

The template only places things; every number on the page is an entry of a table, rounded for reading, with all its
digits in the markup (``<data value=...>``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxstats.inference.footnotes import footnotes
from cxstats.report.about import about, facts
from cxstats.report.comparisons import FIRST, PREVIOUS, YEAR, no_trend, of_target, wanted
from cxstats.report.config import Config
from cxstats.report.measures import INCOMPLETE, Measured
from cxstats.report.opening import anchors, opening
from cxstats.report.pictures import MOST_PANELS, Picture
from cxstats.report.sidebyside import SideBySide
from cxstats.report.source import Source
from cxstats.report.suppression import PROTECTS
from cxstats.report.verdicts import GAP, apart, judged_changes, judged_trend
from cxstats.report.words import (
    MINUS,
    agreed,
    count,
    heading,
    listed,
    named,
    number,
    p_value,
    percent,
    plain,
    runs,
    shown,
    slug,
    unit_after,
    unit_of_difference,
    unit_of_value,
)
from cxstats.tables.html import part
from cxstats.tables.text import decimals

if TYPE_CHECKING:
    import pandas as pd

IN_WORDS = {"inconclusive": "too close to tell", "untestable": "not testable"}  # a verdict on a target, to a reader
SINCE = {PREVIOUS: "Since previous", YEAR: "Since a year earlier", FIRST: "Since first"}


def write_page(
    path: Path,
    source: Source,
    config: Config,
    found: Sequence[Measured],
    pictures: Mapping[str, Mapping[tuple[str, str], Picture]],
    beside: SideBySide | None = None,
    escaped: Sequence[str] = (),
) -> Path:
    """Write the page and return its path; the same content gives the same bytes.

    `escaped` are the texts that have an apostrophe in front in the csv files.
    """
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
        count=partial(count, marks=marks), shown=shown, footnotes=footnotes,
        after=lambda value, digits, unit: agreed(number(value, digits), unit),
    )  # fmt: skip
    style = Markup((folder / "page.css").read_text(encoding="utf-8"))
    places = anchors(found)
    sections = [
        _section(source, config, m, pictures[m.metric.name], anchor, places)
        for m, anchor in zip(found, list(places), strict=True)
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
            "table": beside.banner
            and Markup(part(beside.banner, lambda text: marks.written(text).replace("-", MINUS))),
        },
        about=about(source, config, found),
        escaped=escaped,
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
    since: dict[str, list[str]] = {}
    for name, versus in (pair for m in found for pair in zip(m.changes["since"], m.changes["versus"], strict=True)):
        since.setdefault(name, []).append(shown(versus))
    one = {name: versus[0] for name, versus in since.items() if len(set(versus)) == 1}
    return {
        "rows": count(len(source.frame), "row", marks=marks)
        + (" in the file" if config.file is not None else " in the data"),
        "lost": f", {count(lost, marks=marks)} without {config.period}" if lost else "",
        "periods": span,
        "period": heading(config.step),
        "step": named(config.step),
        "gap": any(m.metric.kind == GAP for m in found),
        "incomplete": "" if last is None else shown(last),
        "since": [(name, SINCE[name] + (f", {one[name]}" if name in one else "")) for name in since],
        "one_base": list(one),
        "trend": any(len(m.trend) for m in found),
        "target": any(m.metric.target is not None for m in found),
    }


def _section(
    source: Source,
    config: Config,
    m: Measured,
    pictures: Mapping[tuple[str, str], Picture],
    anchor: str,
    places: list[str],
) -> dict[str, Any]:
    """Return what the template needs to show one metric; its groups get places of their own among those of the page."""
    unit = m.metric.score.unit
    digits, marks = decimals(unit, m.by_period["std_error"]), config.marks
    latest = m.by_period[[m.latest is not None and p == m.latest for p in m.periods]]
    latest_row = _rows(latest, config.period, m.incomplete)[0] if len(latest) else None
    changes = judged_changes(m, digits, config.level)
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
        "trend": next(iter(judged_trend(m, digits + 1, config.level)), None),
        "no_trend": no_trend(m.compared) if config.compare.trend and m.changes.size else "",
        "target": next((_decided(row, latest_row, m, digits) for row in m.target.to_dict("records")), None),
        "by_period": _rows(m.by_period[[p not in m.silent for p in m.periods]], config.period, m.incomplete),
        "overall": _rows(m.overall, "")[0],
        "groups": [_group(config, m, group, pictures, anchor, places) for group in config.groups],
        "picture": _markup(pictures.get(("period", ""))),
        "seen": runs(m.visible, m.periods),
    }


def _group(
    config: Config,
    m: Measured,
    group: str,
    pictures: Mapping[tuple[str, str], Picture],
    anchor: str,
    places: list[str],
) -> dict[str, Any]:
    places.append(slug(f"{anchor}-by-{group}", places))
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
        "name": named(group),
        "heading": heading(group),
        "anchor": places[-1],
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
        "notes": [row["note"] for row in cells.values()],
        "gaps": any(row["closed"] for row in cells.values()) or len(cells) < len(values) * len(m.periods),
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
    """Return a verdict; where the interval that is shown everywhere would say another one, with what it would say."""
    seen = row["verdict"]
    if latest is not None and not latest["closed"]:
        seen = of_target(wanted(m.metric).judge(latest["conf_low"], latest["conf_high"]))
    seen = "" if seen == row["verdict"] else IN_WORDS.get(seen, seen)
    return {
        **{str(k): v for k, v in row.items()},
        "verdict": IN_WORDS.get(row["verdict"], row["verdict"]),
        "seen": seen,
        "digits": apart(digits, row["target"], row["conf_low"], row["conf_high"]),
    }


def _markup(picture: Picture | None) -> dict[str, Any] | None:
    """Return a chart as markup: drawn by the library, its words escaped."""
    from markupsafe import Markup

    return None if picture is None else {"svg": Markup(picture.svg), "title": picture.title}
