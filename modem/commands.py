"""Builds every AT command the driver says; the only writer of AT text.

A builder gives a `Command`: the line, which answer lines are its own, how long it
may take. Arguments are checked here, so no control character, quote or second command
can ride in on a value. It does no I/O; answers are read in `modem.answers`.

Spec: 3GPP TS 27.005, 27.007, ITU-T V.250.
"""

import re
from dataclasses import dataclass, replace

CTRL_Z = b"\x1a"
ESCAPE = b"\x1b"
TERMINATOR = b"\r"

_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_LINE = re.compile(r"AT[\x20-\x7e]*")
_STORAGE = re.compile(r"[A-Z0-9_]{1,8}")
_USSD = re.compile(r"[0-9*#+]{1,40}")
_PIN = re.compile(r"[0-9]{4,8}")
_HEX = re.compile(r"(?:[0-9A-F]{2})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line to the modem and the shape of its answer.

    `prefixes` own answer lines; `bare` owns lines without a prefix; `takes_pdu` owns
    lines of hexadecimal digits. With `body` the modem is expected to prompt for it.
    `grace_s`: once an own line came, a missing final result is not waited for longer.
    `strict`: a final result counts only after an own line (used to resynchronise).
    """

    line: str
    prefixes: tuple[str, ...] = ()
    bare: bool = False
    takes_pdu: bool = False
    body: str | None = None
    timeout_s: float = 10.0
    prompt_timeout_s: float = 10.0
    grace_s: float | None = None
    strict: bool = False
    secret: bool = False

    def __post_init__(self) -> None:
        if not _LINE.fullmatch(self.line):
            raise ValueError("an AT line is printable ASCII and begins with AT")
        if self.body is not None and not _HEX.fullmatch(self.body):
            raise ValueError("a PDU is upper case hexadecimal octets")

    @property
    def shown(self) -> str:
        """The line as it may stand in a log."""
        return self.line.split("=")[0] + "=…" if self.secret else self.line

    @property
    def must_tell(self) -> bool:
        """A query that an honest OK cannot answer alone."""
        return self.line.endswith("?") and bool(self.prefixes)

    def within(self, timeout_s: float) -> "Command":
        """The same command with another limit."""
        return replace(self, timeout_s=timeout_s)


def attention() -> Command:
    return Command(line="AT", timeout_s=2.0)


def basics() -> Command:
    """Results on, verbose, echo off: V.250 6.2."""
    return Command(line="ATQ0V1E0", timeout_s=3.0)


def echo_off() -> Command:
    return Command(line="ATE0", timeout_s=3.0)


def restart_modem() -> Command:
    """Full reset; the port may vanish before the answer. 27.007 8.2."""
    return Command(line="AT+CFUN=1,1", timeout_s=15.0)


def functionality() -> Command:
    return Command(line="AT+CFUN?", prefixes=("+CFUN:",))


def full_functionality() -> Command:
    return Command(line="AT+CFUN=1", prefixes=("+CFUN:",), timeout_s=20.0)


def numeric_errors() -> Command:
    return Command(line="AT+CMEE=1")


def error_mode() -> Command:
    return Command(line="AT+CMEE?", prefixes=("+CMEE:",))


def card_number(name: str) -> Command:
    """ICCID by the vendor's `name`, such as `+CCID` or `^ICCID?`."""
    line = f"AT{_plain(name)}"
    prefix = re.sub(r"[=?].*", "", name)
    others = ("+CCID:", "+ICCID:", "+QCCID:", "ICCID:")
    return Command(line=line, prefixes=(f"{prefix}:", *others), bare=True)


def pin_state() -> Command:
    return Command(line="AT+CPIN?", prefixes=("+CPIN",), timeout_s=15.0, grace_s=2.0)


def enter_pin(pin: str) -> Command:
    if not _PIN.fullmatch(pin):
        raise ValueError("a PIN is 4 to 8 digits")
    return Command(line=f'AT+CPIN="{pin}"', timeout_s=20.0, secret=True)


def attempts_left(query: str, prefix: str) -> Command:
    return Command(line=f"AT{_plain(query)}", prefixes=(prefix,))


def pdu_mode() -> Command:
    return Command(line="AT+CMGF=0")


def message_format() -> Command:
    return Command(line="AT+CMGF?", prefixes=("+CMGF:",))


def message_service(service: int) -> Command:
    """27.005 3.2.1: service 1 asks for acknowledgements."""
    return Command(line=f"AT+CSMS={service:d}", prefixes=("+CSMS:",))


def storages() -> Command:
    return Command(line="AT+CPMS=?", prefixes=("+CPMS:",), grace_s=2.0)


def storage_state() -> Command:
    return Command(line="AT+CPMS?", prefixes=("+CPMS:",), timeout_s=15.0, grace_s=2.0)


def select_storage(*names: str) -> Command:
    for name in names:
        if not _STORAGE.fullmatch(name):
            raise ValueError(f"not a message storage: {name!r}")
    quoted = ",".join(f'"{name}"' for name in names)
    return Command(
        line=f"AT+CPMS={quoted}", prefixes=("+CPMS:",), timeout_s=15.0, grace_s=2.0
    )


def list_messages() -> Command:
    return Command(
        line="AT+CMGL=4", prefixes=("+CMGL:",), takes_pdu=True, timeout_s=60.0
    )


def read_message(index: int) -> Command:
    return Command(
        line=f"AT+CMGR={_slot(index)}",
        prefixes=("+CMGR:",),
        takes_pdu=True,
        timeout_s=15.0,
    )


def delete_message(index: int, *, with_flag: bool = False) -> Command:
    flag = ",0" if with_flag else ""
    return Command(line=f"AT+CMGD={_slot(index)}{flag}", timeout_s=25.0)


def notifications() -> Command:
    return Command(line="AT+CNMI?", prefixes=("+CNMI:",))


def notification_choices() -> Command:
    return Command(line="AT+CNMI=?", prefixes=("+CNMI:",))


def set_notifications(values: tuple[int, ...]) -> Command:
    return Command(line="AT+CNMI=" + ",".join(f"{value:d}" for value in values))


def acknowledge(*, numbered: bool = False) -> Command:
    """27.005 3.4.4; some want the number of a plain acknowledgement said."""
    return Command(line="AT+CNMA=0" if numbered else "AT+CNMA", timeout_s=5.0)


def refuse_delivery() -> Command:
    """27.005 3.4.4: the network brings again what waits for an answer."""
    return Command(line="AT+CNMA=2", timeout_s=5.0)


def send_pdu(
    pdu: bytes, length_octets: int, *, timeout_s: float, prompt_timeout_s: float
) -> Command:
    """Header, prompt and body as one; `length_octets` leaves out the SMSC address."""
    return Command(
        line=f"AT+CMGS={length_octets:d}",
        prefixes=("+CMGS:",),
        body=pdu.hex().upper(),
        timeout_s=timeout_s,
        prompt_timeout_s=prompt_timeout_s,
        grace_s=5.0,
    )


def more_messages(*, keep: bool) -> Command:
    """Hold the radio channel for the next message: 27.005 3.5.6."""
    return Command(line=f"AT+CMMS={int(keep)}", timeout_s=5.0)


def registration_reports(name: str, mode: int) -> Command:
    return Command(line=f"AT{_plain(name)}={mode:d}", timeout_s=5.0)


def registration(name: str) -> Command:
    return Command(line=f"AT{_plain(name)}?", prefixes=(f"{name}:",))


def signal() -> Command:
    return Command(line="AT+CSQ", prefixes=("+CSQ:",))


def caller_identity() -> Command:
    return Command(line="AT+CLIP=1", timeout_s=15.0)


def vendor(line: str) -> Command:
    """A profile's or an administrator's initialising line, checked."""
    if not re.match(r"AT", line, re.IGNORECASE) or len(line) > 120:
        raise ValueError("an initialising command begins with AT")
    return Command(line="AT" + _plain(line[2:]), bare=True)


def spoken(line: str, timeout_s: float) -> Command:
    """A line of another vocabulary; answers of any shape are its own."""
    match = re.match(r"AT([+^*#$%&][A-Z0-9]+)", line)
    prefixes = (f"{match.group(1)}:",) if match else ()
    if prefixes == ("+CUSD:",):
        prefixes = ()  # what it brings comes as a notification, before or after OK
    return Command(line=line, prefixes=prefixes, bare=True, timeout_s=timeout_s)


def is_ussd(code: str) -> bool:
    """May `code` be sent as USSD at all?"""
    return _USSD.fullmatch(code) is not None


def probes() -> tuple[Command, ...]:
    """Harmless queries with answers unlike one another's, to find the place again."""
    strict = [
        error_mode(),
        signal(),
        message_format(),
        Command(line="AT+CFUN?", prefixes=("+CFUN:",)),
    ]
    return tuple(replace(command, strict=True, timeout_s=2.0) for command in strict)


def _slot(index: int) -> str:
    if not 0 <= index <= 65535:
        raise ValueError(f"not a slot: {index}")
    return f"{index:d}"


def _plain(text: str) -> str:
    if not _PRINTABLE.fullmatch(text):
        raise ValueError("control characters have no place in a command")
    return text
