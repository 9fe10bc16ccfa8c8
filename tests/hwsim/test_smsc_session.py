"""One connection: binds, states, liveness, the window."""

import random
from collections.abc import AsyncIterator

import pytest

from hwsim.wire.smpp import Command, Pdu, Status, Tag, encode_pdu
from tests.hwsim.esme import CODE, SmscWorld, smsc_world, submit_fields


@pytest.fixture
async def site() -> AsyncIterator[SmscWorld]:
    async with smsc_world() as site:
        yield site


@pytest.mark.parametrize(
    "command",
    [Command.BIND_TRANSMITTER, Command.BIND_RECEIVER, Command.BIND_TRANSCEIVER],
)
async def test_an_esme_binds_in_each_mode_and_unbinds(
    site: SmscWorld, command: Command
) -> None:
    esme = await site.connect()
    response = await esme.bind(command)
    assert (response.status, response.text("system_id")) == (0, "hwsim")
    assert response.tlv_number(Tag.SC_INTERFACE_VERSION) == 0x34
    assert (await esme.ask(Command.UNBIND)).status == 0
    await esme.ended()


async def test_a_bind_is_refused_by_name_password_and_number(site: SmscWorld) -> None:
    site.alter(binds=1)
    esme = await site.connect()
    unknown = await esme.bind(system_id="nobody")
    assert unknown.status == Status.INVALID_SYSTEM_ID
    assert (await esme.bind(password="wrong")).status == Status.INVALID_PASSWORD
    assert (await esme.bind()).status == 0
    assert (await esme.bind()).status == Status.ALREADY_BOUND
    second = await site.connect()
    assert (await second.bind()).status == Status.ALREADY_BOUND


async def test_commands_in_the_wrong_state_are_refused(site: SmscWorld) -> None:
    esme = await site.connect()
    assert (await esme.submit()).status == Status.INVALID_BIND_STATUS
    assert (await esme.ask(Command.ENQUIRE_LINK)).status == 0
    await esme.bind(Command.BIND_RECEIVER)
    assert (await esme.submit()).status == Status.INVALID_BIND_STATUS


async def test_the_window_of_the_account_is_kept(site: SmscWorld) -> None:
    site.alter(window=2)
    esme = await site.bound()
    esme.acknowledge = None
    for _ in range(4):
        site.phone.send(CODE, "x")
    await site.pass_time()
    await esme.ask(Command.ENQUIRE_LINK)
    assert esme.got.qsize() == 2


async def test_an_esme_that_does_not_bind_is_sent_away(
    site: SmscWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hwsim.smsc_session.BIND_WITHIN_S", 0.01)
    await (await site.connect()).ended()


async def test_a_silent_esme_is_asked_and_then_dropped(site: SmscWorld) -> None:
    site.alter(enquire_s=0.02, answer_within_s=0.02)
    esme = await site.bound()
    assert (await esme.next()).command == Command.ENQUIRE_LINK
    esme.acknowledge = None
    await esme.ended()


async def test_a_deliver_sm_without_an_answer_comes_again(site: SmscWorld) -> None:
    site.alter(answer_within_s=0.02)
    esme = await site.bound()
    esme.acknowledge = None
    site.phone.send(CODE, "x")
    await site.pass_time()
    first = await esme.next()
    esme.acknowledge = 0
    second = await esme.next()
    assert second.fields == first.fields
    assert second.sequence != first.sequence


async def test_whatever_stands_in_a_request_it_is_answered(site: SmscWorld) -> None:
    esme = await site.bound()
    chance = random.Random(7)
    for command in (Command.SUBMIT_SM, Command.DATA_SM, Command.REPLACE_SM):
        tlvs = ((Tag.MESSAGE_PAYLOAD, b"x" * 30),) if command & 0x100 else ()
        octets = encode_pdu(
            Pdu(command=command, sequence=1, fields=submit_fields(), tlvs=tlvs)
        )
        for sequence in range(1000, 1400):
            mutated = bytearray(octets)
            mutated[12:16] = sequence.to_bytes(4, "big")
            for _ in range(chance.randrange(1, 5)):
                place = chance.randrange(16, len(mutated))
                mutated[place] = chance.choice((0, 1, 0x40, 0xFF, place & 0xFF))
            esme.writer.write(mutated)
        answered = [(await esme.response()).sequence for _ in range(400)]
        assert answered == list(range(1000, 1400))
    await site.pass_time(60)
    assert (await esme.ask(Command.ENQUIRE_LINK)).status == 0
