"""The caller's frame behind one interface, several frames as one, and rows brought into memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw

from cxstats.errors import ArgumentError, ColumnError, CxError, need_columns
from cxstats.frames.lazy import LazyFrame
from cxstats.memory import Frame, MemoryFrame

if TYPE_CHECKING:
    import pandas as pd

ACCEPTED = "a pandas, polars (eager or lazy) or pyarrow frame, a DuckDB relation or a PySpark DataFrame"


def wrap(native: Any) -> Frame:
    """Return the frame behind one interface; raise `ArgumentError` for anything that is not a frame."""
    if isinstance(native, Frame):
        return native
    try:
        frame = nw.from_native(native)
    except TypeError as error:
        raise ArgumentError(
            f"a frame is needed, not {type(native).__name__}: pass {ACCEPTED}.{_meant(native)}"
        ) from error
    except ValueError as error:  # narwhals refuses duplicate names with its own words
        raise _duplicated(native, error) from error
    if isinstance(frame, nw.LazyFrame):
        made = LazyFrame(native, frame)
        _tell_apart(made)
        return made
    if frame.implementation.is_polars():
        return LazyFrame(native, frame.lazy(), held=True)
    if frame.implementation.is_pandas():
        return MemoryFrame(native, native)
    if frame.implementation.is_pyarrow():
        import pandas as pd
        from pyarrow.types import is_dictionary

        decoded = native
        for i, kind in enumerate(
            native.schema.types
        ):  # a dictionary is in order of appearance unless it says otherwise
            if is_dictionary(kind) and not kind.ordered:
                decoded = decoded.set_column(i, native.column_names[i], native.column(i).cast(kind.value_type))
        plain = {kind: pd.ArrowDtype(kind) for kind in decoded.schema.types if not is_dictionary(kind)}
        return MemoryFrame(native, decoded.to_pandas(types_mapper=plain.get))
    return MemoryFrame(native, frame.to_pandas())


def _meant(native: Any) -> str:
    """Return what may be meant by something that is not a frame."""
    if callable(getattr(native, "survey", None)):
        return " Of a contact log take log.survey()."
    if isinstance(native, str):
        return f" A file is read first: pandas.read_csv({native!r})."
    return " A method is called: add ()." if callable(native) and hasattr(native, "__self__") else ""


def _tell_apart(frame: LazyFrame) -> None:
    """Raise `ColumnError` for columns that Spark takes for one."""
    seen: dict[str, str] = {}
    for name in frame.columns if frame.engine == "pyspark" else []:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise ColumnError(
                f"columns {other!r} and {name!r} are one to Spark, which takes capitals for small letters. Rename one: "
                f"frame.toDF(*names) with names of your own."
            )


def _duplicated(native: Any, error: ValueError) -> CxError:
    names = list(native.column_names if hasattr(native, "column_names") else getattr(native, "columns", []))
    twice = next((n for n in names if isinstance(n, str) and names.count(n) > 1), None)
    if twice is None:
        return ArgumentError(f"the frame cannot be read: {error}")
    try:
        need_columns("frame", [twice], names)
    except CxError as duplicate:
        return duplicate
    return ArgumentError(f"the frame cannot be read: {error}")


def together(samples: Mapping[str, Frame], weights: Mapping[str, str | None] | None) -> Any:
    """Return one native frame with the rows of all samples, their columns in union, and a column `source`.

    Where `weights` are given, a column `source_weight` holds each sample's own weight (1 where it has none).
    """
    engines = {name: frame.engine for name, frame in samples.items()}
    if len(set(engines.values())) > 1:
        described = ", ".join(f"{name!r} on {engine}" for name, engine in engines.items())
        raise ArgumentError(f"concat: the samples lie on different engines ({described}). Bring them to one first.")
    memory = [frame for frame in samples.values() if isinstance(frame, MemoryFrame)]
    if memory:
        import pandas as pd

        parts = []
        for name, frame in zip(samples, memory, strict=True):
            weight = weights[name] if weights else None
            own = {"source_weight": frame.data[weight] if weight else 1.0} if weights else {}
            parts.append(frame.data.assign(source=name, **own))
        return pd.concat(parts, ignore_index=True)
    lazy = {name: frame for name, frame in samples.items() if isinstance(frame, LazyFrame)}
    types = {column: dtype for one in lazy.values() for column, dtype in one.schema.items()}
    for column, dtype in types.items():
        found = {one.schema[column] for one in lazy.values() if column in one.schema}
        if len(found) > 1 and all(one.is_numeric() for one in found):
            types[column] = nw.Int64() if all(one.is_integer() for one in found) else nw.Float64()
        else:
            types[column] = dtype
    selected = []
    for name, one in lazy.items():
        columns = [
            (one.column(c) if one.schema[c] == t else one.column(c).cast(t))
            if c in one.schema
            else nw.lit(None, dtype=t).alias(c)
            for c, t in types.items()
        ]
        columns.append(nw.lit(name).alias("source"))
        if weights:
            weight = weights[name]
            value = one.column(weight).cast(nw.Float64) if weight else nw.lit(1.0)
            columns.append(value.alias("source_weight"))
        selected.append(one.lazy.select(*columns))
    return nw.concat(selected, how="vertical").to_native()


def some(frame: Frame, most: int) -> Frame:
    """Return about so many of the rows: every so-manieth in memory, of lazy engines whichever come first."""
    if isinstance(frame, MemoryFrame):
        data = frame.data.iloc[:: max(len(frame.data) // most, 1)]
        return MemoryFrame(data, data)
    assert isinstance(frame, LazyFrame)
    rows = frame.lazy.head(most)
    return LazyFrame(rows.to_native(), rows)


def in_memory(frame: Frame, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns as a pandas frame, for models that need the rows; lazy engines read them once."""
    import pandas as pd

    names = list(dict.fromkeys(columns))
    if isinstance(frame, MemoryFrame):
        return frame.data[names].reset_index(drop=True)
    assert isinstance(frame, LazyFrame)
    found = frame.lazy.select(*map(frame.column, names)).collect()
    return pd.DataFrame({name: _as_pandas(found.get_column(name)) for name in names})


def _as_pandas(column: nw.Series[Any]) -> Any:
    """Return a column as pandas holds it: numbers with NaN as missing, enumerations in their order."""
    import pandas as pd

    if isinstance(column.dtype, nw.Enum):
        return pd.Categorical(column.to_list(), categories=list(column.dtype.categories), ordered=True)
    if column.dtype.is_numeric():
        missing = bool(column.null_count())
        return (column.cast(nw.Float64).fill_null(float("nan")) if missing else column).to_numpy()
    return pd.Series(column.to_list())
