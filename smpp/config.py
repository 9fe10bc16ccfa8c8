"""The `[[smpp]]` section: one carrier bind as the administrator wrote it, validated.

Relies on nothing but the values; every problem is a `ConfigError` with its key.
Reading the file and the password's file is done by `gateway.config`.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway.codec.address import Address
from gateway.core.errors import ConfigError
from smpp.pdu import Tlv
from smpp.receipt import IdForm

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_FINGERPRINT: Final = re.compile(r"([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}")
_VERSIONS: Final = {"3.3": 0x33, "3.4": 0x34, "5.0": 0x50}
_VENDOR_TAGS: Final = range(0x1400, 0x4000)
_LONGEST_PASSWORD: Final = {False: 8, True: 64}


class BindMode(StrEnum):
    """What is bound; `PAIR` is a transmitter and a receiver."""

    TRANSCEIVER = "transceiver"
    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"
    PAIR = "pair"


class DefaultAlphabet(StrEnum):
    """What data_coding 0 means to the carrier."""

    GSM = "gsm"
    GSM_PACKED = "gsm-packed"
    LATIN1 = "latin1"
    ASCII = "ascii"
    UTF8 = "utf8"


class LongText(StrEnum):
    """How the segments of a long message are tied together."""

    UDH = "udh"
    UDH16 = "udh16"  # with a 16-bit reference
    SAR = "sar"
    PAYLOAD = "payload"  # not at all: the whole text in message_payload


class Validity(StrEnum):
    """How a moment or a period is told."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    NONE = "none"


class Operation(StrEnum):
    """By which operation messages are submitted."""

    SUBMIT_SM = "submit_sm"
    DATA_SM = "data_sm"


class ReceiptsFor(StrEnum):
    """Which segments of a long message a receipt is asked for."""

    ALL = "all"
    LAST = "last"  # what it says is said of the whole message


class AddressCharset(StrEnum):
    """How letters in an address are spelled."""

    ASCII = "ascii"
    LATIN1 = "latin1"
    GSM = "gsm"


