"""Claims declared beforehand: a plain file of ids, words, measures and regions, with a digest, and what became of them since.

The file is TOML and deterministic: equal claims give equal bytes. Its digest tells whether it was edited afterwards. What
cannot be recorded of a measure is named in the file, and in what is said of the claim.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxstats.claims.claim import AllOf, Claim, need_claims
from cxstats.claims.code import written
from cxstats.errors import ArgumentError, DeclarationError, one_of

HEAD = "# Claims declared with cxstats before the data were seen. An edited file is refused: declare again instead.\n"
FIELDS = (
    "says",
    "source",
    "what",
    "why",
    "identified",
    "data",
    "needs",
    "params",
    "region",
    "measure",
    "given",
    "parts",
)
FORMAT = 2  # 1 had measures as ast.unparse writes them, which depends on the version of Python
ADJUST = (None, "bonferroni")


def declare(
    claims: Claim | AllOf | Sequence[Claim | AllOf],
    path: str | Path,
    *,
    level: float | None = None,
    adjust: str | None = None,
) -> Path:
    """Write claims into a file before the data are seen, so that `check` can say which were declared.

    Parameters
    ----------
    claims : Claim or sequence of Claim
        What is to be tested.
    path : path
        The file to write. One that is there is not overwritten, unless it says the same.
    level, adjust : optional
        How the claims will be checked, as in `check`. What is not given is not declared.

    Returns
    -------
    pathlib.Path
        The file: TOML with the id, words, source, measure (its code), region, parameters, premise and parts of each claim,
        and a digest of all.

    Raises
    ------
    ArgumentError
        If two claims have one id, something is not a claim, or an option has no meaning.
    DeclarationError
        If the file is there and declares something else, or cannot be written.

    Notes
    -----
    The digest shows that a file was changed, not when it was written: commit it, or send it to somebody, beforehand.

    A measure is recorded with the values that it takes from outside; what cxstats and installed packages define, by its name
    alone. Values that cannot be recorded (a connection, a model without a state that can be read) are listed as
    ``unrecorded``, and `check` says so beside "declared".

    References
    ----------
    Nosek, B. A., Ebersole, C. R., DeHaven, A. C. and Mellor, D. T. (2018). The preregistration revolution. *PNAS* 115.

    Examples
    --------
    >>> import pathlib, tempfile, cxstats as cx
    >>> claim = cx.Claim("most-satisfied", says="most customers are satisfied", region=cx.above(50),
    ...                  measure=lambda survey: cx.measure(survey, cx.csat("overall")))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = cx.declare(claim, pathlib.Path(folder) / "claims.toml", level=0.95).read_text()
    >>> [line for line in text.splitlines() if line.startswith(("id =", "region", "level"))]
    ['level = 0.95', 'id = "most-satisfied"', 'region = "above(50)"']
    """
    found = need_claims("declare", claims)
    if not found:
        raise ArgumentError("declare: no claim is given, so there is nothing to declare.")
    one_of("declare(adjust=)", adjust, ADJUST)
    if level is not None:
        need_level("declare", level)
    target = _path("declare(path=)", path)
    given = {"level": None if level is None else float(level), "adjust": adjust}
    contents = {
        "format": FORMAT,
        **{name: value for name, value in given.items() if value is not None},
        "claim": [record(claim, {}) for claim in found],
    }
    _write(target, path, _toml(contents))
    return target


@dataclass(frozen=True)
class Declaration:
    """What a file declares, by the id of each claim, and how the claims were to be checked."""

    records: Mapping[str, Mapping[str, Any]]
    level: float | None = None
    adjust: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the claims declared, in the order of the file."""
        return tuple(self.records)

    def compare(self, claim: Claim | AllOf, params: Mapping[str, Any]) -> str:
        """Return "declared", "changed: ..." with what was changed, or "not declared".

        "declared" is followed by the names of values that could not be recorded, if there are any.
        """
        declared = self.records.get(claim.id)
        if declared is None:
            return "not declared"
        now = record(claim, params)
        changed = [name for name in FIELDS if declared.get(name) != now.get(name)]
        if changed:
            shown = [
                f"region was {declared['region']}" if name == "region" and "region" in declared else name
                for name in changed
            ]
            return f"changed: {', '.join(shown)}"
        names = [repr(name) for name in dict.fromkeys(_unrecorded(now))]
        if not names:
            return "declared"
        several = len(names) > 1
        return f"declared (the value{'s' * several} of {' and '.join(names)} {'are' if several else 'is'} not recorded)"

    def unchecked(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of declared claims that are not among these, in the order of the file."""
        checked = frozenset(ids)
        return tuple(id for id in self.records if id not in checked)

    def conditions(self, level: float, adjust: str | None) -> str:
        """Return in words where a check is done otherwise than was declared, or an empty text."""
        said = []
        if self.level is not None and self.level != level:
            said.append(f"level {self.level:.12g} was declared, {level:.12g} is used")
        if self.adjust is not None and self.adjust != adjust:
            said.append(f"adjust={self.adjust!r} was declared, {adjust!r} is used")
        return "; ".join(said)


def read_declaration(path: str | Path) -> Declaration:
    """Return what a file declares; raise `DeclarationError` if it was edited or is none."""
    target = _path("check(declared=)", path)
    place = f"check(declared=): {str(path)!r}"
    try:
        found = tomllib.loads(target.read_text(encoding="utf-8"))
    except OSError as error:
        raise DeclarationError(f"{place} cannot be read ({error.strerror}). declare() writes one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{place} is not a file that declare() wrote ({error}).") from error
    records = found.get("claim")
    if not isinstance(records, list) or not all(isinstance(r, dict) and "id" in r for r in records):
        raise DeclarationError(f"{place} is not a file that declare() wrote: it names no claims.")
    if "format" not in found and found.get("digest") == _digest(records):
        raise DeclarationError(
            f"{place} was written by an earlier cxstats (format 1), which did not record all that a measure uses. Check with "
            "that version, or declare the claims anew and say when."
        )
    if found.get("digest") != _digest({name: value for name, value in found.items() if name != "digest"}):
        raise DeclarationError(
            f"{place} was edited after it was written: its digest does not fit. Restore the file, or declare the claims anew "
            "and say when."
        )
    if found.get("format") != FORMAT:
        raise DeclarationError(
            f"{place} has the format {found.get('format')!r}, and this cxstats reads {FORMAT}. Use the cxstats that wrote it."
        )
    return Declaration({record["id"]: record for record in records}, found.get("level"), found.get("adjust"))


def need_level(place: str, level: Any) -> None:
    """Raise `ArgumentError` for what is no level."""
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise ArgumentError(f"{place}(level={level!r}): a level lies between 0 and 1, such as 0.95.")


def record(claim: Claim | AllOf, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is declared of a claim: texts and lists of such; of its premise and its parts the same."""
    given = {} if claim.given is None else {"given": record(claim.given, params)}
    if isinstance(claim, AllOf):
        parts = [record(part, params) for part in claim.parts]
        return {"id": claim.id, "says": claim.says, "source": claim.source, **given, "parts": parts}
    measure = written(claim.measure)
    values = {name: written(value, name) for name, value in sorted(claim.with_params(params).items())}
    unrecorded = {name for found in (measure, *values.values()) for name in found.unrecorded}
    return {
        "id": claim.id,
        "says": claim.says,
        "source": claim.source,
        "what": claim.what,
        "why": claim.why,
        "identified": str(claim.identified),
        "data": list(claim.sets),
        "needs": [f"{name}: {column}" for name, columns in claim.columns.items() for column in columns],
        "params": [f"{name} = {found.text}" for name, found in values.items()],
        "region": repr(claim.region_for(params)),
        "measure": measure.text,
        **({"unrecorded": sorted(unrecorded)} if unrecorded else {}),
        **given,
    }


def _unrecorded(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of values that are not recorded of a claim, of its premise and of its parts."""
    yield from found.get("unrecorded", ())
    for inner in (*([found["given"]] if "given" in found else ()), *found.get("parts", ())):
        yield from _unrecorded(inner)


def _path(place: str, path: Any) -> Path:
    if not isinstance(path, str | os.PathLike) or not str(path):
        raise ArgumentError(
            f"{place}: the file of a declaration is named by a path such as 'claims.toml', not by {path!r}."
        )
    return Path(path)


def _write(target: Path, path: object, text: str) -> None:
    """Write a file that is not there yet, or says the same."""
    place = f"declare: {str(path)!r}"
    if not target.parent.is_dir():
        raise DeclarationError(f"{place}: there is no folder {str(target.parent)!r}. Make it first, or name another.")
    try:
        if target.exists() and target.read_bytes().replace(b"\r\n", b"\n") != text.encode():
            raise DeclarationError(
                f"{place} is there and declares something else. Write to another file, or delete it."
            )
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DeclarationError(f"{place} cannot be written ({error.strerror}). Name another file.") from error


def _digest(contents: Any) -> str:
    """Return the SHA-256 of what a file holds."""
    return hashlib.sha256(json.dumps(contents, sort_keys=True, default=str).encode()).hexdigest()


def _toml(contents: Mapping[str, Any]) -> str:
    """Return the file; JSON texts, numbers and lists of texts are TOML."""
    first = [f"{name} = {_value(value)}\n" for name, value in contents.items() if name != "claim"]
    tables = [_table("[[claim]]", found, "claim") for found in contents["claim"]]
    return "".join([HEAD, *first, f'digest = "{_digest(contents)}"\n', *tables])


def _table(heading: str, found: Mapping[str, Any], path: str) -> str:
    """Return a record as a table, what it holds as tables below it."""
    lines, below = [f"\n{heading}\n"], []
    for name, value in found.items():
        inner = f"{path}.{name}"
        if isinstance(value, Mapping):
            below.append(_table(f"[{inner}]", value, inner))
        elif value and isinstance(value[0], Mapping):
            below += [_table(f"[[{inner}]]", part, inner) for part in value]
        else:
            lines.append(f"{name} = {_value(value)}\n")
    return "".join([*lines, *below])


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML has its texts
