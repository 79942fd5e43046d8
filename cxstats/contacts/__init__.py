"""Contact logs: first-contact resolution done right, forced effort, and what the log says beside the survey."""

from cxstats.contacts.curve import resolution_curve
from cxstats.contacts.log import ContactLog

__all__ = ["ContactLog", "resolution_curve"]
