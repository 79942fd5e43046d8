"""Value: what a step in service is worth, and what comes back of what it costs."""

from cxstats.value.result import ServiceValue
from cxstats.value.returned import ReturnOnService
from cxstats.value.roi import roi
from cxstats.value.service import service_value

__all__ = ["ReturnOnService", "ServiceValue", "roi", "service_value"]
