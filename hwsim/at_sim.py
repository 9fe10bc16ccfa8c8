"""The SIM's locks: PIN, PUK, facility lock, password, what is left of the attempts.

Relies on the SIM for counters and states.

Spec: 3GPP TS 27.007 7.4, 7.5, 8.3, 8.17, 8.18; modem.md 10.3
"""

from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import AtError, CmeError, Final, NotSupported, Reply, reply
from hwsim.sim_card import SimState, Verdict

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session

_INCORRECT_PASSWORD = 16


def _require_sim(session: "Session") -> SimState:
    modem = session.modem
    state = modem.sim_state
    if state is SimState.ABSENT:
        raise CmeError(10)
    if modem.faults.take("sim_busy", "+CPIN") or not modem.sim_ready:
        raise CmeError(14)
    if state is SimState.BLOCKED:
        raise CmeError(13)
    return state


def _pin(session: "Session", command: Command) -> Reply:
    """+CPIN"""
    personality = session.modem.personality
    match command.operation:
        case Operation.TEST:
            return reply()
        case Operation.READ:
            state = _require_sim(session).value
            quoted = f'"{state}"' if personality.pin_quoted else state
            final = Final.NONE if personality.pin_without_ok else Final.OK
            return Reply((personality.pin_prefix + quoted,), final)
        case Operation.EXECUTE:
            raise AtError
        case Operation.SET:
            return _enter(session, Values(command.text))


def _enter(session: "Session", values: Values) -> Reply:
    modem = session.modem
    match _require_sim(session):
        case SimState.PIN if len(values) == 1:
            verdict = modem.sim.enter_pin(values.text(0))
        case SimState.PUK if len(values) == 2:
            if modem.faults.active("puk"):
                raise CmeError(_INCORRECT_PASSWORD)
            verdict = modem.sim.enter_puk(values.text(0), values.text(1))
        case SimState.PUK:
            raise CmeError(12)
        case SimState.PIN:
            raise CmeError(50)
        case _:
            raise CmeError(3)
    return _answered(session, verdict)


def _answered(session: "Session", verdict: Verdict) -> Reply:
    if verdict is not Verdict.ACCEPTED:
        if session.modem.sim_state is SimState.PUK:
            session.modem.boot.sim_gone()
            raise CmeError(12)
        raise CmeError(_INCORRECT_PASSWORD)
    session.modem.boot.sim_opened()
    return reply()


def _lock(session: "Session", command: Command) -> Reply:
    """+CLCK"""
    if command.operation is Operation.TEST:
        return reply(f'{session.prefix("+CLCK")}("SC","AO","OI","AI","PN")')
    values = Values(command.text)
    facility, mode = values.text(0), values.number(1)
    sim = session.modem.sim
    if facility.upper() != "SC":
        if mode == 2:
            return reply(f"{session.prefix('+CLCK')}0")
        raise CmeError(3)
    if mode == 2:
        return reply(f"{session.prefix('+CLCK')}{sim.locked:d}")
    if mode not in (0, 1) or not values.has(2):
        raise CmeError(50)
    return _verdict(session, sim.set_lock(values.text(2), locked=mode == 1))


def _verdict(session: "Session", verdict: Verdict) -> Reply:
    if verdict is not Verdict.ACCEPTED:
        return _answered(session, verdict)
    return reply()


def _password(session: "Session", command: Command) -> Reply:
    """+CPWD"""
    if command.operation is Operation.TEST:
        return reply(f'{session.prefix("+CPWD")}("SC",8),("P2",8)')
    values = Values(command.text)
    sim = session.modem.sim
    facility, old, new = values.text(0).upper(), values.text(1), values.text(2)
    code = {"SC": sim.code, "P2": sim.code2}.get(facility)
    if code is None or not 4 <= len(new) <= 8 or not new.isdecimal():
        raise CmeError(50)
    if facility == "SC" and not sim.locked:
        raise CmeError(3)
    verdict = code.verify(old)
    if verdict is Verdict.ACCEPTED:
        code.pin = new
    return _verdict(session, verdict)


def _attempts(session: "Session", command: Command) -> Reply:
    """Each maker's way to tell the attempts that are left."""
    if session.modem.personality.attempts_command != command.name:
        raise NotSupported
    if command.operation is Operation.TEST:
        return reply()
    state = _require_sim(session)
    sim = session.modem.sim
    one, two = sim.code, sim.code2
    match command.name:
        case "+CPINR":
            lines = [
                f"SIM PIN,{one.pin_left},3",
                f"SIM PUK,{one.puk_left},10",
                f"SIM PIN2,{two.pin_left},3",
                f"SIM PUK2,{two.puk_left},10",
            ]
            return reply(*(session.prefix("+CPINR") + line for line in lines))
        case "+SPIC":
            left = (one.pin_left, one.puk_left, two.pin_left, two.puk_left)
        case "+QPINC":
            return reply(
                f'{session.prefix("+QPINC")}"SC",{one.pin_left},{one.puk_left}',
                f'{session.prefix("+QPINC")}"P2",{two.pin_left},{two.puk_left}',
            )
        case "^CPIN":
            now = one.puk_left if state is SimState.PUK else one.pin_left
            return reply(
                f"^CPIN: {state.value},{now},{one.puk_left},{one.pin_left},"
                f"{two.puk_left},{two.pin_left}"
            )
        case "#PCT":
            now = one.puk_left if state is SimState.PUK else one.pin_left
            return reply(f"#PCT: {now}")
        case _:
            left = (one.pin_left, two.pin_left, one.puk_left, two.puk_left)
    return reply(session.prefix(command.name) + ",".join(map(str, left)))


ATTEMPTS_COMMANDS = (
    "+CPINR",
    "+SPIC",
    "+QPINC",
    "^CPIN",
    "#PCT",
    "+CPNNUM",
    "+ZPINPUK",
)


def _refused_access(session: "Session", command: Command) -> Reply:
    """+CRSM and +CSIM: raw access to the card is not offered."""
    if command.operation is Operation.TEST:
        return reply()
    raise CmeError(3)


COMMANDS: dict[str, "Handler"] = {
    "+CPIN": _pin,
    "+CLCK": _lock,
    "+CPWD": _password,
    "+CRSM": _refused_access,
    "+CSIM": _refused_access,
    **dict.fromkeys(ATTEMPTS_COMMANDS, _attempts),
}
