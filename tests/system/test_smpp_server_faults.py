"""Bad input of applications: each gets its command_status, and the log says why once.

A daemon with its SMPP server, and clients on the simulator's codec. Every fault is
made three times on a connection; the daemon's log has one line of it.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hwsim.wire.smpp import RESPONSE, Command, Pdu, encode_header, encode_pdu
from tests.hwsim.esme import Esme, submit_fields
from tests.support.carrier import QUICK, judge, numbers, on_phones, quiet
from tests.support.esme import Application
from tests.support.site import Site, site, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

TIMES = 3
KEYS = "bind_timeout_s = 1.0\nmax_text_octets = 2000\n"
TLV_REFERENCE, TLV_STRANGE, TLV_PAYLOAD = 0x0204, 0x1500, 0x0424


@dataclass(slots=True)
class Server:
    """A daemon to which applications bind, and those that did."""

    place: Site
    esmes: list[Esme] = field(default_factory=list)

    async def connect(self) -> Esme:
        port = self.place.smpp_port
        esme = Esme(*await asyncio.open_connection("127.0.0.1", port))
        self.esmes.append(esme)
        return esme

    async def bound(self, command: int = Command.BIND_TRANSCEIVER) -> Esme:
        esme = await self.connect()
        assert (await esme.bind(command, "crm", "secret")).status == 0
        return esme

    def logged(self, words: str = "refused") -> list[str]:
        """Warnings of the SMPP server with these words in them."""
        lines = (self.place.folder / "gateway.log").read_text().splitlines()
        return [
            line
            for line in lines
            if "warning" in line and "smpp server" in line and words in line
        ]


@asynccontextmanager
async def served(folder: Path, keys: str = KEYS) -> AsyncIterator[Server]:
    """A daemon up, with the account "crm"."""
    async with site(
        folder, modems=0, carrier_keys="", server_keys=keys, extra=QUICK
    ) as place:
        await place.start()
        await place.wait_for_links(1)
        await place.account("crm", max_binds=2)
        made = Server(place)
        try:
            yield made
        finally:
            for esme in made.esmes:
                await esme.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with served(tmp_path) as made:
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """How a bind is refused, and the word the log has for it."""

    status: int
    reason: str
    system_id: str = "crm"
    password: str = "secret"


REFUSED = (
    Refused(status=0x0E, reason="wrong_password", password="guess"),
    Refused(status=0x0F, reason="unknown_account", system_id="nobody"),
    Refused(status=0x0D, reason="disabled", system_id="closed"),
    Refused(status=0x0D, reason="source_not_allowed", system_id="far"),
)


async def test_who_may_not_bind_is_told_why_and_so_is_the_log(server: Server) -> None:
    await server.place.account("closed")
    closed = "/accounts/closed"
    status, _ = await server.place.api("PATCH", closed, {"disabled": True})
    assert status == 200
    await server.place.account("far", sources=["192.0.2.0/24"])
    for case in REFUSED:
        esme = await server.connect()
        mode = Command.BIND_TRANSCEIVER
        answer = await esme.bind(mode, case.system_id, case.password)
        assert answer.status == case.status
        await esme.ended()
        [line] = server.logged(case.reason)
        assert case.system_id in line
        assert "guess" not in line
    assert len(server.logged()) == len(REFUSED)


async def test_one_status_for_every_reason_if_the_administrator_wants(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, KEYS + "distinct_bind_errors = false\n") as server:
        for system_id, password in (("crm", "guess"), ("nobody", "secret")):
            esme = await server.connect()
            answer = await esme.bind(Command.BIND_TRANSCEIVER, system_id, password)
            assert answer.status == 0x0D
        # The log tells them apart all the same.
        assert len(server.logged("wrong_password")) == 1
        assert len(server.logged("unknown_account")) == 1


async def test_guessing_is_made_slow_and_a_right_password_waits_too(
    server: Server,
) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(5):
        esme = await server.connect()
        assert (await esme.bind(password="guess", system_id="crm")).status == 0x0E
    started = loop.time()
    esme = await server.connect()
    assert (await esme.bind(password="secret", system_id="crm")).status == 0x0D
    assert loop.time() - started >= 1.0
    assert len(server.logged("too_many_failures")) == 1


async def test_binds_over_the_limit_are_refused_and_the_others_stay(
    server: Server,
) -> None:
    first, second = await server.bound(), await server.bound()
    third = await server.connect()
    assert (await third.bind(system_id="crm", password="secret")).status == 0x05
    await third.ended()
    assert len(server.logged("too_many_binds")) == 1
    for esme in (first, second):
        assert (await esme.ask(Command.ENQUIRE_LINK)).status == 0
    await first.close()

    async def there_is_room() -> bool:
        fourth = await server.connect()
        return (await fourth.bind(system_id="crm", password="secret")).status == 0

    await until(there_is_room, within_s=5)


async def test_what_is_asked_in_the_wrong_state_is_refused(server: Server) -> None:
    esme = await server.connect()
    for command in (Command.SUBMIT_SM, Command.QUERY_SM, Command.CANCEL_SM):
        assert (await esme.ask(command, submit_fields())).status == 0x04
    assert (await esme.bind(Command.BIND_RECEIVER, "crm", "secret")).status == 0
    assert (await esme.submit()).status == 0x04
    assert (await esme.bind(system_id="crm", password="secret")).status == 0x05
    assert (await esme.ask(Command.ENQUIRE_LINK)).status == 0


async def test_who_does_not_bind_in_time_is_left(server: Server) -> None:
    esme = await server.connect()
    await esme.ended()
    assert not esme.octets


BIND = Pdu(
    command=Command.BIND_TRANSCEIVER,
    sequence=1,
    fields={"system_id": "crm", "password": "secret", "interface_version": 0x34},
)
SUBMISSIONS: dict[str, tuple[int, dict[str, int | str | bytes]]] = {
    "a destination of TON 9": (0x50, {"dest_addr_ton": 9}),
    "a destination of NPI 200": (0x51, {"dest_addr_npi": 200}),
    "a source of TON 9": (0x48, {"source_addr_ton": 9}),
    "a source of NPI 200": (0x49, {"source_addr_npi": 200}),
    "no destination": (0x0B, {"destination_addr": ""}),
    "a destination in letters": (0x0B, {"destination_addr": "somebody"}),
    "a priority of 9": (0x06, {"priority_flag": 9}),
    "a schedule of nonsense": (0x61, {"schedule_delivery_time": "tomorrow"}),
    "a validity of nonsense": (0x62, {"validity_period": "99999999999999XX"}),
    "a validity in the past": (0x62, {"validity_period": "200101000000000+"}),
}


async def test_a_bad_field_is_refused_by_its_status_and_logged_once(
    server: Server,
) -> None:
    for count, (name, (status, fields)) in enumerate(SUBMISSIONS.items(), start=1):
        esme = await server.bound()
        for _ in range(TIMES):
            answer = await esme.ask(Command.SUBMIT_SM, submit_fields() | fields)
            assert (name, answer.status) == (name, status)
        assert (name, len(server.logged())) == (name, count)
        assert (await esme.submit()).status == 0
        await esme.ask(Command.UNBIND)
        await esme.ended()
    assert len(await quiet(server.place)) == len(SUBMISSIONS)


async def test_a_text_too_long_is_refused_and_a_long_one_is_taken(
    server: Server,
) -> None:
    esme = await server.bound()
    for _ in range(TIMES):
        answer = await esme.submit(b"", ((TLV_PAYLOAD, b"x" * 60_000),))
        assert answer.status == 0x01
    assert len(server.logged()) == 1
    assert (await esme.submit(b"", ((TLV_PAYLOAD, b"x" * 1500),))).status == 0
    assert len(await quiet(server.place)) == 1


async def test_unknown_parameters_are_no_fault(server: Server) -> None:
    esme = await server.bound()
    tlvs = ((TLV_STRANGE, b"\1\2"), (TLV_STRANGE, b""), (TLV_REFERENCE, b"\0\7"))
    assert (await esme.submit(b"hello", tlvs)).status == 0
    assert server.logged() == []


async def test_unknown_commands_and_bad_bodies_are_answered_and_the_bind_stays(
    server: Server,
) -> None:
    esme = await server.bound()
    for octets, command, status in (
        (encode_header(16, 0x0777, 0, 77), Command.GENERIC_NACK, 0x03),
        (
            encode_header(18, 0x04, 0, 77) + b"\xff\xff",
            Command.SUBMIT_SM | RESPONSE,
            0x02,
        ),
    ):
        for _ in range(TIMES):
            esme.writer.write(octets)
            answer = await esme.response()
            assert (answer.command, answer.sequence) == (command, 77)
            assert answer.status in {status, 0x08}
    assert (await esme.submit()).status == 0


async def test_a_length_that_cannot_be_ends_one_connection_only(
    server: Server,
) -> None:
    other = await server.bound()
    for length in (0, 4, 15, 70_001, 0xFFFFFFFF):
        esme = await server.bound()
        esme.writer.write(encode_header(length, Command.SUBMIT_SM, 0, 9) + bytes(64))
        answer = await esme.response()
        assert (answer.command, answer.status) == (Command.GENERIC_NACK, 0x02)
        await esme.ended()
    assert (await other.submit()).status == 0


async def test_too_fast_is_throttled_at_once_and_stored_not_at_all(
    server: Server,
) -> None:
    await server.place.account("slow", rate_per_s=5, window=1000)
    esme = await server.connect()
    assert (await esme.bind(system_id="slow", password="secret")).status == 0
    for number in numbers(50):
        fields = submit_fields(destination_addr=number[1:])
        esme.send(Command.SUBMIT_SM, fields)
    statuses = [(await esme.response()).status for _ in range(50)]
    assert set(statuses) == {0, 0x58}
    assert statuses.count(0) <= 10
    messages = await quiet(server.place)
    assert len(messages) == statuses.count(0)
    assert len(server.logged("too fast")) == 1


async def test_a_stalled_application_costs_no_memory_and_loses_nothing(
    server: Server,
) -> None:
    await server.place.account("inbox", numbers=["*"], deliver_window=10)
    application = Application(server.place.smpp_port, "inbox", "secret", is_slow=True)
    async with application.running():
        wanted = numbers(500)
        application.submit(*wanted)

        async def all_are_answered() -> bool:
            return len(application.accepted) == len(wanted)

        await until(all_are_answered, within_s=30)
        messages = await quiet(
            server.place, moving=frozenset({"queued", "sending", "sent"})
        )
        # No more than the window is in flight to one that does not acknowledge.
        assert application.receipts.total() <= 10
        application.is_slow = False
        application.die()

        async def all_are_told() -> bool:
            return application.receipts.keys() >= set(application.accepted.values())

        await until(all_are_told, within_s=30)
        assert not judge(messages, await on_phones(server.place))


async def test_an_application_that_does_not_read_is_not_read_either(
    server: Server,
) -> None:
    stream = socket.socket()
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stream.connect(("127.0.0.1", server.place.smpp_port))
    stream.settimeout(2.0)
    probes = encode_header(16, Command.ENQUIRE_LINK, 0, 7) * 1000
    with stream:
        stream.send(encode_pdu(BIND))
        await asyncio.to_thread(stream.recv, 100)
        before = server.place.resident_octets()
        is_stuck = False
        while not is_stuck:
            try:
                await asyncio.to_thread(stream.send, probes)
            except TimeoutError:
                is_stuck = True
        assert server.place.resident_octets() - before < 20_000_000
        other = await server.bound()
        assert (await other.submit()).status == 0


async def test_octet_by_octet_and_all_at_once_are_read_alike(server: Server) -> None:
    esme = await server.bound()
    pdus = [
        encode_pdu(
            Pdu(
                command=Command.SUBMIT_SM,
                sequence=100 + n,
                fields=submit_fields(destination_addr=number[1:]),
            )
        )
        for n, number in enumerate(numbers(20))
    ]
    for octet in b"".join(pdus[:3]):
        esme.writer.write(struct.pack("B", octet))
        await esme.writer.drain()
        await asyncio.sleep(0)
    esme.writer.write(b"".join(pdus[3:]))
    answers = [await esme.response() for _ in pdus]
    assert [answer.sequence for answer in answers] == list(range(100, 120))
    assert {answer.status for answer in answers} == {0}
