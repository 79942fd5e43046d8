"""The command `cxstats sample-size`: the arguments of `sample_size` as options, its sentences as the answer."""

from __future__ import annotations

import sys
from typing import Any

import click

from cxstats.errors import CxError
from cxstats.planning.sample_size import OPTIONS, POWER, sample_size

USAGE = 2
NUMBERS = {
    "share": "A share as expected, in percent.",
    "sd": "Or: standard deviation of a mean, in its unit.",
    "promoters": "Or, for an NPS: promoters in percent,",
    "detractors": "and detractors in percent.",
    "half_width": "Wanted: the interval is the estimate -+ this, in the metric's unit.",
    "difference": "Or wanted: the difference that shall be found.",
    "power": f"Chance to find it.  [default: {POWER:g}]",
    "overlap": "Part of the respondents who are in both waves, 0 to 1.",
    "correlation": "Correlation of the two answers of a person.",
    "level": "Confidence level.  [default: 0.95]",
    "design_effect": "Variance over that of a simple random sample.",
    "icc": "Intraclass correlation of clusters.",
    "cluster_size": "Answers in each cluster.",
    "population": "People in the population (of each group).",
    "response_rate": "Part of the invitations that is answered, 0 to 1.",
    "groups": "Groups that shall each have the interval or power.",
}
CHOICES = {
    "against": "The difference is one between two waves, or from a fixed value.",
    "alternative": "Sides of the test.",
    "method": "Interval of a share.",
}
WHOLE = ("population", "groups")


def _options(command: Any) -> Any:
    for name, words in reversed([*NUMBERS.items(), *CHOICES.items()]):
        kind = click.Choice(OPTIONS[name]) if name in CHOICES else int if name in WHOLE else float
        command = click.option(f"--{name.replace('_', '-')}", type=kind, help=words)(command)
    return command


@click.command("sample-size")
@_options
def sample_size_command(**given: Any) -> None:
    """Say how many respondents an interval or a test needs.

    \b
    A share of about 70 % to -+3 points, a quarter of invitations answered:
      cxstats sample-size --share 70 --half-width 3 --response-rate 0.25
    A change of 5 points of it between two quarters, 20 answers a branch:
      cxstats sample-size --share 70 --difference 5 --icc 0.02 --cluster-size 20

    Exit codes: 0 done, 2 usage.
    """  # noqa: D301  (click wants the character itself: what follows it is not wrapped)
    try:
        found = sample_size(**{name: value for name, value in given.items() if value is not None})
    except CxError as error:
        click.echo(f"cxstats: {error}", err=True)
        sys.exit(USAGE)
    click.echo(str(found))
