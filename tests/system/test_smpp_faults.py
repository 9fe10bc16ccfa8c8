"""Links that flap, hang, refuse and say goodbye: nothing lost, nothing doubled.

A daemon on the simulator's SMSC, whose ledger knows what the phones really got; the
seconds that each recovery took are printed.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from hwsim.wire.smpp import Command
from tests.support.carrier import (
    QUICK,
    a_person_who_presses_restart,
    came_to,
    carrier,
    judge,
    numbers,
    on_phones,
    quiet,
    scripted_site,
    send_to,
    shows,
)
from tests.support.proxy import Proxy
from tests.support.site import Site, free_port, site, until
from tests.support.smsc import Script, Smsc, message_to_us

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

WINDOW = "window = 20\n"
IMPATIENT = "enquire_interval_s = 1.0\nenquire_timeout_s = 1.0\n"
ALL_SETTLED = frozenset({"scheduled", "queued", "sending", "sent"})


def told(what: str, seconds: float) -> None:
    print(f"{what}: {seconds:.1f} s")  # noqa: T201 -- shown in the run's output


async def fault(place: Site, kind: str, **values: object) -> None:
    await place.sim("POST", "/smsc/faults", {"kind": kind, **values})


async def persons_write(place: Site, count: int) -> None:
    for n in range(count):
        body = {"to": place.smsc["short_code"], "text": f"answer {n}"}
        await place.sim("POST", f"/phones/+7905{n:07}/messages", body)


async def came_in(place: Site, count: int) -> Counter[str]:
    """How often each text came in, once so many did."""
    seen: Counter[str] = Counter()

    async def are_there() -> bool:
        nonlocal seen
        messages = await place.everything("/messages?direction=mo&state=received")
        seen = Counter(message["text"] for message in messages)
        return len(seen) >= count

    await until(are_there, within_s=30, every_s=0.2)
    return seen


@pytest.mark.parametrize("at", ["request", "accepted"])
async def test_a_link_that_flaps_loses_and_doubles_nothing(
    tmp_path: Path, at: str
) -> None:
    async with site(tmp_path, modems=0, carrier_keys=WINDOW, extra=QUICK) as place:
        await place.start()
        await place.wait_for_links(1)
        await fault(place, "link_drop", at=at, count=25, probability=0.1)
        async with a_person_who_presses_restart(place):
            for turn in range(4):
                await send_to(place, numbers(100, 100 * turn))
            await persons_write(place, 50)
            messages = await quiet(place)
            assert await came_in(place, 50) == {f"answer {n}": 1 for n in range(50)}
        assert len(messages) == 400
        assert not judge(messages, await on_phones(place))
        flaps = (await carrier(place))["recoveries"]
        unknown = sum(message["state"] == "unknown" for message in messages)
        print(f"{flaps} flaps, {unknown} unknown")  # noqa: T201 -- as above
        assert flaps >= 10


async def test_a_link_that_flaps_between_phrases_finds_its_receipts(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, modems=0, carrier_keys=WINDOW, extra=QUICK) as place:
        await place.start()
        await place.wait_for_links(1)
        async with a_person_who_presses_restart(place):
            for turn in range(8):
                await send_to(place, numbers(25, 25 * turn))
                await fault(place, "link_drop")
            messages = await quiet(place, moving=ALL_SETTLED)
        got = await on_phones(place)
        assert not judge(messages, got)
        delivered = {one["to"] for one in messages if one["state"] == "delivered"}
        # A receipt settles what had no answer, too: nobody is left in doubt who got it.
        assert delivered == got.keys()


async def test_what_one_bind_left_unthanked_is_not_new_on_the_other(
    tmp_path: Path,
) -> None:
    smsc = Smsc()
    async with scripted_site(tmp_path, smsc, WINDOW + "binds = 2\n") as place:
        await shows(place, state="up", detail=None)
        async with a_person_who_presses_restart(place):
            for n in range(1500):
                smsc.owe(message_to_us(f"+7905{n:07}", f"answer {n}"))
                for line in smsc.lines[:1] if n % 100 == 50 else ():
                    line.abort()
                if n % 10 == 0:
                    await asyncio.sleep(0.01)

            async def all_is_settled() -> bool:
                return smsc.unsettled == 0

            await until(all_is_settled, within_s=30)
        seen = await came_in(place, 1500)
        assert seen == {f"answer {n}": 1 for n in range(1500)}
        assert any(owed.sent > 1 for owed in smsc.everything_owed)


async def test_a_half_open_link_is_found_out_and_made_anew(tmp_path: Path) -> None:
    smsc = Smsc()
    async with smsc.serving(), Proxy(("127.0.0.1", smsc.port)).serving() as proxy:
        address = f"127.0.0.1:{proxy.port}"
        async with scripted_site(
            tmp_path, smsc, WINDOW + IMPATIENT, at=address
        ) as place:
            await place.wait_for_links(1)
            await send_to(place, numbers(10))
            await came_to(place, "delivered", 10)
            proxy.stop()
            await send_to(place, numbers(30, 100))
            told("a half-open link found out", await shows(place, state="down"))
            proxy.go()
            told("and made anew", await shows(place, state="up"))
            messages = await quiet(place)
            assert not judge(messages, smsc.on_phones)
            states = Counter(message["state"] for message in messages)
            # As many as the window holds had left, and their fate is not known.
            assert 1 <= states["unknown"] <= 20
            assert states["delivered"] + states["sent"] == 40 - states["unknown"]


async def test_an_smsc_that_never_answers_the_bind_is_left_in_time(
    tmp_path: Path,
) -> None:
    smsc = Smsc()
    smsc.script[Command.BIND_TRANSCEIVER] = lambda line, pdu: None
    async with scripted_site(tmp_path, smsc, "bind_timeout_s = 1.0\n") as place:
        await shows(place, state="down", reason="connection_lost")
        assert "no answer to bind" in (await carrier(place))["detail"]
        await send_to(place, numbers(3))
        smsc.script[Command.BIND_TRANSCEIVER] = smsc.bind
        told("bound once it answers", await shows(place, state="up"))
        assert not judge(await quiet(place), smsc.on_phones)


async def test_an_enquiry_without_answer_ends_the_link(tmp_path: Path) -> None:
    async with site(tmp_path, modems=0, carrier_keys=IMPATIENT, extra=QUICK) as place:
        await place.start()
        await place.wait_for_links(1)
        await fault(place, "no_enquire_answer", count=1)
        told("a dead link found out", await shows(place, recoveries=1))
        told("and made anew", await shows(place, state="up"))
        await send_to(place, numbers(5))
        messages = await quiet(place, moving=ALL_SETTLED)
        assert {message["state"] for message in messages} == {"delivered"}


async def test_an_unbind_in_mid_window_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, modems=0, carrier_keys=WINDOW, extra=QUICK) as place:
        await place.start()
        await place.wait_for_links(1)
        await fault(place, "unbind", at="answer", count=3, probability=0.05)
        async with a_person_who_presses_restart(place):
            await send_to(place, numbers(150))
            messages = await quiet(place, moving=ALL_SETTLED)
        got = await on_phones(place)
        assert not judge(messages, got)
        delivered = {one["to"] for one in messages if one["state"] == "delivered"}
        assert delivered == got.keys()
        assert (await carrier(place))["recoveries"] >= 1


REFUSALS = {
    0x04: ("down", "bind_refused", "ESME_RINVBNDSTS"),
    0x05: ("down", "already_bound", "ESME_RALYBND"),
    0x08: ("down", "bind_refused", "ESME_RSYSERR"),
    0x0D: ("blocked", "bind_refused", "ESME_RBINDFAIL"),
    0x0E: ("blocked", "bind_refused", "ESME_RINVPASWD"),
    0x0F: ("blocked", "bind_refused", "ESME_RINVSYSID"),
    0x53: ("blocked", "bind_refused", "ESME_RINVSYSTYP"),
    0x58: ("down", "bind_refused", "ESME_RTHROTTLED"),
    0x0400: ("down", "bind_refused", "0x00000400"),
}


def refusing(status: int) -> Script:
    return lambda line, pdu: line.respond(pdu, status)


async def test_links_shows_how_a_bind_was_refused(tmp_path: Path) -> None:
    smsc = Smsc()
    async with scripted_site(tmp_path, smsc) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(1))
        for status, (state, reason, name) in REFUSALS.items():
            smsc.script[Command.BIND_TRANSCEIVER] = refusing(status)
            await place.api("POST", "/links/carrier/restart")
            await shows(place, state=state, reason=reason)

            async def is_named(name: str = name) -> bool:
                return name in ((await carrier(place))["detail"] or "")

            await until(is_named, within_s=5)
        smsc.script[Command.BIND_TRANSCEIVER] = smsc.bind
        await send_to(place, numbers(1, 10))
        await place.api("POST", "/links/carrier/restart")
        await shows(place, state="up")
        assert not judge(await quiet(place), smsc.on_phones)


async def test_nobody_at_the_address_is_shown_until_somebody_is(tmp_path: Path) -> None:
    port, smsc = free_port(), Smsc()
    address = f"127.0.0.1:{port}"
    async with scripted_site(tmp_path, smsc, at=address) as place:
        await shows(place, state="down", reason="unreachable")
        assert address in (await carrier(place))["detail"]


async def test_a_storm_of_deliver_sm_is_acknowledged_only_after_commit(
    tmp_path: Path,
) -> None:
    smsc = Smsc(window=200)
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        sent = numbers(1000)
        await send_to(place, sent)
        for n in range(10_000):
            smsc.owe(message_to_us(f"+7905{n:07}", f"storm {n}"))
        loop = asyncio.get_running_loop()
        started = loop.time()

        async def half_is_settled() -> bool:
            return smsc.unsettled < 5000

        await until(half_is_settled, within_s=60)
        # What was acknowledged is on disk, whatever happens to the process now.
        acknowledged = {
            owed.pdu.octets("short_message").decode()
            for owed in smsc.everything_owed
            if owed.acknowledged and not owed.pdu.number("esm_class")
        }
        await place.kill()
        assert await place.start()
        seen = await came_in(place, len(acknowledged))
        assert acknowledged <= seen.keys()

        async def all_is_settled() -> bool:
            return smsc.unsettled == 0

        await until(all_is_settled, within_s=60)
        told("a storm of 10,000 with a kill", loop.time() - started)
        messages = await quiet(place)
        assert not judge(messages, smsc.on_phones)
        seen = await came_in(place, 10_000)
        assert len(seen) == 10_000
        assert [text for text, times in seen.items() if times > 1] == []
