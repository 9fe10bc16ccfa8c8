"""The SMSC's faults: their kinds, and the spoiled octets of those on the line.

Relies on ``faults`` for which are wanted. A kind with ``at`` falls now on every link,
or at the stage it names: request (a submit came, nothing is done yet), accepted (it
is taken, not answered) or answer (before the answer is written). ``match`` is searched
in "command system_id source destination", of a link in "mode system_id".

Spec: PRODUCT.md 8; smpp.md 3.1 to 3.5
"""

from collections.abc import Mapping
from random import Random

from hwsim.fault_kinds import FaultKind
from hwsim.faults import Fault
from hwsim.wire.smpp import Command, encode_header

LINE_FAULTS = ("garbage", "garbage_pdu", "over_long", "short_length", "unknown_command")
AT_ONCE = (*LINE_FAULTS, "link_drop", "unbind")
_UNKNOWN_COMMAND = 0x00000777
_HEADER_OCTETS = 16


def _once(description: str, *parameters: str) -> FaultKind:
    return FaultKind(description=description, parameters=parameters)


def _lasting(description: str, *parameters: str) -> FaultKind:
    return FaultKind(description=description, lasting=True, parameters=parameters)


_LINK = {
    "link_drop": _once("the connection breaks; at = now, request, accepted", "at"),
    "half_open": _lasting("the connection stays, nothing is read or answered"),
    "refuse_connection": _lasting("a new connection is closed at once"),
    "bind_refused": _lasting("a bind is answered with this status", "status"),
    "unbind": _once("the SMSC unbinds; at = now, answer", "at"),
    "no_enquire_answer": _lasting("enquire_link is not answered"),
}
_REFUSALS = {
    "throttle": _lasting("submits are answered with ESME_RTHROTTLED"),
    "queue_full": _lasting("submits are answered with ESME_RMSGQFUL"),
    "status": _once("a request is refused with this status", "status"),
}
_ANSWERS = {
    "slow_answer": _lasting("requests are answered delay_s later", "delay_s"),
    "late_answer": _once("taken, answered delay_s later, out of order", "delay_s"),
    "no_answer": _once("taken and never answered"),
    "wrong_sequence": _once("the answer has a number offset further", "offset"),
    "partial": _once("octets of the answer, pause_s, the rest", "octets", "pause_s"),
}
_LINE = {
    "garbage": _once("octets in the stream, random ones or hex", "at", "octets", "hex"),
    "garbage_pdu": _once("a deliver_sm whose body is random", "at", "octets"),
    "over_long": _once(
        "a header whose command_length is octets, 0xFFFFFFFF by default",
        *("at", "octets"),
    ),
    "short_length": _once("a header whose command_length is octets", "at", "octets"),
    "unknown_command": _once("a request of a command that is not known", "at"),
}
_REPORTS = {
    "report_before_answer": _once(
        "the receipt comes first, the answer delay_s later", "delay_s"
    ),
    "report_duplicate": _once("the receipt comes twice"),
    "report_missing": _once("no receipt comes"),
    "report_delayed": _once("the receipt comes delay_s later", "delay_s"),
    "report_other_base": _once(
        "its id in another form: decimal, hex, upper or padded", "base"
    ),
    "report_unknown_id": _once("its id is of no message, offset further", "offset"),
    "report_as_data_sm": _once("the receipt comes as data_sm"),
    "report_as_message": _once("esm_class of the receipt says it is a message"),
    "message_duplicate": _once("a message to a short code comes twice"),
}

SMSC_KINDS: Mapping[str, FaultKind] = {
    **_LINK,
    **_REFUSALS,
    **_ANSWERS,
    **_LINE,
    **_REPORTS,
}


def spoiled_octets(fault: Fault, chance: Random, sequence: int) -> bytes:
    """What goes on the line for one of LINE_FAULTS."""
    match fault.kind:
        case "garbage":
            given = bytes.fromhex(fault.text("hex", ""))
            return given or chance.randbytes(fault.whole("octets", 32))
        case "garbage_pdu":
            body = chance.randbytes(fault.whole("octets", 40))
            length = _HEADER_OCTETS + len(body)
            return encode_header(length, Command.DELIVER_SM, 0, sequence) + body
        case "over_long":
            length = fault.whole("octets", 0xFFFFFFFF) & 0xFFFFFFFF
            return encode_header(length, Command.DELIVER_SM, 0, sequence)
        case "short_length":
            length = fault.whole("octets", 4) & 0xFFFFFFFF
            return encode_header(length, Command.DELIVER_SM, 0, sequence)
        case _:
            return encode_header(_HEADER_OCTETS, _UNKNOWN_COMMAND, 0, sequence)
