"""What running totals are totals of, as a text that goes with them: when the rows are gone, nothing else tells."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from cxstats.design import LONE_PSU, Design
from cxstats.errors import DataError, listing
from cxstats.expression import Expression, Literal, col
from cxstats.score import FAMILIES, Score

DEFINITION = "cx_definition"  # the column of the lines that holds it
TOLD = ("name", "default_name", "unit", "family", "range", "direction", "variant")  # of a score, when its rows are gone


@dataclass(frozen=True)
class Definition:
    """What was summed: the scores in words, the groups, the domain and the design."""

    scores: tuple[Score, ...]
    asks: tuple[str, ...]
    by: tuple[str, ...]
    where: str
    design: Design
    synthetic: str
    whole: bool = False  # each PSU must be whole in its part: something looks on to other rows of it
    watched: str = ""  # from when to when rows were watched, where days since or until then are asked

    def text(self) -> str:
        """Return the definition as a text that a column can hold."""
        scores = [
            {name: getattr(s, name) for name in TOLD}
            | {"columns": s.columns(), "asks": asks, "ratio": s.per is not None}
            for s, asks in zip(self.scores, self.asks, strict=True)
        ]
        design = {f.name: getattr(self.design, f.name) for f in fields(Design)}
        plain = {name: getattr(self, name) for name in ("by", "where", "synthetic", "whole", "watched")}
        return json.dumps({"scores": scores, "design": design, **plain}, sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Definition:
        """Return the definition that a text holds."""
        try:
            found = json.loads(text)
            design: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found["design"].items()}
            scores = tuple(_told(score) for score in found["scores"])
            if not scores or {score.family for score in scores} - {*FAMILIES} or design["lone_psu"] not in LONE_PSU:
                raise ValueError("no such scores or design")
            asks = tuple(score["asks"] for score in found["scores"])
            plain = {name: found[name] for name in ("where", "synthetic", "whole", "watched")}
            return cls(scores=scores, asks=asks, by=tuple(found["by"]), design=Design(**design), **plain)
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"read_totals: column {DEFINITION!r} is not one that totals wrote ({error}).") from error

    @property
    def keys(self) -> list[str]:
        """The columns of a line that say where it belongs."""
        return list(dict.fromkeys([*psus(self.design), *self.by]))


def difference(what: str, a: dict[str, Any], b: dict[str, Any]) -> str:
    """Say in what two definitions differ."""
    if what == "scores":
        one, two = ([score["variant"] for score in side[what]] for side in (a, b))
        more = "" if one != two else ", of different answers"
        return f"totals of different scores cannot be added: {listing(one)} and {listing(two)}{more}"
    if what == "design":
        designs = [Design(**side[what]).describe() for side in (a, b)]
        return f"totals of different designs cannot be added: {' and '.join(designs)}"
    if what == "watched":
        said = "count days_in and days_left from different times: give both start= and end="
        return f"logs watched {a[what]} and {b[what]} {said}"
    shown = {"by": "groups", "where": "domains", "synthetic": "marks", "whole": "kinds of columns"}[what]
    return f"totals of different {shown} cannot be added: {a[what] or 'none'} and {b[what] or 'none'}"


def psus(design: Design) -> list[str]:
    """Return the columns that tell strata and PSUs."""
    return list(dict.fromkeys([*design.strata, *design.psu]))


def _told(score: dict[str, Any]) -> Score:
    """Return a score whose rows are gone: its expressions only name the columns that it asked."""
    base: Expression = Literal(True)
    for name in score["columns"]:
        base = base & col(name).is_answered()
    given = {name: score[name] for name in TOLD}
    given["range"] = None if score["range"] is None else tuple(score["range"])
    return Score(Literal(0.0), base, per=Literal(1.0) if score["ratio"] else None, **given)
