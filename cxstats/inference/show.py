"""How an estimate prints: a table a person can read, and one line of what it rests on."""

from __future__ import annotations

import html as markup
from typing import TYPE_CHECKING

import numpy as np

from cxstats.inference.footnotes import footnotes
from cxstats.inference.rows import OWN

if TYPE_CHECKING:
    import pandas as pd

    from cxstats.inference.estimate import Estimate

MOST_ROWS = 40
METHODS = {
    "share": "shares by Wilson on the effective n",
    "balance": "net shares by adjusted Wald on the effective n",
    "quantile": "quantiles by Woodruff",
    "mover": "differences of shares by MOVER",
    "extreme": "extremes by joint t",
    "rank": "ranks by simultaneous differences",
    "explained": "variance explained by noncentral F",
    "crossing": "times by Fieller",
    "fieller": "ratios by Fieller",
    "drawn": "results of ranges by draws",
    "t": "{} by t",
}


def text(estimate: Estimate, *, foot: bool = True) -> str:
    """Return the printed form, with the line of what it rests on or without."""
    header, lines, more = _table(estimate)
    widths = [max(len(row[i]) for row in [header, *lines]) for i in range(len(header))]
    numeric = _numeric(header)
    shown = [
        "  ".join(
            cell.rjust(w) if number else cell.ljust(w) for cell, w, number in zip(row, widths, numeric, strict=True)
        )
        for row in [header, *lines]
    ]
    notes = [f"{mark} {note}" for note, mark in footnotes(estimate._rows.note).items()]
    tail = [f"... and {more} more rows: .frame() has all"] if more else []
    return "\n".join([*(line.rstrip() for line in shown), *tail, *notes, *([footer(estimate)] if foot else [])])


def html(estimate: Estimate, *, foot: bool = True) -> str:
    """Return the form that notebooks show, with the line of what it rests on or without; text from the data is escaped."""
    header, lines, more = _table(estimate)
    numeric = _numeric(header)

    def row(cells: list[str], tag: str) -> str:
        styled = [
            f'<{tag} style="text-align:{"right" if number else "left"}">{markup.escape(cell)}</{tag}>'
            for cell, number in zip(cells, numeric, strict=True)
        ]
        return f"<tr>{''.join(styled)}</tr>"

    body = "".join(row(line, "td") for line in lines)
    said = [f"{mark} {note}" for note, mark in footnotes(estimate._rows.note).items()] + [footer(estimate)] * foot
    if more:
        said.insert(0, f"... and {more} more rows: .frame() has all")
    below = "<br>".join(markup.escape(line) for line in said)
    return (
        f'<div><table class="cxstats"><thead>{row(header, "th")}</thead><tbody>{body}</tbody></table>'
        f'<p style="font-size:smaller">{below}</p></div>'
    )


def footer(*estimates: Estimate, level: float = 0.95) -> str:
    """Return the line that says what numbers rest on: made-up data, level, methods, design, rows left out."""
    methods = dict.fromkeys(method for estimate in estimates for method in methods_of(estimate))
    intervals = f"{100 * level:g} % intervals: {'; '.join(methods) or 'none'}"
    facts = [
        fact for e in estimates for fact in (e.synthetic, intervals, f"Design: {e._origin.design}", *e._origin.left_out)
    ]
    return " ".join(filter(None, map(sentence, dict.fromkeys(facts))))


def methods_of(estimate: Estimate) -> list[str]:
    """Return how the intervals of each kind of row were formed."""
    families = estimate._rows.family
    found = [METHODS[kind] for kind in ("share", "balance", *OWN) if (families == kind).any()]
    derived = families == "derived"
    if derived.any() and estimate._parts is not None:
        own = np.isin(estimate._parts[0]._rows.family, ("share", "balance"))
        found += [METHODS["mover"]] if own.any() else []
        derived &= ~own
    names = [name for name in ("mean", "ratio", "total") if (families == name).any()]
    words = [f"{name}s" for name in names] + (["derived values"] if derived.any() else [])
    return [*found, *([METHODS["t"].format(" and ".join(words))] if words else [])]


def sentence(fact: str) -> str:
    """Return a fact as a sentence; of no fact, none."""
    return f"{fact[:1].upper()}{fact[1:]}." if fact else ""


def _numeric(header: list[str]) -> list[bool]:
    first = header.index("n")
    return [i >= first and name != "unit" for i, name in enumerate(header)]


def _table(estimate: Estimate) -> tuple[list[str], list[list[str]], int]:
    labels = estimate.labels
    frame = estimate.frame()
    header = [*map(str, labels.columns), "n", "estimate", "std_error", "conf_low", "conf_high", "n_effective", "unit"]
    lines, marks = [], footnotes(frame["note"])
    decimals = np.zeros(len(frame), dtype=int)
    for rows in frame.groupby("metric", sort=False).indices.values():
        decimals[rows] = _digits(frame.iloc[rows])
    decimals[estimate._rows.family == "rank"] = 0
    for i in range(min(len(estimate), MOST_ROWS)):
        row = frame.iloc[i]
        digits = int(decimals[i])
        cells = [label(labels.iloc[i, j]) for j in range(labels.shape[1])]
        cells += [f"{row['n']:,.0f}", number(row["estimate"], digits) + marks.get(row["note"], "")]
        cells += [number(row[name], digits) for name in ("std_error", "conf_low", "conf_high")]
        cells += [number(row["n_effective"], 0), str(row["unit"])]
        lines.append(cells)
    return _without_empty(header, lines, max(len(estimate) - MOST_ROWS, 0))


def _without_empty(header: list[str], lines: list[list[str]], more: int) -> tuple[list[str], list[list[str]], int]:
    """Drop the columns that say nothing here: an effective n of contrasts, a unit where there is none."""
    kept = [
        i for i, name in enumerate(header)
        if name not in ("n_effective", "unit") or any(line[i] not in ("", "unknown") for line in lines)
    ]  # fmt: skip
    return [header[i] for i in kept], [[line[i] for i in kept] for line in lines], more


def label(value: object) -> str:
    """Return a label as text; whole numbers that lie in a float column, for want of missing integers, without ".0"."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def number(value: float, digits: int) -> str:
    """Return a number with thousands separated; "unknown" for NaN."""
    if np.isnan(value):
        return "unknown"
    if np.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def _digits(rows: pd.DataFrame) -> np.ndarray:
    """Return each row's decimals: the median standard error has two digits, or the row's own where sizes differ much.

    No limit that is not 0 is rounded to 0, and none that is not 100 % to 100.
    """
    error, width = rows["std_error"], rows["conf_high"] - rows["conf_low"]
    sizes = error.where(error > 0, width / 4)
    sizes = sizes.where((sizes > 0) & np.isfinite(sizes))
    middle = sizes.median() if sizes.notna().any() else 0.1
    apart = (sizes.max() / sizes.min() > 50) if sizes.notna().any() else False
    size = sizes.fillna(middle) if apart else sizes * 0 + middle
    digits = np.clip(1 - np.floor(np.log10(size.fillna(middle).to_numpy())), 0, 6)
    for edge in (0.0, 100.0):
        if edge == 0.0 or rows["unit"].eq("%").all():
            distance = np.abs(rows[["conf_low", "conf_high"]].to_numpy() - edge)
            hidden = ((distance > 0) & (distance < 0.5 * 10.0 ** -digits[:, None])).any(axis=1)
            digits = digits + (hidden if apart else hidden.any())
    return np.asarray(np.clip(digits, 0, 6), dtype=int)
