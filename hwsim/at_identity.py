"""Who the modem is: maker, model, serial numbers, capabilities, command list.

Relies on the personality's data and the SIM.

Spec: 3GPP TS 27.007 5.1 to 5.4, 7.1, 8.37; ITU-T V.250 6.1.3 to 6.1.9
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation
from hwsim.at_reply import CmeError, NotSupported, Reply, reply
from hwsim.sim_card import SimState

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session


def _said(value: Callable[["Session"], str], *, prefixed: bool = True) -> "Handler":
    """A command that says one value and has an empty test form."""

    def say(session: "Session", command: Command) -> Reply:
        if command.operation is Operation.TEST:
            return reply()
        if command.operation is not Operation.EXECUTE:
            raise CmeError(50)
        text = value(session)
        if prefixed and session.modem.personality.identity_prefix:
            return reply(session.prefix(command.name) + text)
        return reply(text)

    return say


def _imei(session: "Session", command: Command) -> Reply:
    if command.operation is Operation.TEST:
        return reply()
    return reply(session.modem.imei)


def _imsi(session: "Session", command: Command) -> Reply:
    return reply(session.modem.sim.imsi) if not _is_test(command) else reply()


def _is_test(command: Command) -> bool:
    return command.operation is Operation.TEST


def _capabilities(session: "Session", command: Command) -> Reply:
    if _is_test(command):
        return reply()
    return reply(session.prefix("+GCAP") + session.modem.personality.capabilities)


def _iccid(session: "Session", command: Command) -> Reply:
    personality = session.modem.personality
    prefix = dict(personality.iccid_commands).get(command.name)
    if prefix is None:
        raise NotSupported
    if _is_test(command):
        return reply()
    if session.modem.sim_state is SimState.ABSENT:
        raise CmeError(10)
    iccid = session.modem.sim.iccid + ("F" if personality.iccid_padded else "")
    quote = '"' if prefix.endswith('"') else ""
    return reply(prefix + iccid + quote)


def _command_list(session: "Session", command: Command) -> Reply:
    return reply() if _is_test(command) else reply(*session.command_names())


def _own_number(session: "Session", command: Command) -> Reply:
    if _is_test(command):
        return reply()
    number = session.quote(session.modem.sim.msisdn)
    return reply(session.prefix("+CNUM") + f'"",{number},145')


ICCID_COMMANDS = (
    "+CCID",
    "+ICCID",
    "+CICCID",
    "^ICCID",
    "+QCCID",
    "#CCID",
    "!ICCID",
)

COMMANDS: dict[str, "Handler"] = {
    "+CGMI": _said(lambda s: s.modem.personality.manufacturer),
    "+CGMM": _said(lambda s: s.modem.personality.model),
    "+CGMR": _said(lambda s: s.modem.personality.revision),
    "+GMI": _said(lambda s: s.modem.personality.manufacturer, prefixed=False),
    "+GMM": _said(lambda s: s.modem.personality.model, prefixed=False),
    "+GMR": _said(lambda s: s.modem.personality.revision, prefixed=False),
    "+CGSN": _imei,
    "+GSN": _imei,
    "+CIMI": _imsi,
    "+GCAP": _capabilities,
    "+CLAC": _command_list,
    "+CNUM": _own_number,
    **dict.fromkeys(ICCID_COMMANDS, _iccid),
}
