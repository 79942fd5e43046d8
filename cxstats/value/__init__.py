"""Value: what a step in service is worth, and what comes back of what it costs."""

from cxstats.value.result import ServiceValue
from cxstats.value.service import service_value

__all__ = ["ServiceValue", "service_value"]
