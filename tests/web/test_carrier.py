"""`carrier` of a message: what is kept of it, and what is refused by name."""

from typing import Any

import pytest

from gateway.core.ids import MessageId
from tests.web.world import Answer, World

WHOLE = {
    "service_type": "WAP",
    "source_kind": [5, 0],
    "destination_kind": [1, 1],
    "tlvs": [
        {"tag": 0x1400, "value": "1001"},
        {"tag": 0x1401, "value": "0x0a0B"},
        {"tag": 0x1402, "value": 7},
        {"tag": 0x0005, "value": 1},
        {"tag": 0x1203, "value": 258},
        {"tag": 0x0501, "value": "0x02"},
    ],
    "deliver_at": "2030-01-31T12:00:00Z",
    "replace_if_present": True,
    "failure_reports_only": True,
    "intermediate_reports": True,
}


async def send(world: World, carrier: object) -> Answer:
    body = {"to": "+79161234567", "text": "hello", "carrier": carrier}
    return await world.call("POST", "/api/v1/messages", body)


async def test_every_option_is_kept_for_the_link_and_shown(world: World) -> None:
    soon = {key: value for key, value in WHOLE.items() if key != "deliver_at"}
    answer = await send(world, soon)
    assert answer.status == 202, answer.text
    message_id = MessageId(answer.json["id"])
    message = await world.store.read(lambda tx: tx.outbox.get(message_id))
    assert message is not None
    assert message.carrier is not None
    assert message.carrier.tlvs == (
        (0x1400, b"1001"),
        (0x1401, b"\x0a\x0b"),
        (0x1402, b"\0\0\0\7"),
        (0x0005, b"\1"),
        (0x1203, b"\1\2"),
        (0x0501, b"\2"),
    )
    shown = (await world.call("GET", f"/api/v1/messages/{message_id}")).json["carrier"]
    assert shown["tlvs"][2] == {"tag": 0x1402, "value": "0x00000007"}
    kept = ("service_type", "source_kind", "destination_kind", "replace_if_present")
    assert {key: shown[key] for key in kept} == {key: soon[key] for key in kept}


async def test_a_message_without_options_shows_none(world: World) -> None:
    answer = await send(world, None)
    shown = await world.call("GET", f"/api/v1/messages/{answer.json['id']}")
    assert shown.json["carrier"] is None


@pytest.mark.parametrize(
    ("carrier", "field"),
    [
        ("WAP", "carrier"),
        ({"colour": "red"}, "carrier"),
        ({"service_type": "TOOLONG"}, "carrier.service_type"),
        ({"service_type": "й"}, "carrier.service_type"),
        ({"source_kind": [5]}, "carrier.source_kind"),
        ({"source_kind": [7, 0]}, "carrier.source_kind[0]"),
        ({"destination_kind": [1, 19]}, "carrier.destination_kind[1]"),
        ({"tlvs": [{"tag": 0, "value": 1}]}, "carrier.tlvs[0].tag"),
        ({"tlvs": [{"tag": 0x0424, "value": "x"}]}, "carrier.tlvs[0].tag"),
        ({"tlvs": [{"tag": 0x1400, "value": "0xZZ"}]}, "carrier.tlvs[0].value"),
        ({"tlvs": [{"tag": 0x0005, "value": 256}]}, "carrier.tlvs[0].value"),
        ({"tlvs": [{"tag": 0x1400, "value": "x" * 1001}]}, "carrier.tlvs"),
        ({"deliver_at": "2030-01-31T12:00:00"}, "carrier.deliver_at"),
        ({"deliver_at": "2130-01-31T12:00:00Z"}, "carrier.deliver_at"),
        ({"replace_if_present": "yes"}, "carrier.replace_if_present"),
    ],
)
async def test_what_cannot_be_carried_is_refused_by_name(
    world: World, carrier: Any, field: str
) -> None:
    answer = await send(world, carrier)
    assert answer.status == 422, answer.text
    assert answer.json["field"].startswith(field), answer.text
