"""From a configuration to a folder: tables, charts, one page. Everything is made before anything is replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cxstats.report.config import Config
from cxstats.report.folder import need_ours, replacing
from cxstats.report.measures import Measured, measured
from cxstats.report.page import write_page
from cxstats.report.pictures import Picture, draw_pictures
from cxstats.report.places import metric_place, placed
from cxstats.report.source import NothingToReport, Source, read_source
from cxstats.report.tables import write_tables
from cxstats.report.words import slug


@dataclass(frozen=True)
class Built:
    """What was written where."""

    folder: Path
    tables: int
    charts: int
    rows: int
    periods: int
    synthetic: bool


def build_report(config: Config, out: str | Path = "report", *, progress: Callable[[str], None] | None = None) -> Built:
    """Measure what a configuration asks for and write the report.

    Parameters
    ----------
    config : Config
        As `read_config` returns it.
    out : str or pathlib.Path
        The folder to write: ``report.html``, ``tables/*.csv``, ``charts/*.png`` and ``*.svg``, ``manifest.json``. A former
        report there is replaced, any other folder that is not empty is refused.
    progress : callable, optional
        Called with a few words before each step.

    Returns
    -------
    Built
        Counts of what was written.

    Raises
    ------
    ConfigError, ArgumentError
        The configuration does not fit the data, or the folder is not a former report.
    DataError, DesignError, FetchError
        The data cannot be had, or contradicts what the configuration says of it.
    NothingToReport
        There are no rows, no periods or no answers.

    Notes
    -----
    The folder is put in place at once: a run that fails leaves the former report as it was. Two runs on the same data
    give the same bytes.

    Examples
    --------
    .. code-block:: python

        from cxstats.report import build_report, read_config

        build_report(read_config("examples/sfo.toml"), "report")
    """
    tell = progress or (lambda step: None)
    need_ours(Path(out))
    tell("reading the data")
    source = read_source(config)
    found = []
    for i, metric in enumerate(config.metrics, start=1):
        tell(f"measuring {i} of {len(config.metrics)}: {metric.name}")
        with placed(config, metric_place(config, i)):
            found.append(measured(source, config, metric))
    if not any(m.answers for m in found):
        raise NothingToReport(f"{source.name}: nobody answered any of the questions, so there is nothing to report.")
    with replacing(Path(out)) as folder:
        tables = write_tables(folder / "tables", source, config, found)
        pictures = _draw(folder / "charts", source, config, found, tell)
        tell("writing the page")
        write_page(folder / "report.html", source, config, found, pictures)
    charts = sum(map(len, pictures.values()))
    return Built(Path(out), len(tables), charts, found[0].rows, len(found[0].periods), source.synthetic)


def _draw(
    folder: Path, source: Source, config: Config, found: list[Measured], tell: Callable[[str], None]
) -> dict[str, dict[tuple[str, str], Picture]]:
    folder.mkdir()
    pictures: dict[str, dict[tuple[str, str], Picture]] = {}
    stems: list[str] = []
    for i, m in enumerate(found, start=1):
        tell(f"drawing {i} of {len(found)}: {m.metric.name}")
        stems.append(slug(m.metric.name, stems))
        pictures[m.metric.name] = draw_pictures(folder, source, config, m, f"{i:02d}-{stems[-1]}", f"m{i}")
    return pictures
