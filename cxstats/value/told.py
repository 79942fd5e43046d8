"""What the methods are called, and how sure their words may be."""

from __future__ import annotations

METHODS = {
    "standardise": "regression standardisation, a regression a level",
    "weight": "weighting by the inverse of the chance of the level",
    "both": "regression standardisation of weighted answers, doubly robust",
}
ASSOCIATED = (
    "Differences are associated with the level, not shown to be caused by it: customers may differ in more than what is "
    "adjusted for."
)
CAUSED = "Differences are effects of the level, if it was drawn by lot as said (randomised=True)."
