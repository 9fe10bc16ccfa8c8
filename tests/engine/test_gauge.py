"""What is known of links, as gauges."""

from dataclasses import replace

from gateway.core.ids import LinkId
from gateway.core.link import LinkState, LinkStatus
from gateway.engine.gauge import DEGRADED, show_links
from gateway.metrics import Metrics
from tests.support.clock import START

KNOWN = LinkStatus(
    link=LinkId("sim1"),
    kind="modem",
    state=LinkState.UP,
    since=START,
    signal_dbm=-71,
    storage_used=5,
    storage_total=20,
    window=10,
    in_flight=3,
    rate_per_s=2.5,
    recoveries=4,
)


def shown(*statuses: LinkStatus) -> set[str]:
    """The lines of the link gauges after each status in turn."""
    metrics = Metrics()
    for status in statuses:
        show_links(metrics, [status])
    text, _ = metrics.exposition()
    lines = text.decode().splitlines()
    return {line.replace("seventy_link_", "") for line in lines if "sim1" in line}


def test_what_is_known_is_shown() -> None:
    assert {
        'state{link="sim1",state="up"} 1.0',
        'state{link="sim1",state="down"} 0.0',
        'degraded{link="sim1"} 0.0',
        'recoveries{link="sim1"} 4.0',
        'signal_dbm{link="sim1"} -71.0',
        'storage_used_ratio{link="sim1"} 0.25',
        'window{link="sim1"} 10.0',
        'in_flight{link="sim1"} 3.0',
        'rate_per_s{link="sim1"} 2.5',
    } <= shown(KNOWN)


def test_what_is_known_no_more_is_shown_no_more() -> None:
    names = {
        line.partition("{")[0]
        for line in shown(KNOWN, replace(KNOWN, rate_per_s=None, signal_dbm=None))
    }
    assert names == {
        *("state", "degraded", "recoveries", "storage_used_ratio"),
        *("window", "in_flight"),
    }


def test_what_is_known_again_is_shown_again() -> None:
    unknown = replace(KNOWN, signal_dbm=None)
    assert 'signal_dbm{link="sim1"} -71.0' in shown(KNOWN, unknown, KNOWN)


def test_a_degraded_link_is_counted_beside_its_state() -> None:
    lines = shown(replace(KNOWN, reason=DEGRADED))
    assert {'state{link="sim1",state="up"} 1.0', 'degraded{link="sim1"} 1.0'} <= lines
