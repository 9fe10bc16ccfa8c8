"""Every metric of the whole chain, on an injected registry, and its exposition.

Labels are bounded: link, lane, account, state, kind, result; never a number or an
identity. The only importer of prometheus_client. Base units: seconds, octets.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

M = TypeVar("M", Counter, Gauge, Histogram)

_FAST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SLOW_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0)
_ANSWER_S = (0.005, 0.01, 0.025, 0.05, *_SLOW_S)  # carriers and modems
_LONG_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class _Family:
    """Makes metrics with one prefix on one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def counter(self, name: str, text: str, *labels: str) -> Counter:
        metric = Counter(f"seventy_{name}", text, labels, registry=self._registry)
        return _remembering(metric)

    def gauge(self, name: str, text: str, *labels: str) -> Gauge:
        # Not remembered: gauges of what is gone are removed.
        return Gauge(f"seventy_{name}", text, labels, registry=self._registry)

    def histogram(
        self, name: str, text: str, *labels: str, buckets: tuple[float, ...]
    ) -> Histogram:
        metric = Histogram(
            f"seventy_{name}", text, labels, buckets=buckets, registry=self._registry
        )
        return _remembering(metric)


def _remembering(metric: M) -> M:
    """The library looks a labelled child up under a lock, each time."""
    metric.labels = cache(metric.labels)  # type: ignore[method-assign]  # on purpose
    return metric


