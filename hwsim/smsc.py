"""The SMSC: a port that ESMEs bind to, their accounts, and the network behind it.

Relies on asyncio for the port; sessions, desk and outboxes do the work. Without
broadcast and distribution lists.

Spec: SMPP 3.4; PRODUCT.md 8
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from ssl import SSLContext
from types import MappingProxyType

from hwsim.clock import Clock
from hwsim.faults import NOW, Fault, FaultSet
from hwsim.ledger import LedgerKind
from hwsim.network import Network
from hwsim.smsc_account import DEFAULT_ACCOUNT, Account
from hwsim.smsc_alerts import Alerts
from hwsim.smsc_desk import SUBMITS, Desk
from hwsim.smsc_faults import AT_ONCE, SMSC_KINDS
from hwsim.smsc_outbox import Outbox, Outgoing
from hwsim.smsc_rate import Bucket
from hwsim.smsc_record import SmppAddress
from hwsim.smsc_session import Session
from hwsim.wire.smpp import Pdu, SmppRefusal, Status, command_name


class CodeTaken(ValueError):
    """A short code that is another's already; says whose."""


class Smsc:
    """``start`` opens the port; accounts and faults may change at any time."""

    def __init__(self, network: Network, clock: Clock, seed: int = 0) -> None:
        self.faults = FaultSet(clock, seed, SMSC_KINDS)
        self.faults.on_change(self._fault_started, lambda fault: None)
        self._network = network
        self._clock = clock
        self._accounts: dict[str, Account] = {}
        self._outboxes: dict[str, Outbox] = {}
        self._buckets: dict[str, Bucket] = {}
        self._sessions: list[Session] = []
        self._server: asyncio.Server | None = None
        self._refusals: Counter[str] = Counter()
        self._binds = 0
        self._alerts = Alerts(self._sessions_of)
        network.on_reachable(self._alerts.reachable)
        self._desk = Desk(
            network,
            clock,
            self.faults,
            self._accounts.get,
            self._outboxes.__getitem__,
            self._alerts,
        )
        self.address = ""
        self.set_account(DEFAULT_ACCOUNT)

    # Accounts

    @property
    def accounts(self) -> Mapping[str, Account]:
        return MappingProxyType(self._accounts)

    def set_account(self, account: Account) -> None:
        """Make an account or change it; bound sessions follow. CodeTaken."""
        own = self._accounts.get(account.system_id)
        old = own.short_codes if own else ()
        for code in set(account.short_codes) - set(old):
            if self._network.mailbox(code) is not None or code in self._network.phones:
                raise CodeTaken(f"{code} is taken")
        self._accounts[account.system_id] = account
        self._buckets[account.system_id] = Bucket(self._clock, account)
        if account.system_id not in self._outboxes:
            self._outboxes[account.system_id] = self._new_outbox(account)
        outbox = self._outboxes[account.system_id]
        for code in old:
            if code not in account.short_codes:
                self._network.close_service(code)
        for code in account.short_codes:
            if code not in old:
                self._network.open_service(code, outbox.box_for(code))
        for session in self._sessions_of(account.system_id):
            session.account = account
        outbox.push()
        self.changed()

    def remove_account(self, system_id: str) -> None:
        """With its binds and what waits for it; KeyError when there is none."""
        account = self._accounts.pop(system_id)
        for code in account.short_codes:
            self._network.close_service(code)
        for session in self._sessions_of(system_id):
            session.abort()
        self.changed()

    # The port

    async def start(
        self, host: str, port: int, *, tls: SSLContext | None = None
    ) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._new_session, host, port, ssl=tls)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def outbind(
        self, host: str, port: int, *, system_id: str, password: str
    ) -> None:
        """Call an ESME, that it may bind as receiver; OSError when nobody answers."""
        loop = asyncio.get_running_loop()
        _, session = await loop.create_connection(self._new_session, host, port)
        session.call(system_id, password)

    def alert(self, system_id: str, msisdn: str) -> bool:
        """Tell an account that a phone can be reached; False when it is not bound."""
        account = self._accounts[system_id]
        own = account.short_codes[0] if account.short_codes else ""
        phone = SmppAddress(ton=1, npi=1, text=msisdn.removeprefix("+"))
        return self._alerts.send(system_id, phone, SmppAddress(ton=3, npi=0, text=own))

    async def close(self) -> None:
        for outbox in self._outboxes.values():
            outbox.close()
        if self._server is not None:
            self._server.close()
        for session in list(self._sessions):
            session.abort()
        if self._server is not None:
            await self._server.wait_closed()

    def describe(self) -> dict[str, object]:
        return {
            "address": self.address,
            "accounts": [account.describe() for account in self._accounts.values()],
            "binds": [session.describe() for session in self._sessions],
            "counters": {
                "binds": self._binds,
                "submitted": self._desk.submitted,
                "receipts": self._desk.receipts,
                "waiting": sum(box.waiting for box in self._outboxes.values()),
            },
            "refused": dict(self._refusals),
            "faults": self.faults.describe(),
        }

    # What sessions ask

    def opened(self, session: Session) -> None:
        self._sessions.append(session)
        self.changed()

    def closed(self, session: Session, unanswered: list[Outgoing]) -> None:
        if session not in self._sessions:
            return
        self._sessions.remove(session)
        if session.account is not None:
            self._outboxes[session.account.system_id].returned(unanswered)
        self.changed()

    def authenticate(self, pdu: Pdu) -> Account:
        system_id = pdu.text("system_id")
        subject = f"{command_name(pdu.command)} {system_id}"
        if fault := self.faults.take("bind_refused", subject):
            status = fault.whole("status", Status.BIND_FAILED)
            raise SmppRefusal(status, "refused by a fault")
        account = self._accounts.get(system_id)
        if account is None:
            raise SmppRefusal(Status.INVALID_SYSTEM_ID, f"no account {system_id!r}")
        if pdu.text("password") != account.password:
            raise SmppRefusal(Status.INVALID_PASSWORD, f"password of {system_id!r}")
        if len(self._sessions_of(system_id)) >= account.binds:
            reason = f"{system_id!r} is bound {account.binds} times"
            raise SmppRefusal(Status.ALREADY_BOUND, reason)
        return account

    def bound(self, account: Account) -> None:
        self._binds += 1
        self._outboxes[account.system_id].push()
        self.changed()

    def request(self, session: Session, account: Account, pdu: Pdu) -> None:
        submit = pdu.command in SUBMITS
        if submit and self._drops(session, pdu, "request"):
            return
        if submit and session.unanswered >= account.unanswered:
            reason = f"{session.unanswered} requests unanswered"
            raise SmppRefusal(Status.THROTTLED, reason)
        if submit and not self._buckets[account.system_id].take():
            reason = f"more than {account.rate_per_s:g} a second"
            raise SmppRefusal(Status.THROTTLED, reason)
        answer = self._desk.handle(account, pdu)
        session.counters.submitted += submit
        if submit and self._drops(session, pdu, "accepted"):
            return
        session.answer(pdu, answer)

    def refused(self, session: Session, command: int, refusal: SmppRefusal) -> None:
        self._refusals[f"0x{refusal.status:02X}"] += 1
        system_id = session.account.system_id if session.account else session.peer
        self._network.ledger.write(
            LedgerKind.REFUSED,
            at=self._clock.now(),
            sender=system_id,
            recipient="",
            status=refusal.status,
            detail=f"{command_name(command)}: {refusal.reason}",
        )
        self.changed()

    def delivered(self, account: Account, item: Outgoing, status: int) -> None:
        outbox = self._outboxes[account.system_id]
        if status:
            outbox.refused(item)
        else:
            outbox.acknowledged(item)

    def undelivered(self, account: Account, item: Outgoing) -> None:
        self._outboxes[account.system_id].returned([item])

    def changed(self) -> None:
        self._network.changed()

    # Faults

    def _fault_started(self, fault: Fault) -> None:
        if fault.kind not in AT_ONCE or fault.text("at", NOW) != NOW:
            return
        # One fault falls on all links it names; a link that it does not, it spares.
        for session in list(self._sessions):
            if fault.match is None or fault.match.search(session.subject):
                self._do(fault, session)
        self.faults.done(fault)

    def _do(self, fault: Fault, session: Session) -> None:
        match fault.kind:
            case "link_drop":
                session.abort()
            case "unbind":
                session.unbind()
            case _:
                session.spoil(fault)

    def _drops(self, session: Session, pdu: Pdu, stage: str) -> bool:
        subject = f"{command_name(pdu.command)} {session.subject}"
        if self.faults.take("link_drop", subject, at=stage) is None:
            return False
        session.abort()
        return True

    # Parts

    def _new_session(self) -> Session:
        return Session(self, self.faults, self._clock)

    def _new_outbox(self, account: Account) -> Outbox:
        system_id = account.system_id
        return Outbox(
            self._clock,
            self.faults,
            lambda: self._accounts.get(system_id, account),
            self._receivers(system_id),
        )

    def _receivers(self, system_id: str) -> Callable[[], Sequence[Session]]:
        def most_room_first() -> Sequence[Session]:
            return sorted(self._sessions_of(system_id), key=lambda s: -s.room)

        return most_room_first

    def _sessions_of(self, system_id: str) -> list[Session]:
        return [
            session
            for session in self._sessions
            if session.account is not None and session.account.system_id == system_id
        ]
