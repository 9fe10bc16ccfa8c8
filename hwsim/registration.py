"""On the network or not: status, its notifications, signal, operator.

Relies on power, SIM and faults for the truth. +CREG, +CGREG and +CEREG say it each in
its own form.

Spec: 3GPP TS 27.007 7.2, 8.5, 10.1.20, 10.1.22
"""

from typing import TYPE_CHECKING

from hwsim.sim_card import SimState

if TYPE_CHECKING:
    from hwsim.at_session import Session
    from hwsim.modem import Modem

NOT_REGISTERED, HOME, SEARCHING, DENIED, UNKNOWN, ROAMING = range(6)
ATTACHED_RLOS = 11
DOMAINS = ("+CREG", "+CGREG", "+CEREG")
OPERATORS = {"25001": "SimNet", "25099": "OtherNet"}
HOME_OPERATOR = "25001"
_AREA, _CELL = "00C5", "01A2B3"
_LTE = 7
_NO_SIGNAL = 99
_SERVICE_INDICATOR = 3  # its place in the answer of +CIND=?


class Registration:
    """The registration of one modem."""

    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        self._last = NOT_REGISTERED
        self.signal = 21
        self.searching_allowed = True  # false after +COPS=2

    @property
    def status(self) -> int:
        modem = self._modem
        faults = modem.faults
        if not modem.boot.powered or modem.function != 1:
            return NOT_REGISTERED
        if modem.sim_state is not SimState.READY or not self.searching_allowed:
            return NOT_REGISTERED
        if faults.active("registration_denied"):
            return DENIED
        if not modem.boot.on_air or faults.active("registration_lost"):
            return SEARCHING
        return ROAMING if faults.active("roaming") else HOME

    @property
    def registered(self) -> bool:
        return self.status not in (NOT_REGISTERED, SEARCHING, DENIED, UNKNOWN)

    @property
    def rssi(self) -> int:
        """As +CSQ says it."""
        if self._modem.faults.active("no_signal") or not self.registered:
            return _NO_SIGNAL
        return self.signal

    @property
    def operator(self) -> str | None:
        return HOME_OPERATOR if self.registered else None

    def update(self) -> None:
        """Tell who asked when the status changed."""
        status = self.status
        if status == self._last:
            return
        self._last = status
        modem = self._modem
        for session in modem.sessions:
            for name in DOMAINS:
                mode = session.settings[name][0]
                if mode and self._speaks(name):
                    session.notify(session.prefix(name) + self.values(session, name))
            if session.setting("+CMER") and session.setting("+CMER", 3):
                head = session.prefix("+CIEV")
                session.notify(f"{head}{_SERVICE_INDICATOR},{self.registered:d}")
        if self.registered:
            modem.network.memory_available(modem)

    def _speaks(self, name: str) -> bool:
        personality = self._modem.personality
        lte = personality.technology == _LTE or name != "+CEREG"
        return lte and name not in personality.missing

    def _lte_status(self, status: int) -> int:
        personality = self._modem.personality
        if personality.technology != _LTE:
            return NOT_REGISTERED
        return ATTACHED_RLOS if personality.lte_sms_only and status == HOME else status

    def values(self, session: "Session", name: str) -> str:
        """Status and, in mode 2, where: as in the notification."""
        personality = self._modem.personality
        status = self.status
        if name == "+CEREG":
            status = self._lte_status(status)
        if session.settings[name][0] != 2 or not self.registered:
            return str(status)
        quote = '"' if personality.creg_quoted else ""
        place = f"{status},{quote}{_AREA}{quote},{quote}{_CELL}{quote}"
        if personality.creg_technology:
            place += f",{personality.technology}"
        return place
