"""Tables for people who read numbers side by side: the banner of market research."""

from __future__ import annotations

from cxstats.tables.banner import Banner, banner
from cxstats.tables.excel import write_banner

__all__ = ["Banner", "banner", "write_banner"]
