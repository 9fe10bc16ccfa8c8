"""Which command is done by which function, and what every command must pass first.

Relies on the command modules' tables. It refuses what needs a SIM or the message
service while there is none, and does the faults that fall on any command.

Spec: 3GPP TS 27.005 3.2.5; modem.md 10.3, 10.13 b
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from hwsim import (
    at_basic,
    at_call,
    at_identity,
    at_message_settings,
    at_messages,
    at_network,
    at_phonebook,
    at_sim,
)
from hwsim.at_parser import Command
from hwsim.at_reply import (
    AtError,
    CmeError,
    CmsError,
    NotSupported,
    Reply,
    Verbatim,
    reply,
)
from hwsim.at_settings import SETTINGS, apply_setting
from hwsim.personality import Personality
from hwsim.sim_card import SimState

if TYPE_CHECKING:
    from hwsim.at_session import Session

Handler = Callable[["Session", Command], Reply | Awaitable[Reply]]

MESSAGE_COMMANDS = frozenset(
    {"+CMGS", "+CMGW", "+CMSS", "+CMGR", "+CMGL", "+CMGD", "+CNMA", "+CPMS", "+CSCA"}
    | {"+CSCB", "+CMGC", "+CSAS", "+CRES", "+CNMI"}
)
SIM_COMMANDS = frozenset(
    MESSAGE_COMMANDS
    | {"+CIMI", "+CLCK", "+CPWD", "+CNUM", "+CPBS", "+CPBR", "+CPBF", "+CPBW"}
    | {"+CRSM", "+CSIM", "+COPS", "+CUSD"}
)
_SIM_CME = {
    SimState.ABSENT: 10,
    SimState.PIN: 11,
    SimState.PUK: 12,
    SimState.BLOCKED: 13,
}
_SIM_CMS = {
    SimState.ABSENT: 310,
    SimState.PIN: 311,
    SimState.PUK: 316,
    SimState.BLOCKED: 313,
}


HANDLERS: Mapping[str, Handler] = {
    **at_basic.COMMANDS,
    **at_identity.COMMANDS,
    **at_sim.COMMANDS,
    **at_network.COMMANDS,
    **at_call.COMMANDS,
    **at_phonebook.COMMANDS,
    **at_message_settings.COMMANDS,
    **at_messages.COMMANDS,
}


def command_names(personality: Personality) -> list[str]:
    """The extended commands of this make, for +CLAC."""
    extra = {key.partition("=")[0].partition("?")[0] for key in personality.extra}
    own = {name for name in (*HANDLERS, *SETTINGS) if name.startswith("+")}
    own -= personality.missing
    own -= set(at_identity.ICCID_COMMANDS) - dict(personality.iccid_commands).keys()
    own -= set(at_sim.ATTEMPTS_COMMANDS) - {personality.attempts_command}
    return sorted(own | extra)


async def run_command(session: "Session", command: Command) -> Reply:
    """Do one command; raises AtError for every refusal."""
    _refuse_by_fault(session, command)
    _refuse_without_service(session, command)
    own = HANDLERS.get(command.name)
    if own is None or command.name in session.modem.personality.missing:
        return _from_tables(session, command)
    result = own(session, command)
    return result if isinstance(result, Reply) else await result


def _from_tables(session: "Session", command: Command) -> Reply:
    extra = session.modem.personality.extra
    keys = (str(command), command.name + command.operation.value)
    for key in keys:
        if key in extra and (key == keys[0] or command.text):
            session.note_vendor_setting(command)
            return reply(*(_filled(session, line) for line in extra[key]))
    known = command.name not in session.modem.personality.missing
    if command.name in SETTINGS and known:
        return apply_setting(command, session.settings, session.prefix(command.name))
    if not command.name.startswith("+") and len(command.name) <= 2:
        raise AtError
    raise NotSupported


def _filled(session: "Session", line: str) -> str:
    modem = session.modem
    return line.replace("{imei}", modem.imei).replace("{imsi}", modem.sim.imsi)


def _refuse_by_fault(session: "Session", command: Command) -> None:
    faults = session.modem.faults
    subject = str(command)
    messages = command.name in MESSAGE_COMMANDS
    if busy := faults.take("busy", subject):
        code = busy.whole("code", 314 if messages else 14)
        raise CmsError(code) if messages and code >= 300 else CmeError(code)
    if fault := faults.take("error", subject):
        raise Verbatim(fault.text("text", "ERROR"))
    if fault := faults.take("cme_error", subject):
        raise CmeError(fault.whole("code", 100))
    if command.name in SIM_COMMANDS and faults.take("sim_busy", subject):
        raise CmsError(314) if messages else CmeError(14)


def _refuse_without_service(session: "Session", command: Command) -> None:
    if command.name not in SIM_COMMANDS:
        return
    modem = session.modem
    messages = command.name in MESSAGE_COMMANDS
    state = modem.sim_state
    if state is not SimState.READY:
        raise CmsError(_SIM_CMS[state]) if messages else CmeError(_SIM_CME[state])
    if not modem.sim_ready:
        raise CmsError(314) if messages else CmeError(14)
    if messages and not modem.sms_ready:
        code = modem.personality.before_sms_ready
        raise AtError if code is None else CmsError(code)
