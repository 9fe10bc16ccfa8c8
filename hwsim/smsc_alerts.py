"""Who wants to hear that a phone can be reached again, and alert_notification to them.

An ESME asks by set_dpf in a submit that then could not be delivered; or a person does,
by the control API. Each wish is granted once.

Spec: SMPP 3.4 4.12, 5.3.2.28
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from hwsim.smsc_record import SmppAddress
from hwsim.wire.smpp import Command, Pdu


class Alerted(Protocol):
    """A session that may be told."""

    @property
    def receives(self) -> bool: ...

    def tell(self, pdu: Pdu) -> None: ...


class Alerts:
    """``sessions`` gives an account's, by its system_id."""

    def __init__(self, sessions: Callable[[str], Sequence[Alerted]]) -> None:
        self._sessions = sessions
        self._wishes: dict[str, dict[tuple[str, SmppAddress], SmppAddress]] = {}

    def wish(
        self, msisdn: str, system_id: str, source: SmppAddress, phone: SmppAddress
    ) -> None:
        """``source`` is the ESME's address, ``phone`` as it spelled the other."""
        self._wishes.setdefault(msisdn, {})[system_id, source] = phone

    def reachable(self, msisdn: str) -> int:
        """The phone is back: how many were told."""
        wishes = self._wishes.pop(msisdn, {})
        return sum(
            self.send(system_id, phone, source)
            for (system_id, source), phone in wishes.items()
        )

    def send(self, system_id: str, phone: SmppAddress, esme: SmppAddress) -> bool:
        """Whether a session of the account was there to be told."""
        pdu = Pdu(
            command=Command.ALERT_NOTIFICATION,
            sequence=0,
            fields={
                "source_addr_ton": phone.ton,
                "source_addr_npi": phone.npi,
                "source_addr": phone.text,
                "esme_addr_ton": esme.ton,
                "esme_addr_npi": esme.npi,
                "esme_addr": esme.text,
            },
        )
        for session in self._sessions(system_id):
            if session.receives:
                session.tell(pdu)
                return True
        return False
