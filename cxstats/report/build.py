"""From a configuration to a folder: tables, charts, a workbook, one page. All is made before anything is replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cxstats.inference.request import place_of
from cxstats.report.about import workbook_facts
from cxstats.report.config import Config
from cxstats.report.folder import MANIFEST, need_ours, replacing
from cxstats.report.measures import Measured, in_one_family, measured, said_once
from cxstats.report.outlook import outlook
from cxstats.report.page import write_page
from cxstats.report.pictures import Picture, draw_pictures, planned
from cxstats.report.places import metric_place, placed
from cxstats.report.provenance import provenance
from cxstats.report.sidebyside import side_by_side
from cxstats.report.source import NothingToReport, Source, read_source
from cxstats.report.tables import escaped, tables_of, write_tables
from cxstats.report.words import shown, slug
from cxstats.report.workbook import write_workbook

PAGE, WORKBOOK = "report.html", "report.xlsx"


@dataclass(frozen=True)
class Built:
    """What was written where, or would be: `files` by their names within the folder, `outlook` in lines to be read.

    `remarks` say what looks like a slip.
    """

    folder: Path
    files: tuple[str, ...]
    tables: int
    charts: int
    rows: int
    periods: int
    synthetic: str
    incomplete: str
    outlook: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def build_report(
    config: Config,
    out: str | Path = "report",
    *,
    progress: Callable[[str], None] | None = None,
    dry_run: bool = False,
) -> Built:
    """Measure what a configuration asks for and write the report.

    Parameters
    ----------
    config : Config
        As `read_config` returns it.
    out : str or pathlib.Path
        The folder to write: ``report.html``, ``report.xlsx``, ``tables/*.csv``, ``charts/*.png`` and ``*.svg``,
        ``manifest.json``. A former report there is replaced, any other folder that is not empty is refused.
    progress : callable, optional
        Called with a few words before each step.
    dry_run : bool
        Whether to read, check and measure only, and write nothing.

    Returns
    -------
    Built
        What was written, or would be.

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
        with placed(
            config, metric_place(config, i), f"{place_of(metric.score)}: ", f"{metric.name}: ", frame=source.frame
        ):
            found.append(measured(source, config, metric))
    if not any(m.answers for m in found):
        raise NothingToReport(f"{source.name}: nobody answered any of the questions, so there is nothing to report.")
    found = said_once(in_one_family(found, config))
    tables = tables_of(source, config, found)
    built = _built(Path(out), source, config, found, list(tables))
    if dry_run:
        return built
    with replacing(Path(out), provenance(config)) as folder:
        write_tables(folder / "tables", tables)
        pictures = _draw(folder / "charts", source, config, found, tell)
        tell("comparing the groups side by side")
        beside = side_by_side(source, config, found)
        tell("writing the workbook")
        write_workbook(folder / WORKBOOK, workbook_facts(source, config, found), tables, found, beside)
        tell("writing the page")
        write_page(folder / PAGE, source, config, found, pictures, beside, escaped(tables))
    return replace(built, charts=sum(map(len, pictures.values())))


def _built(out: Path, source: Source, config: Config, found: list[Measured], tables: list[str]) -> Built:
    """Return what a report will hold, before it is written."""
    charts = [name for m, stem in _stems(found) for name in planned(config, m, stem).values()]
    drawn = [f"charts/{name}.{kind}" for name in charts for kind in ("png", "svg")]
    files = [PAGE, WORKBOOK, MANIFEST, *(f"tables/{name}.csv" for name in tables), *drawn]
    return Built(
        folder=out,
        files=tuple(files),
        tables=len(tables),
        charts=len(charts),
        rows=found[0].rows,
        periods=len(found[0].periods),
        synthetic=source.synthetic,
        incomplete="" if source.last.incomplete is None else f"{shown(source.last.incomplete)} is incomplete",
        outlook=outlook(config, found, files),
        remarks=(*source.cautions, *(remark for m in found for remark in m.remarks)),
    )


def _stems(found: list[Measured]) -> list[tuple[Measured, str]]:
    """Return each metric with what begins the names of its charts."""
    stems: list[str] = []
    for m in found:
        stems.append(slug(m.metric.name, stems))
    return [(m, f"{i:02d}-{stem}") for i, (m, stem) in enumerate(zip(found, stems, strict=True), start=1)]


def _draw(
    folder: Path, source: Source, config: Config, found: list[Measured], tell: Callable[[str], None]
) -> dict[str, dict[tuple[str, str], Picture]]:
    folder.mkdir()
    pictures: dict[str, dict[tuple[str, str], Picture]] = {}
    for i, (m, stem) in enumerate(_stems(found), start=1):
        tell(f"drawing {i} of {len(found)}: {m.metric.name}")
        pictures[m.metric.name] = draw_pictures(folder, source, config, m, stem, f"m{i}")
    return pictures
