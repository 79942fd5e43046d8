"""The command line: `cxstats report [CONFIG.toml] [--out DIR]`.

Exit codes: 0 done, 2 usage or configuration, 3 bad data, 4 nothing to report.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from cxstats.errors import ArgumentError, ConfigError, CxError

if TYPE_CHECKING:
    from cxstats.report import Built
from cxstats.planning.command import sample_size_command

USAGE, BAD_DATA, NOTHING = 2, 3, 4


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cxstats", prog_name="cxstats")
def main() -> None:
    """Statistics of customer service: the number, its honest interval, and whether the claim holds."""


main.add_command(sample_size_command)


@main.command()
@click.argument("config", required=False, type=click.Path())
@click.option(
    "--out",
    default="report",
    show_default=True,
    metavar="DIR",
    help="Folder to write; a former report there is replaced.",
)
@click.option("--dry-run", is_flag=True, help="Check CONFIG and its data, say what would be written, write nothing.")
@click.option("--init", is_flag=True, help="Write an example to CONFIG (report.toml unless said); it replaces nothing.")
def report(config: str | None, out: str, dry_run: bool, init: bool) -> None:
    """Write tables, charts, a workbook and one page, as CONFIG (a TOML file) says.

    Without CONFIG it reports the embedded sample survey, which is synthetic.

    \b
    The tables of CONFIG and their keys:
      (top)        title, level, min_n, numbers
      [data]       file with sheet, decimal, thousands, encoding,
                   missing, strip;
                   or source with years
      [design]     weight, strata, psu, fpc, lone_psu, nest
      [period]     column, every, date_format, fiscal_start, incomplete
      [groups]     by
      [compare]    previous, year_earlier, first, trend, adjust
      [[metrics]]  kind, name, target, better, and the arguments of the kind
                   (csat: column, scale, top)

    --init writes a CONFIG that works, with every key explained; examples/own_file.toml is one for a csv of your own.

    Exit codes: 0 done, 2 usage or configuration, 3 bad data, 4 nothing to report.
    """  # noqa: D301 - click wants the character itself
    from cxstats.report import SAMPLE, NothingToReport, build_report, read_config, write_example

    tell = _progress()
    if init and dry_run:
        _fail("--init writes an example and --dry-run writes nothing. Give one of the two.", USAGE)
    try:
        if init:
            path = write_example(Path(config or "report.toml"))
            click.echo(
                f"Wrote {path}: the sample survey's report. Put your data in, then: cxstats report {path} --dry-run"
            )
            return
        built = build_report(read_config(config or SAMPLE), out, progress=tell, dry_run=dry_run)
    except NothingToReport as error:
        _fail(error, NOTHING)
    except (ConfigError, ArgumentError) as error:
        _fail(error, USAGE)
    except CxError as error:
        _fail(error, BAD_DATA)
    except OSError as error:
        _fail(f"cannot write {error.filename or out}: {error.strerror or error}.", USAGE)
    else:
        tell("")
        click.echo(_would_write(built) if dry_run else _wrote(built))
        for remark in built.remarks:
            click.echo(f"cxstats: caution: {remark}.", err=True)


def _wrote(built: Built) -> str:
    parts = f"report.xlsx, {built.tables} tables and {built.charts} charts"
    return f"Wrote {built.folder / 'report.html'}, {parts}: {_data(built)}."


def _would_write(built: Built) -> str:
    n = len(built.remarks)
    order = f"can be read, with {n} caution{'s'[: n != 1]} (see below)" if n else "are in order"
    head = f"Configuration and data {order}: {_data(built)}. Nothing was written; this would be in {built.folder}:"
    return "\n".join([head, *built.outlook])


def _data(built: Built) -> str:
    from cxstats.report.words import count

    said = f"{count(built.rows, 'row')}, {count(built.periods, 'period')}"
    said += f" of {built.synthetic}" if built.synthetic else ""
    return f"{said}; {built.incomplete}" if built.incomplete else said


def _progress() -> Callable[[str], None]:
    """Return what shows the step at work: one line that is written over, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda step: None
    return lambda step: click.echo(f"\r\033[K{step}", err=True, nl=False)


def _fail(error: object, code: int) -> NoReturn:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    click.echo(f"cxstats: {error}", err=True)
    sys.exit(code)
