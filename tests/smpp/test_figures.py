"""What a link shows of its work, and how rarely it says so."""

import asyncio

from smpp import pdu as p
from smpp.receipt import IdForm
from tests.smpp.peer import until
from tests.smpp.site import but, site
from tests.smpp.units import unit


async def test_window_rate_and_the_form_of_ids_are_shown() -> None:
    async with site(window=7, rate_per_s=50.0, id_form=IdForm.SAME) as here:
        await here.up()
        await here.in_time(lambda: here.link.status.window)
        status = here.link.status
        assert (status.window, status.rate_per_s, status.id_form) == (7, 50.0, "same")
        assert status.in_flight == 0
        assert (status.last_error, status.last_error_at) == (None, None)


async def test_what_waits_for_its_answer_is_shown_and_gone_afterwards() -> None:
    async with site(but(p.SubmitSm, None)) as here:
        await here.up()
        sending = asyncio.ensure_future(here.link.submit(unit()))
        await until(lambda: here.peer.count(p.SubmitSm))
        answered = asyncio.ensure_future(here.link.submit(unit()))
        await until(answered.done)
        await here.in_time(lambda: here.link.status.in_flight == 1)
        here.peer.send(p.SubmitSmResp(message_id="9"), here.peer.sequences[-2])
        await until(sending.done)
        await here.in_time(lambda: here.link.status.in_flight == 0)


async def test_the_last_refusal_is_kept_in_the_carriers_words() -> None:
    async with site(but(p.SubmitSm, p.SubmitSmResp(status=0x0B))) as here:
        await here.up()
        await asyncio.gather(here.link.submit(unit()), return_exceptions=True)
        await here.in_time(lambda: here.link.status.last_error)
        status = here.link.status
        assert status.last_error == "0x0000000b ESME_RINVDSTADR"
        assert status.last_error_at is not None


async def test_a_lost_connection_is_the_last_error() -> None:
    async with site() as here:
        await here.up()
        here.peer.drop()
        await here.in_time(lambda: here.link.status.last_error)
        assert "closed" in (here.link.status.last_error or "")


async def test_a_busy_link_speaks_of_itself_once_a_second_at_most() -> None:
    async with site(window=50) as here:
        await here.up()
        await here.second()
        told = len(here.door.statuses)
        for _ in range(20):
            await asyncio.gather(*(here.link.submit(unit(number=n)) for n in range(50)))
        assert len(here.door.statuses) <= told + 1
        await here.second()
        await here.second()
        assert len(here.door.statuses) <= told + 3
