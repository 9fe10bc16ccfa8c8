"""Each view and listing is read from an index in its order, without sorting."""

import re

import pytest

from gateway.store.config import StoreConfig
from gateway.store.queries import statements
from gateway.store.sqlite import DIALECT, open_writer
from tests.store.test_queries import explain

# Which index drives what, and whether all that is asked for stands in it.
DRIVERS = {
    "conversations.view_owed": ("COVERING INDEX", "conversations_owed"),
    "conversations.view_answered": ("COVERING INDEX", "conversations_assignee"),
    "conversations.view_queue": ("COVERING INDEX", "conversations_queue"),
    "conversations.view_state": ("COVERING INDEX", "conversations_state"),
    "conversations.view_agent_state": ("COVERING INDEX", "conversations_assignee"),
    "conversations.view_all": ("COVERING INDEX", "conversations_recent"),
    "conversations.by_age": ("INDEX", "conversations_age"),
    "conversations.by_state": ("INDEX", "conversations_age_state"),
    "conversations.by_assignee": ("INDEX", "conversations_age_assignee"),
    "conversations.by_contact": ("INDEX", "conversations_age_contact"),
    "conversations.open_in": ("INDEX", "conversations_open"),
    "conversations.due": ("INDEX", "conversations_wake"),
    "conversations.first_step": ("INDEX", "steps_thread"),
    "conversations.aliases_of": ("COVERING INDEX", "thread_aliases_main"),
    "timeline.messages_before": ("COVERING INDEX", "messages_thread"),
    "timeline.messages_after": ("COVERING INDEX", "messages_thread"),
    "timeline.notes_before": ("COVERING INDEX", "notes_thread"),
    "timeline.notes_after": ("COVERING INDEX", "notes_thread"),
    "timeline.steps_before": ("COVERING INDEX", "steps_thread"),
    "timeline.steps_after": ("COVERING INDEX", "steps_thread"),
    "timeline.sent_before": ("INDEX", "replies_sent"),
    "timeline.sent_after": ("INDEX", "replies_sent"),
    "timeline.replies_before": ("INDEX", "replies_unsent"),
    "timeline.replies_after": ("INDEX", "replies_unsent"),
}


@pytest.mark.parametrize("name", DRIVERS)
def test_it_is_read_in_order_from_its_index(config: StoreConfig, name: str) -> None:
    open_writer(config).close()
    sql = statements(DIALECT)[name]
    values = dict.fromkeys(re.findall(r":(\w+)", sql), "1")
    plan = explain(config.path, sql, values)
    kind, index = DRIVERS[name]
    used = rf"\b{kind} {index}\b"
    assert any(re.search(used, line) for line in plan), plan
    assert not any("TEMP B-TREE" in line for line in plan), plan
