"""The SMSC over the control API."""

import pytest

from tests.hwsim.test_control import Face, face, world

__all__ = ["face", "world"]


async def test_the_state_shows_accounts_binds_and_counters(face: Face) -> None:
    _, state = await face.ask("GET", "/state")
    _, smsc = await face.ask("GET", "/smsc")
    assert state["smpp"] == smsc
    assert smsc["binds"] == []
    assert smsc["counters"]["submitted"] == 0
    assert smsc["accounts"][0]["short_codes"] == ["2345"]


async def test_an_account_is_made_changed_and_removed(face: Face) -> None:
    path = "/smsc/accounts/second"
    status, made = await face.ask("PUT", path, {"short_codes": ["7777"]})
    assert (status, made["short_codes"]) == (200, ["7777"])
    _, changed = await face.ask("PUT", path, {"message_id": "hex"})
    assert (changed["message_id"], changed["short_codes"]) == ("hex", ["7777"])
    status, problem = await face.ask("PUT", path, {"short_codes": ["2345"]})
    assert (status, problem["code"]) == (409, "code_taken")
    assert (await face.ask("DELETE", path))[0] == 204
    assert (await face.ask("DELETE", path))[0] == 404


async def test_every_kind_can_be_wanted_listed_and_removed(face: Face) -> None:
    _, kinds = await face.ask("GET", "/faults")
    for kind in kinds["smsc"]:
        body = {"kind": kind, "after_s": 10}
        assert (await face.ask("POST", "/smsc/faults", body))[0] == 201
    _, listed = await face.ask("GET", "/smsc/faults")
    assert [fault["kind"] for fault in listed["faults"]] == list(kinds["smsc"])
    first = listed["faults"][0]["id"]
    assert (await face.ask("DELETE", f"/smsc/faults/{first}"))[0] == 204
    assert (await face.ask("DELETE", "/smsc/faults"))[0] == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "boredom"}, "kind"),
        ({"kind": "report_other_base", "base": "roman"}, "base"),
        ({"kind": "status", "status": "x"}, "status"),
    ],
)
async def test_a_wrong_fault_is_refused(
    face: Face, body: dict[str, object], field: str
) -> None:
    status, problem = await face.ask("POST", "/smsc/faults", body)
    assert (status, problem["field"]) == (400, field)
