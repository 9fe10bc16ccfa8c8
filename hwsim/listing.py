"""Messages as +CMGR, +CMGL, +CMT and +CDS show them, in the mode of a session.

Relies on ``text_mode`` for text forms. The faults of a read PDU fall here.

Spec: 3GPP TS 27.005 3.4.2, 3.4.3, 4.1, 4.2; modem.md 10.13 d
"""

from typing import TYPE_CHECKING

from hwsim.storage import StoredSms
from hwsim.text_mode import STATUS_WORDS, show
from hwsim.wire.sms import encode_smsc, is_status_report

if TYPE_CHECKING:
    from hwsim.at_session import Session


def pdu_line(session: "Session", sms: StoredSms) -> str:
    """Service centre and TPDU as hex, spoiled if that is wanted."""
    faults = session.modem.faults
    tpdu = bytearray(sms.tpdu)
    about = session.line.subject
    if tpdu and faults.take("corrupt_pdu", about):
        for _ in range(3):
            tpdu[faults.chance.randrange(len(tpdu))] ^= faults.chance.randrange(1, 256)
    text = (encode_smsc(sms.smsc) + bytes(tpdu)).hex().upper()
    if padding := faults.take("ff_padding", about):
        text += "FF" * padding.whole("octets", 8)
    if faults.take("odd_hex", about):
        text = text[:-1]
    return text + session.modem.personality.pdu_suffix


def entry_lines(
    session: "Session", name: str, index: int | None, sms: StoredSms
) -> tuple[str, ...]:
    """A stored message behind +CMGR or, with its index, +CMGL."""
    number = () if index is None else (str(index),)
    head = session.prefix(name)
    if not session.text_mode:
        alpha = "," if session.modem.personality.cmgr_alpha else ""
        values = ",".join((*number, f"{sms.status:d}"))
        return f"{head}{values},{alpha}{len(sms.tpdu)}", pdu_line(session, sms)
    shown = show(sms.tpdu, sms.smsc, session.charset)
    values_list = [*number, f'"{STATUS_WORDS[sms.status]}"', *shown.brief]
    if session.setting("+CSDH") and shown.detail:
        if index is None:
            values_list += [*shown.detail, str(shown.length)]
        else:
            values_list += [shown.detail[0], str(shown.length)]
    line = head + ",".join(values_list)
    return (line,) if shown.data is None else (line, *shown.data.split("\n"))


def direct_lines(session: "Session", sms: StoredSms) -> tuple[str, ...]:
    """A message routed directly: +CMT or +CDS and its PDU or data."""
    personality = session.modem.personality
    report = is_status_report(sms.tpdu)
    head = session.prefix("+CDS" if report else "+CMT")
    if not session.text_mode:
        comma = "," if not report or personality.cds_comma else ""
        return f"{head}{comma}{len(sms.tpdu)}", pdu_line(session, sms)
    shown = show(sms.tpdu, sms.smsc, session.charset)
    values = list(shown.brief)
    if session.setting("+CSDH") and shown.detail:
        values += [*shown.detail, str(shown.length)]
    line = head + ",".join(values)
    return (line,) if shown.data is None else (line, *shown.data.split("\n"))
