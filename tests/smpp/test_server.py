"""The listener: who may connect at all, and how everybody is parted from."""

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from smpp import pdu as p
from smpp.server import SmppServer
from smpp.server_config import SmppServerConfig
from tests.smpp.desk import START, MemoryDesk, account
from tests.smpp.esme import Esme, serving, submit
from tests.smpp.peer import until


async def test_no_more_connections_than_configured() -> None:
    async with serving(connections=3, connections_per_source=2) as site:
        await site.bound()
        await site.bound()
        await (await site.esme()).closed()


async def test_stopping_answers_what_was_taken_and_unbinds() -> None:
    desk = MemoryDesk()
    desk.gate.clear()
    async with serving(desk) as site:
        esme, guest = await site.bound(), await site.esme()
        first = esme.send(submit())
        await until(lambda: desk.submissions)
        stop = asyncio.ensure_future(site.server.stop())
        await guest.closed()
        assert (await esme.ask(submit())).status == 0x14
        desk.gate.set()
        (answered, answer), (sequence, unbind) = await esme.next(2)
        assert (answered, answer.status) == (first, 0)
        assert isinstance(unbind, p.Unbind)
        esme.answer(sequence, p.UnbindResp())
        await stop
        await esme.closed()


async def test_an_account_that_is_disabled_is_parted_from() -> None:
    async with serving() as site:
        esme = await site.bound()
        site.server.heed(account(window=1))
        assert (await esme.ask(submit())).status == 0
        site.server.heed(account(disabled_at=START))
        [(_, unbind)] = await esme.next()
        assert isinstance(unbind, p.Unbind)


async def test_accounts_do_not_share_their_windows() -> None:
    desk = MemoryDesk(account(window=1), account("crm", window=1))
    desk.gate.clear()
    async with serving(desk) as site:
        one, other = await site.bound(), await site.bound(system_id="crm")
        one.send(submit())
        other.send(submit())
        await until(lambda: len(desk.submissions) == 2)
        assert (await one.ask(submit())).status == 0x58
        desk.gate.set()
        await other.next()


async def test_a_service_that_fell_listens_again() -> None:
    async with serving() as site:
        await site.bound()
        port = site.port
        site.run.cancel()
        await until(site.run.done, site.second)
        assert site.server.addresses == []
        run = asyncio.ensure_future(site.server.run())
        await until(lambda: site.server.addresses)
        site.run = run
        assert port != 0
        await site.bound()


async def test_it_listens_on_both_families() -> None:
    async with serving(listen="[::]:0") as site:
        for host in ("::1", "127.0.0.1"):
            esme = Esme(*await asyncio.open_connection(host, site.port))
            site.esmes.append(esme)
            assert (await esme.bind()).status == 0


async def test_an_address_that_is_taken_is_an_error_at_the_start() -> None:
    async with serving() as site:
        config = SmppServerConfig(listen=f"127.0.0.1:{site.port}")
        second = SmppServer(config, desk=site.desk, clock=site.clock, region="RU")
        with pytest.raises(OSError, match="ddress already in use"):
            await second.start()


def make_certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """A certificate that is its own authority, and its key."""
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    subject = ("-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "1"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", *subject),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return certificate, key


async def test_tls_may_ask_the_application_for_its_certificate(tmp_path: Path) -> None:
    ours, ours_key = make_certificate(tmp_path, "server")
    theirs, theirs_key = make_certificate(tmp_path, "client")
    context = ssl.create_default_context(cafile=str(ours))
    tls = {"ssl": context, "server_hostname": "localhost"}
    async with serving(
        tls_certificate=ours, tls_key=ours_key, tls_client_ca=theirs
    ) as site:
        stranger = await site.esme(**tls)
        with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
            await stranger.bind()
        plain = await site.esme()
        plain.send(p.EnquireLink())
        await plain.closed()
        context.load_cert_chain(theirs, theirs_key)
        known = await site.esme(**tls)
        assert (await known.bind()).status == 0
        assert (await known.ask(submit())).status == 0
