"""The link against a scripted SMSC on a real socket."""

import asyncio
import socket

import pytest

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    TemporaryFailure,
)
from gateway.core.link import (
    InboundReport,
    InboundSegment,
    Link,
    LinkState,
    Reference,
)
from smpp import pdu as p
from smpp.config import BindMode
from smpp.receipt import IdForm
from smpp.wire import HEADER, encode
from tests.smpp.peer import Peer, until
from tests.smpp.site import Site, but, site
from tests.smpp.units import unit


async def test_a_segment_gets_the_carriers_reference() -> None:
    async with site() as here:
        await here.up()
        reference = await here.link.submit(unit("Привет"))
        assert (reference.line, reference.value) == ("seventy@carrier", "1")
        link: Link = here.link
        status = link.status
        assert (status.kind, status.smsc) == ("smpp", "SMSC")


async def test_the_connection_does_not_wait_to_fill_packets() -> None:
    async with site() as here:
        await here.up()
        life = here.link._binds[0]._life
        assert life is not None
        raw = life._connection._transport
        assert raw is not None
        wire = raw.get_extra_info("socket")
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.slow
async def test_many_segments_go_within_one_window() -> None:
    async with site(window=20) as here:
        await here.up()
        assert here.link.capabilities.window == 20
        units = [unit(number=number) for number in range(200)]
        references = await asyncio.gather(*map(here.link.submit, units))
        assert len({reference.value for reference in references}) == 200


async def test_a_message_is_thanked_for_only_when_it_is_kept() -> None:
    async with site() as here:
        await here.up()
        here.door.gate.clear()
        here.peer.send(p.DeliverSm(source_addr="123", short_message=b"hello"), 5)
        await asyncio.sleep(0.02)
        assert here.peer.count(p.DeliverSmResp) == 0
        here.door.gate.set()
        await until(lambda: here.peer.count(p.DeliverSmResp))
        assert here.peer.received[-1] == p.DeliverSmResp(message_id="")
        assert here.peer.sequences[-1] == 5
        [item] = here.door.items
        assert isinstance(item, InboundSegment)


async def test_what_cannot_be_kept_is_asked_for_again() -> None:
    async with site() as here:
        await here.up()
        here.door.full = True
        here.peer.send(p.DataSm(source_addr="123"), 5)
        await until(lambda: here.peer.count(p.DataSmResp))
        assert here.peer.received[-1].status == 0x64


async def test_a_receipt_finds_the_reference_it_is_about() -> None:
    async with site() as here:
        await here.up()
        reference = await here.link.submit(unit())
        text = f"id:{reference.value} stat:DELIVRD".encode()
        here.peer.send(
            p.DeliverSm(esm_class=4, source_addr="79161234567", short_message=text)
        )
        await until(lambda: here.door.items)
        [item] = here.door.items
        assert isinstance(item, InboundReport)
        assert (item.line, item.reference) == (reference.line, reference.value)


async def test_two_messages_alike_are_two_and_a_lost_thanks_makes_no_third() -> None:
    yes = p.DeliverSm(source_addr="123", short_message=b"yes")
    async with site() as here:
        await here.up()
        here.peer.send(yes, 1)
        here.peer.send(yes, 2)
        await until(lambda: len(here.door.items) == 2)
        first, second = here.door.items
        assert isinstance(first, InboundSegment)
        assert isinstance(second, InboundSegment)
        here.door.gate.clear()
        here.peer.send(yes, 3)
        await asyncio.sleep(0.02)
        here.peer.drop()
        here.door.gate.set()
        await here.in_time(lambda: len(here.peer.writers) == 2)
        await here.up()
        here.peer.send(yes, 1)
        await until(lambda: len(here.door.items) == 4)
        raws = [i.raw for i in here.door.items if isinstance(i, InboundSegment)]
        assert len(set(raws)) == 3


async def test_too_fast_is_met_by_waiting_and_costs_nothing() -> None:
    throttled = p.SubmitSmResp(status=0x58)
    async with site(but(p.SubmitSm, throttled, throttled)) as here:
        await here.up()
        sending = asyncio.ensure_future(here.link.submit(unit()))
        await here.in_time(sending.done)
        assert sending.result().value == "1"
        assert here.peer.count(p.SubmitSm) == 3


async def test_an_smsc_that_is_full_for_long_is_the_links_trouble() -> None:
    full = p.SubmitSmResp(status=0x14)
    async with site(but(p.SubmitSm, *[full] * 1000)) as here:
        await here.up()
        sending = asyncio.ensure_future(here.link.submit(unit()))
        await here.in_time(sending.done)
        failure = sending.exception()
        assert isinstance(failure, TemporaryFailure)
        assert (failure.scope, failure.reason) == (Scope.LINK, "throttled")
        assert failure.carrier_code == "0x00000014 ESME_RMSGQFUL"


