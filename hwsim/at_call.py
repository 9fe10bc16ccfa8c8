"""Calls and codes to the network: dial, answer, hang up, caller's number, USSD.

Relies on the modem's call and the network.

Spec: ITU-T V.250 6.3; 3GPP TS 27.007 6.5, 7.6, 7.15, 7.18
"""

from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import AtError, CmeError, Final, Reply, reply
from hwsim.at_settings import spell_range
from hwsim.text_mode import Charset, write_string
from hwsim.wire import gsm7

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session

_GSM7, _UCS2 = 15, 72
_DIALLED = frozenset("0123456789*#+")


def _dial(session: "Session", command: Command) -> Reply:
    number = command.text.rstrip(";").strip()
    if not session.modem.registration.registered or not number:
        return Reply((), Final.NO_CARRIER)
    if not command.text.endswith(";"):
        # A data call: nobody answers with a modem.
        return Reply((), Final.NO_CARRIER)
    session.modem.call.dial(number)
    return reply()


def _answer(session: "Session", command: Command) -> Reply:
    answered = session.modem.call.answer()
    return reply() if answered else Reply((), Final.NO_CARRIER)


def _hang_up(session: "Session", command: Command) -> Reply:
    if command.operation is not Operation.TEST:
        session.modem.call.hang_up()
    return reply()


def _caller(session: "Session", command: Command) -> Reply:
    """+CLIP"""
    head = session.prefix("+CLIP")
    match command.operation:
        case Operation.TEST:
            return reply(head + spell_range((0, 1)))
        case Operation.READ:
            return reply(f"{head}{session.clip},1")
        case Operation.EXECUTE:
            raise AtError
        case _:
            number = Values(command.text).number(0)
    if number not in (0, 1):
        raise CmeError(50)
    session.clip = number
    return reply()


def _calls(session: "Session", command: Command) -> Reply:
    """+CLCC"""
    calls = session.modem.call
    if command.operation is Operation.TEST or calls.number is None:
        return reply()
    waiting = 4 if calls.incoming and not calls.answered else 0
    kind = 145 if calls.number.startswith("+") else 129
    number = session.quote(calls.number)
    return reply(
        f"{session.prefix('+CLCC')}1,{calls.incoming:d},{waiting},0,0,{number},{kind}"
    )


def _activity(session: "Session", command: Command) -> Reply:
    """+CPAS"""
    if command.operation is Operation.TEST:
        return reply(session.prefix("+CPAS") + "(0,2,3,4)")
    calls = session.modem.call
    state = 0
    if calls.number is not None:
        state = 4 if calls.answered else 3
    return reply(f"{session.prefix('+CPAS')}{state}")


def _ussd(session: "Session", command: Command) -> Reply:
    """+CUSD: the answer comes as a notification after OK."""
    head = session.prefix("+CUSD")
    match command.operation:
        case Operation.TEST:
            return reply(head + "(0-2)")
        case Operation.READ:
            return reply(f"{head}{session.ussd}")
        case Operation.EXECUTE:
            raise AtError
        case _:
            values = Values(command.text)
    mode = values.number(0, 0)
    if mode not in (0, 1, 2):
        raise CmeError(50)
    session.ussd = mode & 1
    if not values.has(1):
        return reply()
    modem = session.modem
    if not modem.registration.registered:
        raise CmeError(30)
    code = _code(session, values.text(1))
    answer = modem.network.ussd(modem, code)
    delay_s = modem.network.latency_s

    def say() -> None:
        session.notify(head + _ussd_text(session, answer))

    modem.clock.call_later(delay_s, say)
    return reply()


def _code(session: "Session", text: str) -> str:
    """A code as typed, packed as Huawei's host does, or in the character set."""
    readings = (_as_typed, _unpacked, _unquoted)
    for reading in readings:
        try:
            code = reading(session, text)
        except (ValueError, AtError):
            continue
        if code and set(code) <= _DIALLED:
            return code
    return text


def _as_typed(session: "Session", text: str) -> str:
    return text if set(text) & set("*#") else ""


def _unpacked(session: "Session", text: str) -> str:
    if not session.modem.personality.ussd_packed:
        return ""
    octets = bytes.fromhex(text)
    return gsm7.decode(gsm7.unpack(octets, len(octets) * 8 // 7)).rstrip("@\r")


def _unquoted(session: "Session", text: str) -> str:
    return session.unquote(text)


def _ussd_text(session: "Session", answer: str) -> str:
    if not gsm7.encodable(answer):
        return f'0,"{write_string(answer, Charset.UCS2)}",{_UCS2}'
    if session.modem.personality.ussd_packed:
        return f'0,"{gsm7.pack(gsm7.encode(answer)).hex().upper()}",{_GSM7}'
    return f"0,{session.quote(answer)},{_GSM7}"


COMMANDS: dict[str, "Handler"] = {
    "D": _dial,
    "A": _answer,
    "H": _hang_up,
    "+CHUP": _hang_up,
    "+CLIP": _caller,
    "+CLCC": _calls,
    "+CPAS": _activity,
    "+CUSD": _ussd,
}
