"""The command line: `cxstats report [CONFIG.toml] [--out DIR]`.

Exit codes: 0 done, 2 usage or configuration, 3 bad data, 4 nothing to report.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from cxstats.errors import ArgumentError, ConfigError, CxError

USAGE, BAD_DATA, NOTHING = 2, 3, 4


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cxstats", prog_name="cxstats")
def main() -> None:
    """Statistics of customer service: the number, its honest interval, and whether the claim holds."""


@main.command()
@click.argument("config", required=False, type=click.Path())
@click.option(
    "--out",
    default="report",
    show_default=True,
    metavar="DIR",
    help="Folder to write; a former report there is replaced.",
)
def report(config: str | None, out: str) -> None:
    r"""Write tables, charts and one page, as CONFIG (a TOML file) says.

    Without CONFIG it reports the embedded sample survey, which is synthetic.

    \b
    The tables of CONFIG and their keys:
      (top)        title, level, min_n
      [data]       file with sheet, decimal, missing, strip;
                   or source with years
      [design]     weight, strata, psu, fpc, lone_psu, nest
      [period]     column, every
      [groups]     by
      [[metrics]]  kind, name, target, and the arguments of the kind
                   (csat: column, scale, top)

    examples/own_file.toml is a configuration for a csv of your own, with every key explained.

    Exit codes: 0 done, 2 usage or configuration, 3 bad data, 4 nothing to report.
    """
    from cxstats.report import SAMPLE, NothingToReport, build_report, read_config
    from cxstats.report.words import count

    tell = _progress()
    try:
        built = build_report(read_config(config or SAMPLE), out, progress=tell)
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
        data = f"{count(built.rows, 'row')}, {count(built.periods, 'period')}"
        data += " of synthetic sample data" if built.synthetic else ""
        click.echo(f"Wrote {built.folder / 'report.html'}, {built.tables} tables and {built.charts} charts: {data}.")


def _progress() -> Callable[[str], None]:
    """Return what shows the step at work: one line that is written over, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda step: None
    return lambda step: click.echo(f"\r\033[K{step}", err=True, nl=False)


def _fail(error: object, code: int) -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    click.echo(f"cxstats: {error}", err=True)
    sys.exit(code)
