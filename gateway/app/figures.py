"""The store's figures of a moment, as metrics."""

from gateway.metrics import Metrics
from gateway.store.engine import EngineStatus


def show_store(metrics: Metrics, status: EngineStatus, last_seq: int) -> None:
    """Sets the gauges."""
    metrics.write_queue.set(status.waiting)
    metrics.wal_octets.set(status.log_octets)
    metrics.free_octets.set(status.free_octets)
    metrics.event_seq.set(last_seq)