async def test_a_refusal_keeps_the_words_of_the_smsc() -> None:
    text = p.Tlv(tag=p.Tag.ADDITIONAL_STATUS_INFO_TEXT, value=b"no such number\0")
    refusal = p.SubmitSmResp(status=0x0B, tlvs=(text,))
    async with site(but(p.SubmitSm, refusal)) as here:
        await here.up()
        with pytest.raises(PermanentFailure) as caught:
            await here.link.submit(unit())
        assert caught.value.carrier_code == "0x0000000b ESME_RINVDSTADR no such number"


async def test_a_vendors_refusal_is_final_at_the_third_time() -> None:
    refusal = p.SubmitSmResp(status=0x45)
    async with site(but(p.SubmitSm, *[refusal] * 3)) as here:
        await here.up()
        for _ in range(2):
            with pytest.raises(TemporaryFailure):
                await here.link.submit(unit())
        with pytest.raises(PermanentFailure):
            await here.link.submit(unit())


async def test_a_connection_lost_after_writing_leaves_the_outcome_unknown() -> None:
    async with site(but(p.SubmitSm, None)) as here:
        await here.up()
        sending = asyncio.ensure_future(here.link.submit(unit()))
        await until(lambda: here.peer.count(p.SubmitSm))
        here.peer.drop()
        await until(sending.done)
        assert isinstance(sending.exception(), OutcomeUnknown)
        await until(lambda: here.link.status.state is LinkState.DOWN)
        with pytest.raises(TemporaryFailure) as caught:
            await here.link.submit(unit())
        assert caught.value.scope is Scope.LINK


async def test_an_answer_after_its_time_is_told_as_late() -> None:
    async with site(but(p.SubmitSm, None), enquire_interval_s=500.0) as here:
        await here.up()
        sending = asyncio.ensure_future(here.link.submit(unit()))
        await until(lambda: here.peer.count(p.SubmitSm))
        await here.in_time(sending.done)
        assert isinstance(sending.exception(), OutcomeUnknown)
        sequence = here.peer.sequences[-1]
        here.peer.send(p.SubmitSmResp(message_id="2f"), sequence)
        await until(lambda: here.late)
        [(attempt, outcome)] = here.late
        assert attempt == "att_1"
        assert isinstance(outcome, Reference)
        assert outcome.value == "2f"


async def test_a_given_up_submission_is_told_when_it_is_answered() -> None:
    async with site(but(p.SubmitSm, None)) as here:
        await here.up()
        sending = asyncio.ensure_future(here.link.submit(unit()))
        await until(lambda: here.peer.count(p.SubmitSm))
        sending.cancel()
        here.peer.send(p.SubmitSmResp(message_id="7"), here.peer.sequences[-1])
        await until(lambda: here.late)


async def test_a_lost_link_comes_back() -> None:
    async with site() as here:
        await here.up()
        here.peer.drop()
        await here.in_time(lambda: len(here.peer.writers) == 2)
        await here.up()
        await here.link.submit(unit())
        assert here.link.status.recoveries == 1


async def test_a_silent_peer_is_left() -> None:
    async with site(but(p.EnquireLink, None)) as here:
        await here.up()
        await here.in_time(lambda: len(here.peer.writers) == 2)
        assert here.peer.count(p.EnquireLink) == 1


async def test_wrong_credentials_block_the_link_and_are_tried_rarely() -> None:
    refusal = p.BindTransceiverResp(status=0x0E)
    async with site(but(p.BindTransceiver, refusal)) as here:
        await until(lambda: here.link.status.state is LinkState.BLOCKED)
        status = here.link.status
        assert status.reason == "bind_refused"
        assert status.detail == "0x0000000e ESME_RINVPASWD"
        await here.clock.advance(25.0)
        assert here.peer.count(p.BindTransceiver) == 1
        await here.in_time(lambda: here.link.status.state is LinkState.UP)


async def test_a_session_that_the_smsc_still_holds_is_waited_for() -> None:
    refusal = p.BindTransceiverResp(status=0x05)
    async with site(but(p.BindTransceiver, refusal)) as here:
        await until(lambda: here.link.status.reason == "already_bound")
        await here.clock.advance(29.0)
        assert here.peer.count(p.BindTransceiver) == 1
        await here.in_time(lambda: here.link.status.state is LinkState.UP)


async def test_the_next_host_takes_over() -> None:
    async with Peer() as peer:
        made = Site(peer, port=1, hosts=(f"127.0.0.1:{peer.port}",))
        run = asyncio.ensure_future(made.link.run(made.door))
        await made.in_time(lambda: made.link.status.state is LinkState.UP)
        assert made.link.status.port == f"127.0.0.1:{peer.port}"
        run.cancel()
        await until(run.done, made.second)


async def test_stopping_says_goodbye_after_what_is_under_way() -> None:
    async with Peer() as peer:
        made = Site(peer)
        run = asyncio.ensure_future(made.link.run(made.door))
        await made.up()
        made.door.gate.clear()
        peer.send(p.DeliverSm(source_addr="1", short_message=b"x"), 3)
        await asyncio.sleep(0.02)
        run.cancel()
        await asyncio.sleep(0.02)
        assert peer.count(p.Unbind) == 0
        made.door.gate.set()
        await until(run.done)
        kinds = [type(pdu) for pdu in peer.received]
        assert kinds[-2:] == [p.DeliverSmResp, p.Unbind]
        assert made.link.status.state is LinkState.DOWN


