"""Contact logs: first-contact resolution done right, forced effort, and what the log says beside the survey.

A log is asked where it lies: pandas, pyarrow, polars, DuckDB and Spark give the same answers.
"""

from cxstats.contacts.curve import resolution_curve
from cxstats.contacts.effort import forced_effort
from cxstats.contacts.log import ContactLog
from cxstats.contacts.reconcile import Reconciliation, reconcile
from cxstats.contacts.switches import channel_switches

__all__ = [
    "ContactLog", "Reconciliation", "channel_switches", "forced_effort", "reconcile", "resolution_curve",
]  # fmt: skip
