"""Periodic reports: a configuration in, tables, charts and one page out."""

from __future__ import annotations

from cxstats.report.build import Built, build_report
from cxstats.report.config import SAMPLE, Config, read_config
from cxstats.report.example import write_example
from cxstats.report.source import NothingToReport

__all__ = ["SAMPLE", "Built", "Config", "NothingToReport", "build_report", "read_config", "write_example"]