async def test_a_pair_sends_on_one_and_hears_on_the_other() -> None:
    async with site(bind=BindMode.PAIR) as here:
        await until(lambda: len(here.peer.writers) == 2)
        await here.up()
        await here.link.submit(unit())
        await until(lambda: here.peer.count(p.BindReceiver))
        assert here.peer.count(p.BindTransmitter) == 1
        assert here.link.capabilities.window == 10


async def test_a_receiver_is_given_nothing_to_send() -> None:
    async with site(bind=BindMode.RECEIVER) as here:
        await until(lambda: here.link.status.state is LinkState.PAUSED)
        with pytest.raises(TemporaryFailure):
            await here.link.submit(unit())


async def test_several_binds_share_the_work() -> None:
    async with site(binds=3, window=2) as here:
        await until(lambda: here.peer.count(p.BindTransceiver) == 3)
        await here.up()
        assert here.link.capabilities.window == 6
        await asyncio.gather(*(here.link.submit(unit(number=n)) for n in range(30)))


async def test_garbage_ends_the_connection_and_not_the_link() -> None:
    async with site() as here:
        await here.up()
        here.peer.write(b"\xff" * 64)
        await until(lambda: here.peer.count(p.GenericNack))
        await here.in_time(lambda: len(here.peer.writers) == 2)
        await here.up()


async def test_an_unreadable_message_is_kept_and_the_link_stays() -> None:
    async with site() as here:
        await here.up()
        here.peer.write(HEADER.pack(20, p.Command.DELIVER_SM, 0, 7) + b"junk")
        await until(lambda: here.door.items)
        await until(lambda: here.peer.count(p.DeliverSmResp))
        await here.link.submit(unit())


@pytest.mark.slow
async def test_a_flood_waits_for_the_store_in_the_socket() -> None:
    async with site() as here:
        await here.up()
        here.door.gate.clear()
        one = encode(p.DeliverSm(source_addr="1", short_message=b"x" * 200), 1)
        for _ in range(5000):
            here.peer.write(one)
        await asyncio.sleep(0.1)
        life = here.link._binds[0]._life
        assert life is not None
        assert life._incoming.taking < 2500
        here.door.gate.set()
        await until(lambda: len(here.door.items) == 5000)


async def test_the_form_of_ids_is_learnt_and_remembered() -> None:
    async with site() as here:
        await here.up()
        for number in range(1, 30):
            reference = await here.link.submit(unit(number=number))
            text = f"id:{int(reference.value, 16)} stat:DELIVRD".encode()
            here.peer.send(
                p.DeliverSm(esm_class=4, source_addr="79161234567", short_message=text),
                number,
            )
            await until(lambda n=number: len(here.door.items) == n)  # type: ignore[misc]
        assert here.memory.facts["seventy@carrier:id_form"] == IdForm.HEX_THEN_DECIMAL


async def test_a_restart_begins_anew_at_once() -> None:
    async with site() as here:
        await here.up()
        await here.link.restart()
        await until(lambda: len(here.peer.writers) == 2)
        await here.up()


@pytest.mark.parametrize(("version", "told"), [("3.3", 0x33), ("5.0", 0x50)])
async def test_the_version_is_told_and_an_old_peer_gets_no_parameters(
    version: str, told: int
) -> None:
    async with site(version=version) as here:
        await here.up()
        await here.link.submit(unit())
        [bind] = [pdu for pdu in here.peer.received if isinstance(pdu, p.Bind)]
        [sent] = [pdu for pdu in here.peer.received if isinstance(pdu, p.SubmitSm)]
        assert bind.interface_version == told
        assert (sent.tlvs == ()) is (version == "3.3")


async def test_an_enquiry_is_answered_while_the_window_is_full() -> None:
    async with site(but(p.SubmitSm, None), window=1) as here:
        await here.up()
        sending = [asyncio.ensure_future(here.link.submit(unit())) for _ in range(2)]
        await until(lambda: here.peer.count(p.SubmitSm))
        here.peer.send(p.EnquireLink(), 77)
        await until(lambda: here.peer.count(p.EnquireLinkResp))
        assert here.peer.count(p.SubmitSm) == 1
        for one in sending:
            one.cancel()


async def test_a_link_that_waits_for_the_store_is_not_taken_for_dead() -> None:
    async with site() as here:
        await here.up()
        here.door.gate.clear()
        one = encode(p.DeliverSm(source_addr="1", short_message=b"x"), 1)
        for _ in range(200):
            here.peer.write(one)
        await asyncio.sleep(0.05)
        for _ in range(100):
            await here.second()
        assert len(here.peer.writers) == 1
        here.door.gate.set()
        await until(lambda: len(here.door.items) == 200)
        await here.link.submit(unit())
