"""One SMPP session of ours as ESME, without I/O: how we bind, what an SMSC may ask.

Relies on `smpp.exchange` for all that both sides do alike. Does not interpret messages,
does not reconnect.

Spec: SMPP 3.4 chapter 2; spec/smpp.md 13, 21
"""

from collections.abc import Mapping
from typing import ClassVar

from smpp import pdu as p
from smpp.exchange import (
    LAST_SEQUENCE,
    Answered,
    Arrived,
    Bound,
    Called,
    Control,
    Ended,
    Event,
    Exchange,
    Garbled,
    Limits,
    Refused,
    State,
    TimedOut,
    Tolerated,
    WindowFull,
)
from smpp.wire import Frame

__all__ = [
    "LAST_SEQUENCE",
    "Answered",
    "Arrived",
    "Bound",
    "Called",
    "Ended",
    "Event",
    "Garbled",
    "Limits",
    "Refused",
    "Session",
    "State",
    "TimedOut",
    "Tolerated",
    "WindowFull",
]


class Session(Exchange):
    """One connection to an SMSC."""

    responses: ClassVar[Mapping[int, type[p.Pdu]]] = {
        p.Command.DELIVER_SM: p.DeliverSmResp,
        p.Command.DATA_SM: p.DataSmResp,
        p.Command.UNBIND: p.UnbindResp,
        p.Command.ENQUIRE_LINK: p.EnquireLinkResp,
    }

    def await_outbind(self, now: float) -> None:
        """The SMSC made the connection: `Called` or `Ended` follows."""
        until = now + self._limits.bind_s
        self._control = Control(what="outbind", until=until)

    def bind(self, pdu: p.Bind, now: float) -> None:
        """Ask to be let in; `Bound` or `Refused` or `Ended` follows."""
        assert self.state is State.OPEN  # noqa: S101 -- a promise of the caller's
        self.state = State.BINDING
        until = now + self._limits.bind_s
        self._control = Control(
            what="answer to bind", until=until, sequence=self._put(pdu)
        )

    def _take_control(self, pdu: p.Pdu, events: list[Event]) -> None:
        if self.state is State.UNBINDING:
            self._end("unbound", events)
        elif pdu.status == p.Status.OK and isinstance(pdu, p.BindResp):
            self.state = State.BOUND
            events.append(Bound(answer=pdu))
        else:
            self.state = State.CLOSED
            events.append(Refused(status=pdu.status))

    def _take_request(self, frame: Frame, pdu: p.Pdu, events: list[Event]) -> None:
        match pdu:
            case p.EnquireLink():
                self.answer(frame.sequence, p.EnquireLinkResp())
            case p.Unbind():
                self.answer(frame.sequence, p.UnbindResp())
                self._end("the SMSC unbound us", events)
            case p.Outbind() if self.state is State.OPEN and self._control is not None:
                events.append(Called(outbind=pdu))
            case p.DeliverSm() | p.DataSm() | p.AlertNotification():
                # Some begin to deliver before they have answered the bind.
                if self.state is not State.OPEN:
                    events.append(Arrived(frame=frame, pdu=pdu))
                elif not isinstance(pdu, p.AlertNotification):
                    response = self.responses[frame.command]
                    self.answer(
                        frame.sequence, response(status=p.Status.INVALID_BIND_STATE)
                    )
            case _:
                # An operation that only we may ask for.
                self.answer(
                    frame.sequence, p.GenericNack(status=p.Status.INVALID_COMMAND_ID)
                )
