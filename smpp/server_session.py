"""One SMPP session of ours as SMSC, without I/O: who may ask for what, and when.

Relies on `smpp.exchange` for all that both sides do alike. Whether somebody may bind is
decided outside: a bind and what a bound ESME asks for come out as `Arrived`. An
enquire_link is answered in every state, as 5.0 has it.

Spec: SMPP 3.4 2.2, 2.3, 5.2.4; SMPP 5.0 2.4; spec/smpp.md 61
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from smpp import pdu as p
from smpp.exchange import Arrived, Control, Event, Exchange, Limits, State
from smpp.wire import Frame

FIRST_WITH_TLVS: Final = 0x34
_LATEST_VERSION: Final = 0x50
_BIND_RESPONSES: Final[Mapping[int, type[p.BindResp]]] = {
    p.Command.BIND_TRANSMITTER: p.BindTransmitterResp,
    p.Command.BIND_RECEIVER: p.BindReceiverResp,
    p.Command.BIND_TRANSCEIVER: p.BindTransceiverResp,
}
_Operation = (
    p.SubmitSm | p.SubmitMulti | p.DataSm | p.QuerySm | p.CancelSm | p.ReplaceSm
)


class ServerSession(Exchange):
    """One connection of an application."""

    responses: ClassVar[Mapping[int, type[p.Pdu]]] = {
        **_BIND_RESPONSES,
        p.Command.UNBIND: p.UnbindResp,
        p.Command.ENQUIRE_LINK: p.EnquireLinkResp,
        p.Command.SUBMIT_SM: p.SubmitSmResp,
        p.Command.SUBMIT_MULTI: p.SubmitMultiResp,
        p.Command.DATA_SM: p.DataSmResp,
        p.Command.QUERY_SM: p.QuerySmResp,
        p.Command.CANCEL_SM: p.CancelSmResp,
        p.Command.REPLACE_SM: p.ReplaceSmResp,
        p.Command.DELIVER_SM: p.DeliverSmResp,
    }

    def __init__(self, limits: Limits, now: float) -> None:
        super().__init__(limits, now)
        self.bound_by: p.Command | None = None
        self.version = 0
        self._control = Control(what="bind in time", until=now + limits.bind_s)

    @property
    def takes_tlvs(self) -> bool:
        """Whether the peer knows optional parameters. Spec: SMPP 3.4 3.4"""
        return self.version >= FIRST_WITH_TLVS

    @property
    def delivers(self) -> bool:
        """Whether messages may be sent to it now."""
        return self.state is State.BOUND and self.bound_by != p.Command.BIND_TRANSMITTER

    def admit(self, sequence: int, pdu: p.Bind, system_id: str, now: float) -> None:
        """Let in who asked."""
        self._last_received = now
        self.state = State.BOUND
        self.bound_by = pdu.command
        self.version = pdu.interface_version
        tlvs: tuple[p.Tlv, ...] = ()
        if self.takes_tlvs:
            spoken = _LATEST_VERSION if self.version >= _LATEST_VERSION else 0x34
            tlvs = (p.Tlv(tag=p.Tag.SC_INTERFACE_VERSION, value=bytes((spoken,))),)
        response = _BIND_RESPONSES[pdu.command]
        self.answer(sequence, response(system_id=system_id, tlvs=tlvs))

    def refuse(self, sequence: int, pdu: p.Bind, status: int) -> None:
        """Do not; the connection is of no use any more."""
        self.answer(sequence, _BIND_RESPONSES[pdu.command](status=status))
        self.state = State.CLOSED

    def part(self, sequence: int) -> None:
        """Answer the unbind that `Arrived`; the connection is of no use any more."""
        self.answer(sequence, p.UnbindResp())
        self.state = State.CLOSED

    def _take_control(self, pdu: p.Pdu, events: list[Event]) -> None:
        self._end("unbound", events)

    def _take_request(self, frame: Frame, pdu: p.Pdu, events: list[Event]) -> None:
        may_ask = self.bound_by not in (None, p.Command.BIND_RECEIVER)
        if may_ask and self.state is State.BOUND and isinstance(pdu, _Operation):
            events.append(Arrived(frame=frame, pdu=pdu))
            return
        match pdu:
            case p.EnquireLink():
                self.answer(frame.sequence, p.EnquireLinkResp())
            case p.Bind() if self.state is State.OPEN:
                self.state = State.BINDING
                self._control = None
                events.append(Arrived(frame=frame, pdu=pdu))
            case p.Bind() if self.state is State.BOUND:
                self._reject(frame, p.Status.ALREADY_BOUND)
            case p.Unbind() if self.state is State.BOUND:
                # What it asked for before is answered before.
                self.state = State.UNBINDING
                events.append(Arrived(frame=frame, pdu=pdu))
            case p.Unbind() if self.state is State.UNBINDING and self._control:
                # Both sides said goodbye at once.
                self.answer(frame.sequence, p.UnbindResp())
                self._end("unbound", events)
            case _:
                self._reject(frame, p.Status.INVALID_BIND_STATE)

    def _reject(self, frame: Frame, status: int) -> None:
        response = self.responses.get(frame.command)
        if response is None:
            # outbind and alert_notification are not for an SMSC, and have no answer.
            nack = p.GenericNack(status=p.Status.INVALID_COMMAND_ID)
            self.answer(frame.sequence, nack)
        else:
            self.answer(frame.sequence, response(status=status))
