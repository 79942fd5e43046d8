"""Passes over the rows that are remembered for a while, so that many claims about one survey make each pass once.

Inside ``with remembering():`` a call of `measure` that asks for the same scores, by the same groups, in the same domain, of the
same frame and design gives the estimate that was made before, even if the rows were changed in between. Nothing is remembered
after the block.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxstats.inference.estimate import Estimate
    from cxstats.inference.request import Request

_held: ContextVar[dict[Hashable, tuple[Any, Estimate]] | None] = ContextVar("passes", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember the passes made in this block."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def once(request: Request, make: Callable[[], Estimate]) -> Estimate:
    """Return the estimate of a request, made only if it is not remembered."""
    held = _held.get()
    if held is None:
        return make()
    native = request.survey.frame.native  # held with the estimate, so that no other frame takes its identity
    scores = tuple(tuple(repr(getattr(score, f.name)) for f in fields(score)) for score in request.scores)
    key = (id(native), request.survey.design, request.survey.synthetic, scores, request.by, repr(request.where))
    if key not in held:
        held[key] = (native, make())
    return held[key][1]
