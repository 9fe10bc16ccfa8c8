"""The control API over HTTP, with real modems and no terminals."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hwsim.control import Control
from hwsim.plan import plan_modems
from hwsim.world import World

_PHONE = "/phones/+79991234567"
_MODEM = "+79160000001"


class Face:
    """Asks and gives status and body."""

    def __init__(self, client: TestClient) -> None:  # type: ignore[type-arg]
        self._client = client

    async def ask(
        self, method: str, path: str, body: object = None, raw: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        data = raw if raw is not None else None if body is None else json.dumps(body)
        async with self._client.request(method, path, data=data) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else {}

    async def stream(self, path: str) -> dict[str, Any]:
        """The first picture of the event stream."""
        async with self._client.get(path) as response:
            await response.content.readuntil(b"data: ")
            return dict(json.loads(await response.content.readline()))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World(virtual_clock=True)
    for plan in plan_modems(2, ["generic", "huawei"]):
        world.add_modem(plan)
    yield world
    await world.close()


@pytest.fixture
async def face(world: World) -> AsyncIterator[Face]:
    app = Control(world.clock, world.network, world.modems, world.smsc).app()
    async with TestClient(TestServer(app)) as client:
        yield Face(client)


async def test_the_state_names_modems_phones_and_counters(face: Face) -> None:
    await face.ask("GET", _PHONE)
    status, state = await face.ask("GET", "/state")
    assert status == 200
    assert [m["name"] for m in state["modems"]] == ["modem1", "modem2"]
    assert [p["msisdn"] for p in state["phones"]] == ["+79991234567"]
    assert {"submitted", "delivered", "duplicates"} <= set(state["counters"])


async def test_a_phone_s_message_reaches_the_modem(face: Face, world: World) -> None:
    body = {"to": _MODEM, "text": "Привет 😀", "class": 1}
    status, sent = await face.ask("POST", f"{_PHONE}/messages", body)
    assert status == 201
    assert (sent["on_air"], sent["alphabet"]) == (1, "ucs2")
    await face.ask("POST", "/clock", {"advance_s": 5})
    _, answer = await face.ask("GET", f"{_PHONE}/messages")
    assert answer["sent"][0]["delivered"] == 1
    assert world.modems["modem1"].sim.messages.used == 1


async def test_what_a_phone_received_comes_with_its_segments(face: Face) -> None:
    body = {"to": "+79991234567", "text": "x" * 200, "shuffle": True}
    await face.ask("POST", "/phones/+79990000000/messages", body)
    await face.ask("POST", "/clock", {"advance_s": 5})
    _, answer = await face.ask("GET", f"{_PHONE}/messages")
    [message] = answer["messages"]
    assert message["text"] == "x" * 200
    assert message["complete"]
    assert [segment["number"] for segment in message["segments"]] == [2, 1]
    assert all(segment["hex"] and segment["header"] for segment in message["segments"])


async def test_a_segment_that_was_left_out_is_sent_late(
    face: Face, world: World
) -> None:
    path = "/phones/+79990000000/messages"
    body = {"to": "+79991234567", "text": "x" * 400, "drop": [3], "reference": 5}
    await face.ask("POST", path, body)
    await face.ask("POST", "/clock", {"advance_s": 5})
    [message] = world.network.phone("+79991234567").received
    assert message.missing == [3]
    del body["drop"]
    await face.ask("POST", path, body | {"order": [3]})
    await face.ask("POST", "/clock", {"advance_s": 5})
    assert message.text == "x" * 400


async def test_a_phone_keeps_settings_that_are_not_named(face: Face) -> None:
    await face.ask("PUT", _PHONE, {"reachable": False})
    _, phone = await face.ask("PUT", _PHONE, {"report": "permanent", "delay_s": 2})
    assert (phone["reachable"], phone["report"], phone["delay_s"]) == (
        False,
        "permanent",
        2,
    )


async def test_a_call_rings_and_stops(face: Face) -> None:
    _, call = await face.ask("POST", f"{_PHONE}/calls", {"to": _MODEM})
    assert call["state"] == "ringing"
    assert (await face.ask("DELETE", f"{_PHONE}/calls"))[0] == 204
    _, answer = await face.ask("GET", f"{_PHONE}/messages")
    assert answer["calls"][0]["state"] == "missed"


async def test_faults_are_wanted_listed_and_removed(face: Face) -> None:
    for path, kind in (
        ("/modems/modem1/faults", "late_prompt"),
        ("/network/faults", "report_missing"),
    ):
        body = {"kind": kind, "count": 3, "probability": 0.5, "after_s": 1}
        status, added = await face.ask("POST", path, body)
        assert (status, added["kind"]) == (201, kind)
        _, listed = await face.ask("GET", path)
        assert [fault["kind"] for fault in listed["faults"]] == [kind]
        assert (await face.ask("DELETE", f"{path}/{added['id']}"))[0] == 204
        assert (await face.ask("DELETE", f"{path}/{added['id']}"))[0] == 404
        assert (await face.ask("DELETE", path))[0] == 204


async def test_every_kind_is_described_and_can_be_wanted(face: Face) -> None:
    _, kinds = await face.ask("GET", "/faults")
    for kind, about in kinds["network"].items():
        assert about["description"]
        assert (await face.ask("POST", "/network/faults", {"kind": kind}))[0] == 201
    for about in kinds["modem"].values():
        assert {"count", "probability", "match", "after_s"} <= set(about["parameters"])


async def test_a_modem_is_unplugged_and_plugged(face: Face, world: World) -> None:
    await face.ask("POST", "/modems/modem1/faults", {"kind": "unplug"})
    assert not world.modems["modem1"].power
    await face.ask("POST", "/modems/modem1/faults", {"kind": "plug"})
    assert world.modems["modem1"].power


async def test_a_modem_s_octets_are_in_its_log(face: Face, world: World) -> None:
    world.modems["modem1"].new_session("test").line.received(b"AT\r")
    _, log = await face.ask("GET", "/modems/modem1/log")
    assert log["entries"][0]["text"] == "AT\r"


async def test_the_ledger_is_read_from_a_place_on(face: Face) -> None:
    for text in ("one", "two"):
        await face.ask("POST", f"{_PHONE}/messages", {"to": _MODEM, "text": text})
    _, ledger = await face.ask("GET", "/ledger?after=1&kind=accepted")
    assert [entry["text"] for entry in ledger["entries"]] == ["two"]


async def test_events_begin_with_the_whole_picture(face: Face) -> None:
    picture = await face.stream("/events")
    assert {"modems", "phones", "counters"} <= set(picture)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", f"{_PHONE}/messages", {"text": "x"}, "to"),
        ("POST", f"{_PHONE}/messages", {"to": "Bank", "text": "x"}, "to"),
        ("POST", f"{_PHONE}/messages", {"to": "", "text": "x"}, "to"),
        ("POST", f"{_PHONE}/messages", {"to": _MODEM}, "text"),
        ("POST", f"{_PHONE}/messages", {"to": _MODEM, "text": 5}, "text"),
        ("POST", f"{_PHONE}/messages", {"to": _MODEM, "text": "x" * 99999}, "text"),
        ("POST", f"{_PHONE}/messages", {"to": _MODEM, "text": "x", "a": 1}, "a"),
        (
            "POST",
            f"{_PHONE}/messages",
            {"to": _MODEM, "text": "x", "alphabet": "x"},
            "alphabet",
        ),
        (
            "POST",
            f"{_PHONE}/messages",
            {"to": _MODEM, "text": "x", "drop": [1.5]},
            "drop",
        ),
        (
            "POST",
            f"{_PHONE}/messages",
            {"to": _MODEM, "text": "x", "media": "x"},
            "media",
        ),
        ("PUT", _PHONE, {"report": "maybe"}, "report"),
        ("PUT", _PHONE, {"reachable": 1}, "reachable"),
        ("PUT", _PHONE, {"delay_s": -1}, "delay_s"),
        ("PUT", "/phones/%C3%A9%E2%80%8B%D0%AF", {}, "msisdn"),
        ("PUT", f"/phones/{_MODEM}", {}, "msisdn"),
        ("POST", f"{_PHONE}/calls", {"to": "+79991111111"}, "to"),
        ("POST", "/modems/modem1/faults", {"kind": "boredom"}, "kind"),
        ("POST", "/modems/modem1/faults", {"kind": "lost_ok", "count": -1}, "count"),
        ("POST", "/modems/modem1/faults", {"kind": "lost_ok", "match": "("}, "match"),
        ("POST", "/modems/modem1/faults", {"kind": "lost_ok", "x": 1}, "x"),
        ("POST", "/network/faults", {"kind": "report_status", "status": "x"}, "status"),
        ("POST", "/network/faults", {"kind": "report_bad_time", "hex": "x"}, "hex"),
        (
            "POST",
            "/network/faults",
            {"kind": "report_other_address", "form": "x"},
            "form",
        ),
        (
            "POST",
            "/network/faults",
            {"kind": "segments_interleaved", "sender": "+"},
            "sender",
        ),
        ("POST", "/network/faults", {}, "kind"),
        ("POST", "/clock", {}, "advance_s"),
        ("POST", "/clock", {"advance_s": "1"}, "advance_s"),
        ("GET", "/ledger?after=x", None, "after"),
        ("GET", "/ledger?kind=x", None, "kind"),
    ],
)
async def test_a_bad_field_is_named(
    face: Face, method: str, path: str, body: object, field: str
) -> None:
    status, problem = await face.ask(method, path, body)
    assert status == 400
    assert problem["field"] == field
    assert problem["status"] == 400
    assert problem["code"]


@pytest.mark.parametrize("raw", ["{", "[1]", "5", "\x00"])
async def test_a_body_that_is_no_object_is_refused(face: Face, raw: str) -> None:
    status, problem = await face.ask("POST", "/clock", raw=raw)
    assert (status, problem["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("path", ["/mmsc/faults", "/ivr/calls"])
async def test_what_is_not_built_yet_is_not_found(face: Face, path: str) -> None:
    status, problem = await face.ask("POST", path, {})
    assert (status, problem["code"]) == (404, "not_found")


async def test_an_unknown_modem_is_not_found(face: Face) -> None:
    assert (await face.ask("GET", "/modems/modem9/log"))[0] == 404