class ReceiptFrom(StrEnum):
    """Which address of a receipt is whom we wrote to."""

    SOURCE = "source"
    DESTINATION = "destination"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorTlv:
    """`{tag = 0x1400, value = "…"}`: the value is text, or hex after `0x`."""

    tag: int
    value: str | int

    def __post_init__(self) -> None:
        if self.tag not in _VENDOR_TAGS:
            raise ConfigError("tag", "from 0x1400 to 0x3FFF")
        try:
            self.tlv()
        except (ValueError, OverflowError) as error:
            raise ConfigError("value", "text, 0x and hex, or a number") from error

    def tlv(self) -> Tlv:
        """As it is sent; a number takes four octets."""
        if isinstance(self.value, int):
            return Tlv(tag=self.tag, value=self.value.to_bytes(4))
        if self.value.startswith("0x"):
            return Tlv(tag=self.tag, value=bytes.fromhex(self.value[2:]))
        return Tlv(tag=self.tag, value=self.value.encode("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TonNpi:
    """Type of number and numbering plan."""

    ton: int
    npi: int

    def __post_init__(self) -> None:
        for key, value in (("ton", self.ton), ("npi", self.npi)):
            if not 0 <= value <= 255:
                raise ConfigError(key, "from 0 to 255")


@dataclass(frozen=True, slots=True, kw_only=True)
class BindConfig:
    """One account at one carrier; further `hosts` (`host` or `host:port`) take over."""

    name: str
    host: str
    system_id: str
    port: int = 2775
    hosts: tuple[str, ...] = ()
    source_host: str | None = None
    password: str = field(default="", repr=False)
    long_password: bool = False
    system_type: str = ""
    version: str = "3.4"
    bind: BindMode = BindMode.TRANSCEIVER
    binds: int = 1
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""
    msisdn: str | None = None

    tls: bool = False
    tls_name: str | None = None
    tls_ca: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_fingerprint: str | None = None
    tls_insecure: bool = False

    window: int = 10
    rate_per_s: float | None = None
    cost: int = 0  # of a segment, in thousandths of the customer's currency
    bind_timeout_s: float = 10.0
    request_timeout_s: float = 30.0
    enquire_interval_s: float = 30.0
    enquire_timeout_s: float = 10.0

    default_alphabet: DefaultAlphabet = DefaultAlphabet.GSM
    data_coding: int = 0
    detect_ucs2: bool = False
    operation: Operation = Operation.SUBMIT_SM
    long_text: LongText = LongText.UDH
    validity: Validity = Validity.RELATIVE
    schedule: Validity = Validity.ABSOLUTE
    utc_offset_quarters: int = 0
    service_type: str = ""
    priority: int = 0
    message_priority: bool = False
    more_messages: bool = False
    user_reference: bool = True
    source: str | None = None
    source_address: TonNpi | None = None
    destination_address: TonNpi | None = None
    short_code: TonNpi = TonNpi(ton=3, npi=0)
    national: TonNpi = TonNpi(ton=0, npi=1)
    address_charset: AddressCharset = AddressCharset.ASCII
    tlvs: tuple[VendorTlv, ...] = ()

    receipts: bool = True
    receipts_for: ReceiptsFor = ReceiptsFor.ALL
    id_form: IdForm = IdForm.AUTO
    receipts_by_content: bool = False
    receipt_from: ReceiptFrom = ReceiptFrom.SOURCE
    permanent_statuses: tuple[int, ...] = ()
    temporary_statuses: tuple[int, ...] = ()
    cancel: bool = False
    inquire_after_s: float | None = None

    outbind_listen: str | None = None
    outbind_from: tuple[str, ...] = ()
    outbind_system_id: str = ""
    outbind_password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError("name", "letters, digits, '.', '_' and '-', at most 63")
        self._check_places()
        self._check_account()
        self._check_tls()
        self._check_limits()
        self._check_messages()
        self._check_outbind()

    def places(self) -> tuple[tuple[str, int], ...]:
        """Where to connect, in order of preference."""
        return (
            (self.host, self.port),
            *(_place(text, self.port) for text in self.hosts),
        )

    @property
    def interface_version(self) -> int:
        """As it is told in the bind."""
        return _VERSIONS[self.version]

    @property
    def takes_tlvs(self) -> bool:
        """Whether the peer knows optional parameters at all."""
        return self.interface_version >= 0x34

    @property
    def line(self) -> str:
        """The stable identity of the account: all its binds are one line."""
        return f"{self.system_id}@{self.name}"

    def _check_places(self) -> None:
        for key, text in [("host", self.host), *(("hosts", t) for t in self.hosts)]:
            if not text or not text.isprintable() or " " in text:
                raise ConfigError(key, "a host name or an address")
        if not 0 < self.port < 65536:
            raise ConfigError("port", "from 1 to 65535")
        for text in self.hosts:
            if not 0 < _place(text, self.port)[1] < 65536:
                raise ConfigError("hosts", f"{text!r} must be host or host:port")

    def _check_account(self) -> None:
        _check_text("system_id", self.system_id, 15)
        if not self.system_id:
            raise ConfigError("system_id", "must not be empty")
        _check_text("password", self.password, _LONGEST_PASSWORD[self.long_password])
        _check_text("system_type", self.system_type, 12)
        _check_text("address_range", self.address_range, 40)
        if self.version not in _VERSIONS:
            raise ConfigError("version", "one of " + ", ".join(_VERSIONS))
        if not 1 <= self.binds <= 32:
            raise ConfigError("binds", "from 1 to 32")
        if self.msisdn is not None and not re.fullmatch(r"\+?\d{3,20}", self.msisdn):
            raise ConfigError("msisdn", "a number such as +79160000001")

    def _check_tls(self) -> None:
        pin = self.tls_fingerprint
        if pin is not None and not _FINGERPRINT.fullmatch(pin):
            raise ConfigError("tls_fingerprint", "the SHA-256 of the certificate")
        if not self.tls and (self.tls_insecure or pin or self.tls_ca):
            raise ConfigError("tls", "must be true for the other tls keys to matter")
        if self.tls_key is not None and self.tls_certificate is None:
            raise ConfigError("tls_key", "needs tls_certificate")

    def _check_limits(self) -> None:
        if not 1 <= self.window <= 1000:
            raise ConfigError("window", "from 1 to 1000")
        if self.rate_per_s is not None and not 0 < self.rate_per_s <= 100_000:
            raise ConfigError("rate_per_s", "above 0, at most 100000")
        if not 0 <= self.cost <= 1_000_000:
            raise ConfigError("cost", "from 0 to 1000000 thousandths")
        for key in (
            "bind_timeout_s",
            "request_timeout_s",
            "enquire_interval_s",
            "enquire_timeout_s",
        ):
            if not 0.1 <= getattr(self, key) <= 3600:
                raise ConfigError(key, "from 0.1 to 3600 seconds")

    def _check_messages(self) -> None:
        _check_text("service_type", self.service_type, 5)
        if not 0 <= self.data_coding <= 255:
            raise ConfigError("data_coding", "from 0 to 255")
        if self.source:
            try:
                Address.parse(self.source)
            except ValueError as error:
                raise ConfigError("source", str(error)) from error
        if not 0 <= self.priority <= 3:
            raise ConfigError("priority", "from 0 to 3")
        if abs(self.utc_offset_quarters) > 48:
            raise ConfigError("utc_offset_quarters", "from -48 to 48")
        after_s = self.inquire_after_s
        if after_s is not None and not 60 <= after_s <= 30 * 86_400:
            raise ConfigError("inquire_after_s", "from a minute to 30 days")
        if not self.takes_tlvs:
            self._check_without_tlvs()

    def _check_without_tlvs(self) -> None:
        if self.long_text not in {LongText.UDH, LongText.UDH16}:
            raise ConfigError("long_text", "SMPP 3.3 knows udh and udh16 only")
        if self.tlvs:
            raise ConfigError("tlvs", "SMPP 3.3 knows none")
        if self.operation is not Operation.SUBMIT_SM:
            raise ConfigError("operation", "SMPP 3.3 knows submit_sm only")

    def _check_outbind(self) -> None:
        if self.outbind_listen is None:
            return
        port = self.outbind_listen.rpartition(":")[2]
        if not port.isdecimal() or not int(port) < 65536:
            raise ConfigError("outbind_listen", "host:port")
        if not self.outbind_from:
            raise ConfigError("outbind_from", "say which addresses may call")
        for text in self.outbind_from:
            try:
                ip_network(text)
            except ValueError as error:
                raise ConfigError("outbind_from", str(error)) from error


def _check_text(key: str, text: str, most: int) -> None:
    if not text.isascii() or (text and not text.isprintable()):
        raise ConfigError(key, "plain ASCII without control characters")
    if len(text) > most:
        hint = ", unless long_password is true" if key == "password" else ""
        raise ConfigError(key, f"at most {most} characters{hint}")


def _place(text: str, port: int) -> tuple[str, int]:
    """`host`, `host:port`, `[v6]` or `[v6]:port`; port 0 when it is none of them."""
    try:
        parts = urlsplit(f"//{text}")
        return parts.hostname or text, parts.port or port
    except ValueError:
        return text, 0
