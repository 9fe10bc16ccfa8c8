"""What the network brings: to a storage, to the terminal, or not now.

Relies on the modem's storages and sessions. It follows +CNMI and +CSMS; the network
keeps what is not taken and offers it again.

Spec: 3GPP TS 27.005 3.4.1 tables 1 to 4, 3.4.4; modem.md 10.6, 10.7, 10.13 c
"""

from collections import deque
from typing import TYPE_CHECKING

from hwsim.clock import Timer
from hwsim.listing import direct_lines, pdu_line
from hwsim.storage import Status, StorageFull, StoredSms
from hwsim.wire.sms import is_status_report

if TYPE_CHECKING:
    from hwsim.modem import Modem

CnmiValues = tuple[int, int, int, int, int]
ACKNOWLEDGE_WITHIN_S = 15.0
_OFF: CnmiValues = (0, 0, 0, 0, 0)
_MAX_BUFFERED = 64


class Inbound:
    """One modem's receiving side."""

    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        self._buffered: deque[tuple[str, ...]] = deque(maxlen=_MAX_BUFFERED)
        self._pending: tuple[bytes, Timer] | None = None
        self.cnmi: CnmiValues = _OFF
        self.broadcast_channels: tuple[int, str, str] = (0, "", "")

    def reset(self) -> None:
        """Power-on."""
        self._buffered.clear()
        self._drop_pending()
        self.cnmi = _OFF

    def configure(self, cnmi: CnmiValues) -> None:
        """+CNMI: what was buffered goes out, or away with <bfr> = 1."""
        self.cnmi = cnmi
        if cnmi[0] == 0:
            return
        waiting = list(self._buffered)
        self._buffered.clear()
        if cnmi[4] == 0:
            for lines in waiting:
                self._modem.message_session.notify(*lines)

    # From the network

    def take(self, tpdu: bytes, smsc: str) -> bool:
        """Store or hand on; False when the network has to keep it."""
        report = is_status_report(tpdu)
        if report and self._report_is_spoiled():
            tpdu = tpdu[:2] + b"\x00" + tpdu[2:]
        status = Status.REC_UNREAD
        sms = StoredSms(status=status, tpdu=tpdu, smsc=smsc)
        if self._goes_to_terminal(sms, report=report):
            return self._hand_on(sms)
        if report and self.cnmi[3] != 2:
            # Not asked for: the modem acknowledges it and nobody sees it.
            return True
        return self._store(sms, report=report)

    def _report_is_spoiled(self) -> bool:
        modem = self._modem
        if modem.faults.take("report_extra_octet"):
            return True
        return modem.personality.report_extra_octet

    def _goes_to_terminal(self, sms: StoredSms, *, report: bool) -> bool:
        _, mt, _, ds, _ = self.cnmi
        if report:
            return ds == 1
        group = message_class(sms.tpdu)
        if mt == 2:
            return group != 2
        return mt == 3 and group == 3

    def _hand_on(self, sms: StoredSms) -> bool:
        modem = self._modem
        session = modem.message_session
        report = is_status_report(sms.tpdu)
        wants_answer = session.service == 1 and (
            report or modem.personality.acknowledge_cmt
        )
        if wants_answer and self._pending is not None:
            return False
        self._say(direct_lines(session, sms))
        if not wants_answer:
            return True
        timer = modem.clock.call_later(ACKNOWLEDGE_WITHIN_S, self._not_acknowledged)
        self._pending = (sms.tpdu, timer)
        return False

    def acknowledge(self, *, accepted: bool) -> bool:
        """+CNMA; False when nothing waits for it."""
        if self._pending is None:
            return False
        tpdu, timer = self._pending
        timer.cancel()
        self._pending = None
        self._modem.network.acknowledged(self._modem, tpdu, ok=accepted)
        return True

    def _not_acknowledged(self) -> None:
        """Nobody listens: direct routing ends, the network will bring it again.

        Spec: 27.005 3.4.4: mt and ds are set to 0.
        """
        if self._pending is None:
            return
        tpdu, _ = self._pending
        self._pending = None
        mode, _, bm, _, bfr = self.cnmi
        self.cnmi = (mode, 0, bm, 0, bfr)
        self._modem.network.acknowledged(self._modem, tpdu, ok=False)

    def _drop_pending(self) -> None:
        if self._pending is not None:
            self._pending[1].cancel()
            self._pending = None

    def _store(self, sms: StoredSms, *, report: bool) -> bool:
        modem = self._modem
        name = self._storage_for(sms, report=report)
        if modem.faults.active("storage_full"):
            self._tell_full(name)
            return False
        if not report and modem.faults.take("cmti_minus_one"):
            self._say((f"{self._prefix('+CMTI')},-1",))
            return False
        try:
            index = modem.memories.stores[name].put(sms)
        except StorageFull:
            self._tell_full(name)
            return False
        modem.memories.arrived(name)
        if report:
            self._announce_report(name, index)
        elif self.cnmi[1] in (1, 2, 3):
            self._announce(name, index)
        return True

    def _storage_for(self, sms: StoredSms, *, report: bool) -> str:
        modem = self._modem
        if report and "SR" in modem.memories.stores:
            return "SR"
        if message_class(sms.tpdu) == 2:
            return "SM"
        return modem.memories.chosen[2]

    def _announce(self, name: str, index: int) -> None:
        faults = self._modem.faults
        if faults.take("lost_cmti"):
            return
        if wrong := faults.take("cmti_wrong_storage"):
            name = wrong.text("storage", "ME" if name == "SM" else "SM")
        line = f'{self._prefix("+CMTI")}"{name}",{index}'
        self._say((line,))
        if faults.take("duplicate_cmti"):
            self._say((line,))

    def announce_phantom(self, name: str, index: int) -> None:
        self._say((f'{self._prefix("+CMTI")}"{name}",{index}',))

    def _announce_report(self, name: str, index: int) -> None:
        if self._modem.personality.wrong_report_index:
            name, index = "SM", 0
        self._say((f'{self._prefix("+CDSI")}"{name}",{index}',))

    def _tell_full(self, name: str) -> None:
        modem = self._modem
        modem.held_back = True
        notice = modem.personality.full_notice
        if notice is not None:
            modem.message_session.notify(notice.format(storage=name))

    def _prefix(self, name: str) -> str:
        return self._modem.message_session.prefix(name)

    def _say(self, lines: tuple[str, ...]) -> None:
        """Send a notification, or buffer it while <mode> is 0."""
        if self.cnmi[0] == 0:
            self._buffered.append(lines)
        else:
            self._modem.message_session.notify(*lines)

    def broadcast(self, page: bytes) -> None:
        """A cell broadcast page, shown when <bm> asks for it."""
        if self.cnmi[2] != 2:
            return
        session = self._modem.message_session
        sms = StoredSms(status=Status.REC_UNREAD, tpdu=page)
        text = pdu_line(session, sms)[2:]
        self._say((f"{self._prefix('+CBM')}{len(page)}", text))


def message_class(tpdu: bytes) -> int | None:
    """The class in the DCS of a DELIVER, None without one. Spec: 23.038 4"""
    if len(tpdu) < 3 or is_status_report(tpdu):
        return None
    place = 3 + (tpdu[1] + 1) // 2 + 1
    if place >= len(tpdu):
        return None
    dcs = tpdu[place]
    if (dcs & 0xC0 == 0 and dcs & 0x10) or dcs & 0xF0 == 0xF0:
        return dcs & 3
    return None
