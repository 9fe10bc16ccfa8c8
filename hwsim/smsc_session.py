"""One connection to the SMSC: frames, bind state, liveness, windows.

Relies on an asyncio transport and on a host that knows accounts and takes requests.
What waits for the peer waits in the loop's time, since the peer lives in it; what the
network takes its time for waits on the simulator's clock. Faults of the line fall here.

Spec: SMPP 3.4 2.2, 2.7, 4.1 to 4.3, 4.11; smpp.md 3.1, 3.2, 3.7 (61)
"""

import asyncio
from dataclasses import dataclass, replace

from hwsim.clock import Clock, Sequence
from hwsim.faults import Fault, FaultSet
from hwsim.smsc_account import Account
from hwsim.smsc_faults import LINE_FAULTS, spoiled_octets
from hwsim.smsc_host import Answer, BindMode, LinkCounters, SessionHost
from hwsim.smsc_line import SmscLine
from hwsim.smsc_outbox import Outgoing
from hwsim.wire.smpp import (
    RESPONSE,
    Command,
    Framer,
    FramingError,
    Pdu,
    SmppRefusal,
    Status,
    Tag,
    command_name,
    decode_pdu,
    encode_pdu,
    read_header,
)

VERSION = 0x34
SMSC_ID = "hwsim"
BIND_WITHIN_S = 10.0
_MAX_SEQUENCE = 0x7FFFFFFF
_DEFAULT_LATE_S = 60.0


_MODES = {
    Command.BIND_RECEIVER: BindMode.RECEIVER,
    Command.BIND_TRANSMITTER: BindMode.TRANSMITTER,
    Command.BIND_TRANSCEIVER: BindMode.TRANSCEIVER,
}


@dataclass(slots=True, kw_only=True)
class _Sent:
    account: Account
    item: Outgoing
    timer: asyncio.TimerHandle


