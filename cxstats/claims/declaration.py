"""Claims declared beforehand: a plain file of ids, words, measures and regions, with a digest, and what became of them since.

The file is TOML and deterministic: equal claims give equal bytes. Its digest tells whether it was edited afterwards.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxstats.claims.claim import AllOf, Claim, need_claims
from cxstats.claims.code import written
from cxstats.errors import ArgumentError, DeclarationError

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


def declare(claims: Claim | AllOf | Sequence[Claim | AllOf], path: str | Path) -> Path:
    """Write claims into a file before the data are seen, so that `check` can say which were declared.

    Parameters
    ----------
    claims : Claim or sequence of Claim
        What is to be tested.
    path : path
        The file to write. One that is there is not overwritten, unless it says the same.

    Returns
    -------
    pathlib.Path
        The file: TOML with the id, words, source, measure (its code), region, parameters, premise and parts of each claim,
        and a digest of all.

    Raises
    ------
    ArgumentError
        If two claims have one id, or something is not a claim.
    DeclarationError
        If the file is there and declares something else.

    Notes
    -----
    The digest shows that a file was changed, not when it was written: commit it, or send it to somebody, beforehand.

    References
    ----------
    Nosek, B. A., Ebersole, C. R., DeHaven, A. C. and Mellor, D. T. (2018). The preregistration revolution. *PNAS* 115.

    Examples
    --------
    >>> import pathlib, tempfile, cxstats as cx
    >>> claim = cx.Claim("most-satisfied", says="most customers are satisfied", region=cx.above(50),
    ...                  measure=lambda survey: cx.measure(survey, cx.csat("overall")))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = cx.declare(claim, pathlib.Path(folder) / "claims.toml").read_text()
    >>> [line for line in text.splitlines() if line.startswith(("id =", "region"))]
    ['id = "most-satisfied"', 'region = "above(50)"']
    """
    found = need_claims("declare", claims)
    if not found:
        raise ArgumentError("declare: no claim is given, so there is nothing to declare.")
    records = [record(claim, {}) for claim in found]
    text = _toml(records)
    target = Path(path)
    if target.exists() and target.read_text(encoding="utf-8") != text:
        raise DeclarationError(
            f"declare: {target.name} is there and declares something else. Write to another file, or delete it."
        )
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


@dataclass(frozen=True)
class Declaration:
    """What a file declares, by the id of each claim."""

    records: Mapping[str, Mapping[str, Any]]

    def compare(self, claim: Claim | AllOf, params: Mapping[str, Any]) -> str:
        """Return "declared", "changed: ..." with what was changed, or "not declared"."""
        declared = self.records.get(claim.id)
        if declared is None:
            return "not declared"
        now = record(claim, params)
        changed = [name for name in FIELDS if declared.get(name) != now.get(name)]
        if not changed:
            return "declared"
        shown = [
            f"region was {declared['region']}" if name == "region" and "region" in declared else name
            for name in changed
        ]
        return f"changed: {', '.join(shown)}"


def read_declaration(path: str | Path) -> Declaration:
    """Return what a file declares; raise `DeclarationError` if it was edited or is none."""
    target = Path(path)
    try:
        found = tomllib.loads(target.read_text(encoding="utf-8"))
    except OSError as error:
        raise DeclarationError(
            f"check(declared=): {target.name} cannot be read ({error.strerror}). declare() writes one."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(
            f"check(declared=): {target.name} is not a file that declare() wrote ({error})."
        ) from error
    records = found.get("claim")
    if not isinstance(records, list) or not all(isinstance(r, dict) and "id" in r for r in records):
        raise DeclarationError(
            f"check(declared=): {target.name} is not a file that declare() wrote: it names no claims."
        )
    if found.get("digest") != digest(records):
        raise DeclarationError(
            f"check(declared=): {target.name} was edited after it was written: its digest does not fit. Restore the file, or "
            "declare the claims anew and say when."
        )
    return Declaration({record["id"]: record for record in records})


def record(claim: Claim | AllOf, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is declared of a claim: texts and lists of such; of its premise and its parts the same."""
    given = {} if claim.given is None else {"given": record(claim.given, params)}
    if isinstance(claim, AllOf):
        parts = [record(part, params) for part in claim.parts]
        return {"id": claim.id, "says": claim.says, "source": claim.source, **given, "parts": parts}
    return {
        "id": claim.id,
        "says": claim.says,
        "source": claim.source,
        "what": claim.what,
        "why": claim.why,
        "identified": str(claim.identified),
        "data": list(claim.sets),
        "needs": [f"{name}: {column}" for name, columns in claim.columns.items() for column in columns],
        "params": [f"{name} = {value!r}" for name, value in sorted(claim.with_params(params).items())],
        "region": repr(claim.region_for(params)),
        "measure": written(claim.measure),
        **given,
    }


def digest(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of the records."""
    return hashlib.sha256(json.dumps(list(records), sort_keys=True, default=str).encode()).hexdigest()


def _toml(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the file; JSON texts and lists of texts are TOML."""
    return "".join(
        [HEAD, f'digest = "{digest(records)}"\n', *(_table("[[claim]]", found, "claim") for found in records)]
    )


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
            written_out = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML has its texts
            lines.append(f"{name} = {written_out}\n")
    return "".join([*lines, *below])
