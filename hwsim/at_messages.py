"""Messages: send, write, read, list, delete, acknowledge; both modes.

Relies on the storages and the modem's way to the network; text forms are in
``text_mode``.

Spec: 3GPP TS 27.005 3.4, 3.5, 4
"""

from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import AtError, CmsError, Reply, reply
from hwsim.listing import entry_lines
from hwsim.storage import Status, StorageFull, Store, StoredSms
from hwsim.text_mode import STATUS_WORDS, submit_from_text
from hwsim.wire import WireError
from hwsim.wire.sms import decode_smsc

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session

_ALL = 4
_MAX_TPDU_OCTETS = 232


def _values(command: Command) -> Values:
    if command.operation is not Operation.SET:
        raise AtError
    return Values(command.text)


def _number(values: Values, place: int, default: int | None = None) -> int:
    """A number of a message command; these refuse with CMS errors."""
    try:
        return values.number(place, default)
    except AtError as error:
        raise CmsError(304) from error


async def _send(session: "Session", command: Command) -> Reply:
    """+CMGS"""
    if command.operation is Operation.TEST:
        return reply()
    composed = await _compose(session, command, _values(command))
    if composed is None:
        return reply()
    with session.open_to_notices():
        reference = await session.modem.outbound.submit(str(command), *composed)
    return _sent(session, command, reference)


def _sent(session: "Session", command: Command, reference: int) -> Reply:
    return reply(f"{session.prefix(command.name)}{reference}")


async def _compose(
    session: "Session", command: Command, values: Values
) -> tuple[bytes, str] | None:
    """TPDU and service centre of a body typed at the prompt; None after ESC."""
    if session.text_mode:
        number = session.unquote(values.text(0))
        kind = values.number(1) if values.has(1) else None
        body = await session.enter_body(command)
        if body is None:
            return None
        tpdu = submit_from_text(
            body,
            number=number,
            type_of_address=kind,
            parameters=session.text_parameters,
            charset=session.charset,
        )
        return tpdu, session.modem.sim.smsc
    length = _number(values, 0)
    if not 1 <= length <= _MAX_TPDU_OCTETS:
        raise CmsError(304)
    body = await session.enter_body(command)
    return None if body is None else _read_pdu(body, length)


def _read_pdu(body: str, length: int) -> tuple[bytes, str]:
    try:
        octets = bytes.fromhex(body.strip())
        smsc, start = decode_smsc(octets)
    except (ValueError, WireError) as error:
        raise CmsError(304) from error
    if len(octets) - start != length:
        raise CmsError(304)
    return octets[start:], smsc


async def _write(session: "Session", command: Command) -> Reply:
    """+CMGW"""
    if command.operation is Operation.TEST:
        return reply()
    modem = session.modem
    values = Values(command.text)
    status = Status.STO_UNSENT
    if session.text_mode:
        if values.has(2):
            status = _status_of(values.text(2))
        if not values.has(0):
            values = Values('""')
    elif values.has(1):
        status = _stored_status(_number(values, 1))
    composed = await _compose_for_storage(session, command, values)
    if composed is None:
        return reply()
    tpdu, smsc = composed
    if modem.faults.active("storage_full"):
        raise CmsError(322)
    try:
        index = modem.memory(1).put(StoredSms(status=status, tpdu=tpdu, smsc=smsc))
    except StorageFull as error:
        raise CmsError(322) from error
    return reply(f"{session.prefix('+CMGW')}{index}")


async def _compose_for_storage(
    session: "Session", command: Command, values: Values
) -> tuple[bytes, str] | None:
    if not session.text_mode or values.text(0, ""):
        return await _compose(session, command, values)
    body = await session.enter_body(command)
    if body is None:
        return None
    tpdu = submit_from_text(
        body,
        number="0",
        type_of_address=129,
        parameters=session.text_parameters,
        charset=session.charset,
    )
    return tpdu, session.modem.sim.smsc


def _stored_status(number: int) -> Status:
    try:
        return Status(number)
    except ValueError as error:
        raise CmsError(304) from error


def _status_of(words: str) -> Status:
    for status, known in STATUS_WORDS.items():
        if known == words.upper():
            return status
    raise CmsError(305)


async def _send_stored(session: "Session", command: Command) -> Reply:
    """+CMSS"""
    if command.operation is Operation.TEST:
        return reply()
    index = _number(_values(command), 0)
    sms = session.modem.memory(1).get(index)
    if sms is None or sms.status not in (Status.STO_UNSENT, Status.STO_SENT):
        raise CmsError(321)
    with session.open_to_notices():
        reference = await session.modem.outbound.submit(
            str(command), sms.tpdu, sms.smsc
        )
    sms.status = Status.STO_SENT
    sms.reference = reference
    return _sent(session, command, reference)


def _existing(store: Store, index: int) -> StoredSms | None:
    if not store.has(index):
        raise CmsError(321)
    return store.get(index)