class Session(asyncio.Protocol):
    """Made per connection; ends with it."""

    def __init__(self, host: SessionHost, faults: FaultSet, clock: Clock) -> None:
        self._host = host
        self._faults = faults
        self._clock = clock
        self._answers = Sequence(clock)
        self._framer = Framer()
        self._line: SmscLine | None = None
        self._sequence = 0
        self._sent: dict[int, _Sent] = {}
        self._watch: asyncio.TimerHandle | None = None
        self._enquired = False
        self._unanswered = 0
        self._leaving = False
        self.peer = ""
        self.account: Account | None = None
        self.mode: BindMode | None = None
        self.counters = LinkCounters()

    # asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("the port is not of streams")
        self._line = SmscLine(transport, self._faults, self._clock)
        host, port = transport.get_extra_info("peername")[:2]
        self.peer = f"{host}:{port}"
        if self._faults.take("refuse_connection", self.subject):
            transport.abort()
            return
        self._watch_in(BIND_WITHIN_S)
        self._host.opened(self)

    def data_received(self, octets: bytes) -> None:
        self._enquired = False
        if self.account is not None and not self._leaving:
            self._watch_in(self.account.enquire_s)
        try:
            for frame in self._framer.feed(octets):
                if self._line is None or self._line.closing:
                    return
                # A half-open peer reads nothing, but the stream must stay in step.
                if not self._faults.active("half_open", self.subject):
                    self._read(frame)
        except FramingError as error:
            self.counters.garbage += 1
            refusal = SmppRefusal(Status.INVALID_COMMAND_LENGTH, str(error))
            self._host.refused(self, Command.GENERIC_NACK, refusal)
            self._write_response(Command.GENERIC_NACK, 0, refusal.status)
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._line = None
        if self._watch is not None:
            self._watch.cancel()
        unanswered = []
        for sent in self._sent.values():
            sent.timer.cancel()
            unanswered.append(sent.item)
        self._sent.clear()
        self._host.closed(self, unanswered)

    # What the SMSC asks

    @property
    def subject(self) -> str:
        system_id = self.account.system_id if self.account else ""
        return f"{self.mode or 'open'} {system_id}"

    @property
    def receives(self) -> bool:
        wants = self.mode in (BindMode.RECEIVER, BindMode.TRANSCEIVER)
        return wants and not self._leaving and self._line is not None

    @property
    def room(self) -> int:
        """How many more it may be sent unanswered."""
        window = self.account.window if self.account else 0
        return window - len(self._sent) if self.receives else 0

    @property
    def unanswered(self) -> int:
        """Requests of the ESME that wait for their answer."""
        return self._unanswered

    def deliver(self, item: Outgoing) -> None:
        """Send a request; the host hears what became of it."""
        account = self.account
        if account is None:
            raise ValueError("not bound")
        sequence = self._next_sequence()
        loop = asyncio.get_running_loop()
        timer = loop.call_later(account.answer_within_s, self._late, sequence)
        self._sent[sequence] = _Sent(account=account, item=item, timer=timer)
        self._write(encode_pdu(replace(item.pdu, sequence=sequence)))

    def answer(self, request: Pdu, answer: Answer) -> None:
        """Respond after the answer's delay, spoiled if that is wanted."""
        self._unanswered += 1
        faults, subject = self._faults, answer.subject

        def respond() -> None:
            self._unanswered -= 1
            self._respond(request, answer)

        delay_s = answer.delay_s
        if slow := faults.take("slow_answer", subject):
            delay_s += slow.number("delay_s", 2.0)
        if late := faults.take("late_answer", subject):
            delay_s += late.number("delay_s", _DEFAULT_LATE_S)
            self._clock.call_later(delay_s, respond)
        elif delay_s:
            self._answers.call_later("", delay_s, respond)
        else:
            respond()

    def unbind(self) -> None:
        """Leave politely; the connection ends with the answer, or without one."""
        self._leaving = True
        unbind = Pdu(command=Command.UNBIND, sequence=self._next_sequence())
        self._write(encode_pdu(unbind))
        self._watch_in(BIND_WITHIN_S)

    def call(self, system_id: str, password: str) -> None:
        """outbind: ask the ESME at the other end to bind."""
        fields = {"system_id": system_id, "password": password}
        self.tell(Pdu(command=Command.OUTBIND, sequence=0, fields=fields))

    def tell(self, pdu: Pdu) -> None:
        """Send what has no response."""
        self._write(encode_pdu(replace(pdu, sequence=self._next_sequence())))

    def spoil(self, fault: Fault) -> None:
        """Write what one of LINE_FAULTS stands for."""
        octets = spoiled_octets(fault, self._faults.chance, self._next_sequence())
        self._write(octets)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    def abort(self) -> None:
        """Break the connection without a farewell."""
        if self._line is not None:
            self._line.abort()

    def describe(self) -> dict[str, object]:
        return {
            "peer": self.peer,
            "system_id": self.account.system_id if self.account else None,
            "mode": self.mode,
            "window": len(self._sent),
            "unanswered": self._unanswered,
            "pdus_in": self.counters.pdus_in,
            "pdus_out": self.counters.pdus_out,
            "submitted": self.counters.submitted,
            "refused": self.counters.refused,
            "delivered": self.counters.delivered,
            "garbage": self.counters.garbage,
        }

    # Reading

    def _read(self, frame: bytes) -> None:
        self.counters.pdus_in += 1
        command, status, sequence = read_header(frame)
        if command & RESPONSE:
            self._read_response(command, status, sequence)
            return
        try:
            self._handle(decode_pdu(frame))
        except SmppRefusal as refusal:
            self.counters.refused += 1
            self._host.refused(self, command, refusal)
            answer = command | RESPONSE
            if refusal.status == Status.INVALID_COMMAND:
                answer = Command.GENERIC_NACK
            self._write_response(answer, sequence, refusal.status)

    def _handle(self, pdu: Pdu) -> None:
        match pdu.command:
            case Command.ENQUIRE_LINK:
                if not self._faults.take("no_enquire_answer", self.subject):
                    self._write_response(pdu.command | RESPONSE, pdu.sequence)
            case (
                Command.BIND_RECEIVER
                | Command.BIND_TRANSMITTER
                | Command.BIND_TRANSCEIVER
            ):
                self._bind(pdu)
            case Command.UNBIND:
                self._needs_bind()
                self._leaving = True
                self._write_response(pdu.command | RESPONSE, pdu.sequence)
                self.close()
            case Command.DELIVER_SM:
                reason = "deliver_sm is the SMSC's to send"
                raise SmppRefusal(Status.INVALID_COMMAND, reason)
            case _:
                account = self._needs_bind()
                if self.mode is BindMode.RECEIVER:
                    reason = f"{command_name(pdu.command)} on a receiver"
                    raise SmppRefusal(Status.INVALID_BIND_STATUS, reason)
                self._host.request(self, account, pdu)

    def _needs_bind(self) -> Account:
        if self.account is None or self._leaving:
            raise SmppRefusal(Status.INVALID_BIND_STATUS, "not bound")
        return self.account

    def _bind(self, pdu: Pdu) -> None:
        if self.mode is not None:
            raise SmppRefusal(Status.ALREADY_BOUND, "bound already")
        self.account = self._host.authenticate(pdu)
        self.mode = _MODES[Command(pdu.command)]
        self._watch_in(self.account.enquire_s)
        tlvs: tuple[tuple[int, bytes], ...] = ()
        if pdu.number("interface_version") >= VERSION:
            tlvs = ((Tag.SC_INTERFACE_VERSION, bytes((VERSION,))),)
        response = Pdu(
            command=pdu.command | RESPONSE,
            sequence=pdu.sequence,
            fields={"system_id": SMSC_ID},
            tlvs=tlvs,
        )
        self._write(encode_pdu(response))
        self._host.bound(self.account)

    def _read_response(self, command: int, status: int, sequence: int) -> None:
        if command == Command.UNBIND | RESPONSE and self._leaving:
            self.close()
            return
        sent = self._sent.pop(sequence, None)
        if sent is None:
            return
        sent.timer.cancel()
        if status == 0:
            self.counters.delivered += 1
        self._host.delivered(sent.account, sent.item, status)

    def _late(self, sequence: int) -> None:
        sent = self._sent.pop(sequence)
        self._host.undelivered(sent.account, sent.item)

    def _watch_in(self, seconds: float) -> None:
        """Look after the peer when it has said nothing for so long."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = None
        if seconds:
            loop = asyncio.get_running_loop()
            self._watch = loop.call_later(seconds, self._silent)

    def _silent(self) -> None:
        if self.account is None or self._leaving or self._enquired:
            self.abort()
            return
        self._enquired = True
        enquire = Pdu(command=Command.ENQUIRE_LINK, sequence=self._next_sequence())
        self._write(encode_pdu(enquire))
        self._watch_in(self.account.answer_within_s)

    # Writing

    def _next_sequence(self) -> int:
        self._sequence = self._sequence % _MAX_SEQUENCE + 1
        return self._sequence

    def _respond(self, request: Pdu, answer: Answer) -> None:
        faults, subject = self._faults, answer.subject
        for kind in LINE_FAULTS:
            if fault := faults.take(kind, subject, at="answer"):
                self.spoil(fault)
        if faults.take("no_answer", subject):
            return
        sequence = request.sequence
        if wrong := faults.take("wrong_sequence", subject):
            sequence = (sequence + wrong.whole("offset", 1000)) & _MAX_SEQUENCE
        response = Pdu(
            command=request.command | RESPONSE,
            sequence=sequence,
            fields=answer.fields,
        )
        octets = encode_pdu(response)
        partial = faults.take("partial", subject)
        if partial is not None and self._line is not None:
            self.counters.pdus_out += 1
            self._line.write_in_pieces(octets, self.subject, partial)
        else:
            self._write(octets)
        if faults.take("unbind", subject, at="answer"):
            self.unbind()

    def _write_response(self, command: int, sequence: int, status: int = 0) -> None:
        response = Pdu(command=command, sequence=sequence, status=status)
        self._write(encode_pdu(response))

    def _write(self, octets: bytes) -> None:
        self.counters.pdus_out += 1
        if self._line is not None:
            self._line.write(octets, self.subject)
