"""The metrics of the whole chain."""

import re

from prometheus_client import CollectorRegistry

from gateway.metrics import Metrics

BOUNDED = {"link", "lane", "account", "state", "kind", "result", "le"}


def test_two_sets_do_not_share_a_registry() -> None:
    one, other = Metrics(), Metrics()
    one.accepted.labels("normal").inc()
    assert b'kind="normal"' in one.exposition()[0]
    assert b'kind="normal"' not in other.exposition()[0]


def test_names_have_the_prefix_and_base_units() -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    for family in registry.collect():
        assert family.name.startswith("seventy_")
        assert not re.search(r"_(ms|minutes|bytes|kb|mb)$", family.name)
        assert family.documentation


def test_labels_are_bounded() -> None:
    metrics = Metrics()
    labels = {
        label
        for metric in vars(metrics).values()
        for label in getattr(metric, "_labelnames", ())
    }
    assert labels <= BOUNDED
