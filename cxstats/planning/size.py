"""The answer of `sample_size`: how many, how many to invite, and what was assumed, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


PERCENTAGES, POINTS = ("share", "promoters", "detractors"), ("half_width", "difference")
FEW_POINTS = 0.25  # fewer need a hundred thousand respondents and more


@dataclass(frozen=True, repr=False)
class SampleSize:
    """Respondents that a wanted interval or a wanted power needs; made by `sample_size`.

    Attributes
    ----------
    n : int
        Respondents, in each wave of each group.
    waves, groups : int
        Waves compared (1 or 2), and groups that shall each have the interval or the power.
    interviews : int
        ``n * waves * groups``.
    invitations : int
        To be sent in all, given the response rate.
    clusters : int, optional
        Clusters, in each wave of each group.
    reached : float
        The half-width (in the unit of the metric) or the power that n gives.
    attainable : bool
        Whether there are as many people to invite.
    assumed : dict
        Everything that was assumed, by the name of the argument.
    """

    n: int
    waves: int
    groups: int
    interviews: int
    invitations: int
    clusters: int | None
    reached: float
    attainable: bool
    assumed: Mapping[str, Any]
    aim: str

    def frame(self) -> pd.DataFrame:
        """Return one row, to be put below others: the numbers, then what was assumed, a column each."""
        import pandas as pd

        found = ("n", "waves", "groups", "interviews", "invitations", "clusters", "reached", "attainable")
        row = {name: getattr(self, name) for name in found}
        return pd.DataFrame([row | {k: v for k, v in self.assumed.items() if k not in row}])

    @property
    def remarks(self) -> tuple[str, ...]:
        """What looks like a slip: percentages and points below 1, which may have been meant as parts of 1."""
        percentages = [name for name in PERCENTAGES if name in self.assumed]
        percentages = percentages if all(0 < self.assumed[name] < 1 for name in percentages) else []
        points = [
            name for name in POINTS if 0 < abs(self.assumed.get(name, 0)) < FEW_POINTS and "sd" not in self.assumed
        ]
        found = [(name, self.assumed[name], "%") for name in percentages]
        found += [(name, self.assumed[name], "points") for name in points]
        if not found:
            return ()
        read = " and ".join(f"{name.replace('_', ' ')} {value:g} as {value:g} {unit}" for name, value, unit in found)
        meant = " and ".join(f"{100 * value:g} {unit}" for _, value, unit in found)
        numbers = " and ".join(f"{100 * value:g}" for _, value, _ in found)
        return (f"Mind the unit: this reads {read}; if {meant} {'are' if found[1:] else 'is'} meant, write {numbers}.",)

    def __str__(self) -> str:
        each = [f"each of {self.groups} groups"] if self.groups > 1 else []
        each += ["each of two waves"] if self.waves > 1 else []
        where = f" in {' and '.join(each)} ({self.interviews:,} in all)" if each else ""
        lines = [f"{self.n:,} respondents{where} are needed {self.aim}."]
        if self.clusters is not None:
            size = self.assumed["cluster_size"]
            lines.append(f"That is {self.clusters:,} clusters of {size:g}{' each' if each else ''}.")
        rate = self.assumed["response_rate"]
        if rate < 1:
            lines.append(f"With {100 * rate:g} % answering, send {self.invitations:,} invitations.")
        if not self.attainable:
            lines.append(
                f"There are only {self.assumed['population']:,.0f} people to invite, so this cannot be reached as planned."
            )
        return " ".join([*lines, f"Assumed: {', '.join(self._assumptions())}.", *self.remarks])

    __repr__ = __str__

    def _assumptions(self) -> list[str]:
        """Return what the number rests on, in words."""
        a = self.assumed
        found = []
        if a["design_effect"] != 1:
            found.append(f"a design effect of {a['design_effect']:g}")
        if "icc" in a:
            found.append(f"an intraclass correlation of {a['icc']:g}")
        if a["overlap"]:
            found.append(
                f"{100 * a['overlap']:g} % of respondents in both waves, their answers correlated {a['correlation']:g}"
            )
        where = " in each group" if self.groups > 1 else ""
        found.append(f"a population of {a['population']:,.0f}{where}" if "population" in a else "a large population")
        return ["a simple random sample", *found] if len(found) == 1 else found
