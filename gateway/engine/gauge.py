"""What is known of links as gauges; set when somebody reads them, not as it changes."""

from collections.abc import Sequence
from typing import Final

from gateway.core.link import LinkState, LinkStatus
from gateway.metrics import Metrics

DEGRADED: Final = "degraded"  # the reason of a link that is up and routed around


def show_links(metrics: Metrics, statuses: Sequence[LinkStatus]) -> None:
    """Set the gauges of all links; what is not known of one has no value."""
    for status in statuses:
        link = status.link
        for state in LinkState:
            metrics.link_state.labels(link, state.value).set(state is status.state)
        metrics.link_degraded.labels(link).set(status.reason == DEGRADED)
        metrics.link_recoveries.labels(link).set(status.recoveries)
        for gauge, figure in (
            (metrics.link_signal_dbm, status.signal_dbm),
            (metrics.link_storage_used, _share(status)),
            (metrics.link_window, status.window),
            (metrics.link_in_flight, status.in_flight),
            (metrics.link_rate_per_s, status.rate_per_s),
        ):
            if figure is None:
                gauge.remove(link)
            else:
                gauge.labels(link).set(figure)


def _share(status: LinkStatus) -> float | None:
    if status.storage_used is None or not status.storage_total:
        return None
    return status.storage_used / status.storage_total
