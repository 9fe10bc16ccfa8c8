"""How messages are handled: storages, notifications, service, centre, parameters.

Relies on the personality for what is allowed; the modem keeps what all terminals
share.

Spec: 3GPP TS 27.005 3.1 to 3.3, 3.4.1; 3GPP TS 27.007 5.5
"""

from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import AtError, CmeError, CmsError, Reply, reply
from hwsim.at_settings import spell_range
from hwsim.sim_card import SimState
from hwsim.text_mode import Charset

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session


def _storages(session: "Session", command: Command) -> Reply:
    """+CPMS"""
    modem = session.modem
    cpms = modem.personality.cpms
    head = session.prefix("+CPMS")
    match command.operation:
        case Operation.TEST:
            if cpms.test is not None:
                return reply(head + cpms.test)
            groups = (cpms.mem1, cpms.mem2, cpms.mem3)[: cpms.max_parameters]
            return reply(head + ",".join(_spell_names(names) for names in groups))
        case Operation.READ:
            fields = (
                f'"{modem.memories.chosen[place]}",{modem.memories.count(place)},'
                f"{modem.memory(place).capacity}"
                for place in range(3)
            )
            return reply(head + ",".join(fields))
        case Operation.EXECUTE:
            raise AtError
        case Operation.SET:
            _choose_storages(session, Values(command.text))
    counts = ",".join(
        f"{modem.memories.count(place)},{modem.memory(place).capacity}"
        for place in range(cpms.max_parameters)
    )
    return reply(head + counts)


def _spell_names(names: tuple[str, ...]) -> str:
    return "(" + ",".join(f'"{name}"' for name in names) + ")"


def _choose_storages(session: "Session", values: Values) -> None:
    modem = session.modem
    cpms = modem.personality.cpms
    if not 1 <= len(values) <= cpms.max_parameters:
        raise CmsError(302)
    chosen = list(modem.memories.chosen)
    allowed = (cpms.mem1, cpms.mem2, cpms.mem3)
    for place in range(len(values)):
        name = values.text(place, chosen[place]).upper()
        if name not in allowed[place]:
            raise CmsError(302)
        chosen[place] = name
    modem.memories.chosen = chosen
    modem.own_messages(session)


def _notifications(session: "Session", command: Command) -> Reply:
    """+CNMI"""
    modem = session.modem
    cnmi = modem.personality.cnmi
    head = session.prefix("+CNMI")
    match command.operation:
        case Operation.TEST:
            spelled = ",".join(spell_range(values) for values in cnmi.fields)
            return reply(head + (cnmi.test or spelled))
        case Operation.READ:
            return reply(head + ",".join(map(str, modem.inbound.cnmi)))
        case Operation.EXECUTE:
            new = [0, 0, 0, 0, 0]
        case _:
            new = _new_notifications(session, Values(command.text))
    modem.own_messages(session)
    modem.inbound.configure((new[0], new[1], new[2], new[3], new[4]))
    return reply()


def _new_notifications(session: "Session", values: Values) -> list[int]:
    cnmi = session.modem.personality.cnmi
    new = list(session.modem.inbound.cnmi)
    if not 1 <= len(values) <= len(new):
        raise CmsError(302)
    for place, allowed in enumerate(cnmi.fields):
        if not values.has(place):
            continue
        number = values.number(place)
        if number not in allowed or number in cnmi.refused.get(place, ()):
            raise CmsError(302)
        new[place] = number
    return new


def _service(session: "Session", command: Command) -> Reply:
    """+CSMS"""
    head = session.prefix("+CSMS")
    allowed = session.modem.personality.csms
    match command.operation:
        case Operation.TEST:
            return reply(head + spell_range(allowed))
        case Operation.READ:
            return reply(f"{head}{session.service},1,1,1")
        case Operation.EXECUTE:
            raise AtError
        case _:
            number = Values(command.text).number(0)
    if number not in allowed:
        raise CmsError(302)
    session.service = number
    session.modem.own_messages(session)
    return reply(f"{head}1,1,1")


def _centre(session: "Session", command: Command) -> Reply:
    """+CSCA"""
    sim = session.modem.sim
    match command.operation:
        case Operation.TEST:
            return reply()
        case Operation.READ:
            kind = 145 if sim.smsc.startswith("+") else 129
            return reply(f"{session.prefix('+CSCA')}{session.quote(sim.smsc)},{kind}")
        case Operation.EXECUTE:
            raise AtError
        case _:
            values = Values(command.text)
    number = session.unquote(values.text(0))
    if values.number(1, 129) == 145 and not number.startswith("+"):
        number = "+" + number
    if not number.removeprefix("+").isdecimal():
        raise CmsError(305)
    sim.smsc = number
    return reply()


def _charset(session: "Session", command: Command) -> Reply:
    """+CSCS"""
    head = session.prefix("+CSCS")
    match command.operation:
        case Operation.TEST:
            names = ",".join(f'"{charset}"' for charset in Charset)
            return reply(f"{head}({names})")
        case Operation.READ:
            return reply(f'{head}"{session.charset}"')
        case Operation.EXECUTE:
            session.charset = Charset.GSM
            return reply()
        case _:
            name = Values(command.text).text(0).upper()
    if name not in list(Charset):
        raise CmeError(50)
    session.charset = Charset(name)
    return reply()


def _parameters(session: "Session", command: Command) -> Reply:
    """+CSMP"""
    head = session.prefix("+CSMP")
    match command.operation:
        case Operation.TEST:
            return reply(f"{head}(0-255),(0-255),(0-255),(0-255)")
        case Operation.READ:
            return reply(head + ",".join(map(str, session.text_parameters)))
        case Operation.EXECUTE:
            raise AtError
        case _:
            values = Values(command.text)
    old = session.text_parameters
    new = tuple(values.number(place, old[place]) for place in range(4))
    if any(not 0 <= number <= 255 for number in new) or len(values) > 4:
        raise CmsError(305)
    session.text_parameters = (new[0], new[1], new[2], new[3])
    return reply()


def _broadcast(session: "Session", command: Command) -> Reply:
    """+CSCB"""
    modem = session.modem
    match command.operation:
        case Operation.TEST:
            return reply(session.prefix("+CSCB") + "(0,1)")
        case Operation.READ:
            mode, channels, schemes = modem.inbound.broadcast_channels
            return reply(f'{session.prefix("+CSCB")}{mode},"{channels}","{schemes}"')
        case Operation.EXECUTE:
            raise AtError
        case _:
            values = Values(command.text)
            mode = values.number(0, 0)
            if mode not in (0, 1):
                raise CmsError(302)
            modem.inbound.broadcast_channels = (
                mode,
                values.text(1, ""),
                values.text(2, ""),
            )
            return reply()


def _profile(session: "Session", command: Command) -> Reply:
    """+CSAS and +CRES: text mode parameters kept by &W are accepted here."""
    if command.operation is Operation.TEST:
        return reply(session.prefix(command.name) + "(0-3)")
    if session.modem.sim_state is not SimState.READY:
        raise CmsError(313)
    return reply()


COMMANDS: dict[str, "Handler"] = {
    "+CPMS": _storages,
    "+CNMI": _notifications,
    "+CSMS": _service,
    "+CSCA": _centre,
    "+CSCS": _charset,
    "+CSMP": _parameters,
    "+CSCB": _broadcast,
    "+CSAS": _profile,
    "+CRES": _profile,
}
