"""A coding says what each raw code means: a value, or a reason why there is none; unknown codes are counted too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

BLANK = "blank"
NOT_APPLICABLE = "not applicable"
DONT_KNOW = "don't know"
OTHER_CODE = "other code"

_EMPTY = {"": BLANK, BLANK: BLANK}


@dataclass(frozen=True)
class Coding:
    """What the codes of one question mean.

    `values` maps raw codes (lower case) to numbers, truth values or labels; labels become categories, in the order of
    `levels` or else that in which they are first named. `missing` maps the other known codes to a reason. Empty cells
    and the text "blank" are always blank.
    """

    scale: str
    values: Mapping[str, float | bool | str]
    missing: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    ordered: bool = False

    def read(self, raw: pd.Series[str]) -> tuple[pd.Series[Any], dict[str, int]]:
        """Return the values, and how many rows have none, by reason."""
        import pandas as pd

        positions, cells = pd.factorize(raw)
        codes = [str(cell).strip().lower() for cell in cells]
        meaning = pd.Series([self.values.get(code) for code in codes], dtype=self._dtype())
        values = meaning.take(positions).set_axis(raw.index)

        why = {**_EMPTY, **self.missing}
        counts: dict[str, int] = {}
        for position, rows in pd.Series(positions).value_counts(sort=False).items():
            code = codes[int(str(position))]
            if code not in self.values:
                reason = why.get(code, OTHER_CODE)
                counts[reason] = counts.get(reason, 0) + int(rows)
        return values, counts

    def _dtype(self) -> Any:
        import pandas as pd

        kind = type(next(iter(self.values.values())))
        if kind is str:
            return pd.CategoricalDtype(list(self.levels or dict.fromkeys(self.values.values())), ordered=self.ordered)
        return "boolean" if kind is bool else "float64"


def numbers(low: int, high: int, scale: str, missing: Mapping[str, str]) -> Coding:
    """Return the coding of a whole-number scale from `low` to `high`, each code its own value."""
    return Coding(scale, {str(k): float(k) for k in range(low, high + 1)}, missing)