def _read(session: "Session", command: Command) -> Reply:
    """+CMGR"""
    if command.operation is Operation.TEST:
        return reply()
    modem = session.modem
    index = _number(_values(command), 0)
    modem.before_reading(index)
    store = modem.memory(0)
    sms = _existing(store, index)
    if sms is None or (sms.fresh and modem.faults.take("stale_slot", str(command))):
        if sms is not None:
            sms.fresh = False
        if modem.personality.empty_slot_is_ok:
            return reply()
        raise CmsError(321)
    lines = entry_lines(session, "+CMGR", None, sms)
    _mark_read(sms)
    return reply(*lines)


def _mark_read(sms: StoredSms) -> None:
    sms.fresh = False
    if sms.status is Status.REC_UNREAD:
        sms.status = Status.REC_READ


def _list(session: "Session", command: Command) -> Reply:
    """+CMGL"""
    if command.operation is Operation.TEST:
        if session.text_mode:
            words = ",".join(f'"{word}"' for word in STATUS_WORDS.values())
            return reply(f'{session.prefix("+CMGL")}({words},"ALL")')
        return reply(f"{session.prefix('+CMGL')}(0-4)")
    wanted = _wanted_status(session, command)
    lines: list[str] = []
    for index, sms in session.modem.memory(0).items():
        if wanted is None or sms.status is wanted:
            lines += entry_lines(session, "+CMGL", index, sms)
            _mark_read(sms)
    return reply(*lines)


def _wanted_status(session: "Session", command: Command) -> Status | None:
    """One status, or None for all."""
    values = Values(command.text)
    if session.text_mode:
        words = values.text(0, "REC UNREAD").upper()
        return None if words == "ALL" else _status_of(words)
    number = _number(values, 0, 0)
    return None if number == _ALL else _stored_status(number)


def _delete(session: "Session", command: Command) -> Reply:
    """+CMGD"""
    modem = session.modem
    store = modem.memory(0)
    if command.operation is Operation.TEST:
        indices = ",".join(str(index) for index, _ in store.items())
        flags = ",(0-4)" if modem.personality.delete_flag else ""
        return reply(f"{session.prefix('+CMGD')}({indices}){flags}")
    values = _values(command)
    index, flag = _number(values, 0), _number(values, 1, 0)
    if len(values) > 1 and not _flag_allowed(session, command):
        raise CmsError(302)
    if refused := modem.faults.take("delete_refused", str(command)):
        raise CmsError(refused.whole("code", 500))
    if flag == 0:
        _existing(store, index)
        store.delete(index)
    else:
        _delete_by_flag(store, flag)
    modem.room_was_made()
    return reply()


def _flag_allowed(session: "Session", command: Command) -> bool:
    if session.modem.faults.active("delete_flag_refused", str(command)):
        return False
    return session.modem.personality.delete_flag


_FLAG_STATUSES = {
    1: {Status.REC_READ},
    2: {Status.REC_READ, Status.STO_SENT},
    3: {Status.REC_READ, Status.STO_SENT, Status.STO_UNSENT},
    4: set(Status),
}


def _delete_by_flag(store: Store, flag: int) -> None:
    statuses = _FLAG_STATUSES.get(flag)
    if statuses is None:
        raise CmsError(302)
    for index, sms in list(store.items()):
        if sms.status in statuses:
            store.delete(index)


async def _acknowledge(session: "Session", command: Command) -> Reply:
    """+CNMA; mode 2 is a negative acknowledgement, a length brings a prompt."""
    modem = session.modem
    if command.operation is Operation.TEST:
        if session.text_mode:
            return reply()
        return reply(f"{session.prefix('+CNMA')}(0-2)")
    if command.operation is Operation.READ or session.service == 0:
        raise CmsError(340 if session.service else 302)
    values = Values(command.text)
    mode, length = _number(values, 0, 0), _number(values, 1, 0)
    if mode not in (0, 1, 2) or (session.text_mode and len(values)):
        raise CmsError(304)
    if length:
        if not modem.personality.acknowledge_pdu:
            raise CmsError(302)
        body = await session.enter_body(command)
        if body is None:
            return reply()
        _check_acknowledgement(body, length)
    if not modem.inbound.acknowledge(accepted=mode != 2):
        raise CmsError(340)
    return reply()


def _check_acknowledgement(body: str, length: int) -> None:
    """The body is a TPDU without a service centre. Spec: 27.005 4.7"""
    try:
        octets = bytes.fromhex(body.strip())
    except ValueError as error:
        raise CmsError(304) from error
    if len(octets) != length:
        raise CmsError(304)


COMMANDS: dict[str, "Handler"] = {
    "+CMGS": _send,
    "+CMGW": _write,
    "+CMSS": _send_stored,
    "+CMGR": _read,
    "+CMGL": _list,
    "+CMGD": _delete,
    "+CNMA": _acknowledge,
}