class Metrics:
    """One attribute a metric; made once by the composition root."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._lookers: list[Callable[[], None]] = []
        family = _Family(self.registry)
        self._make_way_in(family)
        self._make_way_out(family)
        self._make_links(family)
        self._make_store(family)
        self._make_faces(family)

    def _make_way_in(self, family: _Family) -> None:
        self.inbound = family.counter(
            "inbound_items_total",
            "What links handed in, by kind and what became of it",
            "link",
            "kind",
            "result",
        )
        self.intake_seconds = family.histogram(
            "intake_seconds",
            "From being handed in until on disk; once for what came together",
            "kind",
            buckets=_FAST_S,
        )
        self.surfaced = family.counter(
            "messages_surfaced_total", "Messages shown with a gap after the time limit"
        )

    def _make_way_out(self, family: _Family) -> None:
        self.accepted = family.counter(
            "messages_accepted_total", "Messages taken from callers", "kind"
        )
        self.refused = family.counter(
            "messages_refused_total", "Requests to send that were refused", "result"
        )
        self.submit_seconds = family.histogram(
            "accept_seconds", "From a request until on disk", buckets=_FAST_S
        )
        self.attempts = family.counter(
            "attempts_total", "Tries to send a segment", "link", "result"
        )
        self.attempt_seconds = family.histogram(
            "attempt_seconds",
            "From handing a segment to a link until its answer",
            "link",
            buckets=_ANSWER_S,
        )
        self.lane_gap_seconds = family.histogram(
            "lane_gap_seconds",
            "Our share: from a result until the next segment was handed over",
            "link",
            buckets=_FAST_S,
        )
        self.queue_seconds = family.histogram(
            "queue_seconds",
            "From acceptance until the first try",
            "lane",
            buckets=_LONG_S,
        )
        self.backlog = family.gauge(
            "backlog_messages", "Messages that wait", "lane", "state"
        )
        self.backlog_age_seconds = family.gauge(
            "backlog_oldest_seconds", "Age of the oldest that waits", "lane", "state"
        )

    def _make_links(self, family: _Family) -> None:
        self.link_state = family.gauge(
            "link_state", "1 for the state a link is in", "link", "state"
        )
        self.link_signal_dbm = family.gauge(
            "link_signal_dbm", "Received signal strength", "link"
        )
        self.link_recoveries = family.gauge(
            "link_recoveries", "Times the link was brought back by itself", "link"
        )
        self.link_storage_used = family.gauge(
            "link_storage_used_ratio", "Message memory in use, 0 to 1", "link"
        )
        self.link_degraded = family.gauge(
            "link_degraded", "1 while a link is up but routed around", "link"
        )
        self.link_window = family.gauge(
            "link_window", "Requests that may wait for an answer", "link"
        )
        self.link_in_flight = family.gauge(
            "link_in_flight", "Requests that wait for an answer", "link"
        )
        self.link_rate_per_s = family.gauge(
            "link_rate_per_s",
            "Segments a second that are allowed now, configured or learned",
            "link",
        )
        self.link_cost = family.counter(
            "link_cost_thousandths_total",
            "Cost of the accepted segments, in thousandths of the currency",
            "link",
        )
        self.link_pauses = family.counter(
            "link_pauses_total", "Times a lane left its link in peace", "link"
        )
        self.commands = family.counter(
            "modem_commands_total", "AT commands", "link", "kind", "result"
        )
        self.command_seconds = family.histogram(
            "modem_command_seconds",
            "Time to the final result",
            "link",
            "kind",
            buckets=_SLOW_S,
        )
        self.notifications = family.counter(
            "link_notifications_total", "What a link said by itself", "link", "kind"
        )
        self.refusals = family.counter(
            "smpp_refusals_total", "Requests answered with an error", "link", "result"
        )
        self.flaws = family.counter(
            "smpp_flaws_total", "PDUs of the peer that were wrong", "link", "kind"
        )
        self.unlisted_codes = family.counter(
            "carrier_codes_unlisted_total", "Carrier codes in no table of ours", "link"
        )

    def _make_store(self, family: _Family) -> None:
        self.commit_seconds = family.histogram(
            "store_commit_seconds", "Time of a group commit", buckets=_FAST_S
        )
        self.commit_writes = family.histogram(
            "store_commit_writes", "Writes that shared a commit", buckets=_SIZES
        )
        self.write_queue = family.gauge("store_write_queue", "Writes that wait")
        self.write_errors = family.counter(
            "store_errors_total", "Writes that failed", "kind"
        )
        self.wal_octets = family.gauge("store_wal_octets", "Size of the log file")
        self.database_octets = family.gauge(
            "store_database_octets", "Size of the database file"
        )
        self.free_octets = family.gauge("store_free_octets", "Free space on its disk")
        self.purged = family.counter("store_purged_rows_total", "Rows past their time")
        self.events = family.counter("events_total", "Committed facts by type", "kind")
        self.event_seq = family.gauge("event_seq", "Last sequence of the event log")

    def _make_faces(self, family: _Family) -> None:
        self.requests = family.counter(
            "http_requests_total",
            "Requests by route and status class",
            "kind",
            "result",
        )
        self.request_seconds = family.histogram(
            "http_request_seconds", "Time to answer", "kind", buckets=_FAST_S
        )
        self.logins = family.counter(
            "logins_total", "Tries of agents to log in, by how that ended", "result"
        )
        self.deliveries = family.counter(
            "webhook_deliveries_total", "Tries to deliver an event", "result"
        )
        self.delivery_seconds = family.histogram(
            "webhook_delivery_seconds", "Time a listener took", buckets=_SLOW_S
        )
        self.deliveries_pending = family.gauge(
            "webhook_deliveries_pending", "Deliveries that are owed"
        )
        self.notices = family.counter(
            "application_notices_total",
            "Receipts and messages told to applications, by how that ended",
            "kind",
            "result",
        )
        self.notices_waiting = family.gauge(
            "application_notices_waiting", "Receipts and messages owed to applications"
        )
        self.application_binds = family.gauge(
            "application_binds", "Connections an account is bound on", "account"
        )
        self.application_requests = family.counter(
            "application_requests_total",
            "What applications asked over SMPP, by the status they got",
            "account",
            "result",
        )
        self.application_binds_refused = family.counter(
            "application_binds_refused_total", "Binds and connections refused", "result"
        )
        self.application_flaws = family.counter(
            "application_flaws_total", "PDUs of applications that were wrong", "kind"
        )
        self.restarts = family.counter(
            "service_restarts_total", "Services that fell and were started anew", "kind"
        )
        self.build = family.gauge(
            "build_info", "1, with the version as result", "result"
        )

    def before_exposition(self, look: Callable[[], None]) -> None:
        """`look` sets gauges that are of no use but to be scraped."""
        self._lookers.append(look)

    def exposition(self) -> tuple[bytes, str]:
        """The text to be scraped and its content type."""
        for look in self._lookers:
            look()
        return generate_latest(self.registry), CONTENT_TYPE_LATEST
