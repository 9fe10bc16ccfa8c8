"""A scripted modem on a pseudo-terminal: enough of 27.005 to drive ours, bent at will.

It knows nothing of the driver. `answers` overrides single commands, `misbehave` may
take any line over; every line said to it is kept in `said`.
"""

import asyncio
import os
import re
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CRLF = "\r\n"
OK = "OK"

Misbehaviour = Callable[[str], str | None]


@dataclass(slots=True, kw_only=True)
class Slot:
    status: int
    length: int
    pdu: str


@dataclass(slots=True)
class ScriptedModem:
    """Link the terminal at `place`; start and stop on the running loop."""

    place: Path
    imei: str = "861234567890123"
    iccid: str = "8970199000000000017"
    imsi: str = "250010000000017"
    answers: dict[str, str] = field(default_factory=dict)
    misbehave: Misbehaviour | None = None
    pin: str | None = None
    attempts: int = 3
    registration: str = "1"
    on_body: Callable[[str], str | None] | None = None
    echo: bool = True
    reference: int = 0
    cnmi: str = "0,0,0,0,0"
    cmgf: int = 1
    said: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    storages: dict[str, dict[int, Slot]] = field(
        default_factory=lambda: {"SM": {}, "ME": {}}
    )
    selected: str = "SM"
    locked: bool = False
    _master: int = -1
    _slave: int = -1
    _buffer: str = ""
    _in_body: bool = False

    def start(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        name = os.ttyname(self._slave)
        self.place.unlink(missing_ok=True)
        self.place.symlink_to(name)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._read)
        self.locked = self.pin is not None

    def unplug(self) -> None:
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)
        self._master = -1
        self.place.unlink(missing_ok=True)
        self._buffer = ""
        self._in_body = False

    def write(self, text: str) -> None:
        if self._master >= 0:
            os.write(self._master, text.encode("latin-1"))

    def notify(self, line: str) -> None:
        self.write(CRLF + line + CRLF)

    def store(
        self, storage: str, index: int, pdu: str, *, announce: bool = True
    ) -> None:
        smsc = int(pdu[:2], 16)
        length = len(pdu) // 2 - 1 - smsc
        self.storages[storage][index] = Slot(status=0, length=length, pdu=pdu)
        if announce:
            self.notify(f'+CMTI: "{storage}",{index}')

    def _read(self) -> None:
        try:
            data = os.read(self._master, 4096).decode("latin-1")
        except (BlockingIOError, OSError):
            return
        for letter in data:
            self._letter(letter)

    def _letter(self, letter: str) -> None:
        if self._in_body:
            self._body_letter(letter)
        elif letter == "\r":
            line, self._buffer = self._buffer.strip("\x1b\n\0"), ""
            if line:
                self._line(line)
        else:
            self._buffer += letter

    def _body_letter(self, letter: str) -> None:
        if letter == "\x1b":
            self._in_body, self._buffer = False, ""
            self.write(CRLF + OK + CRLF)
        elif letter == "\x1a":
            body, self._buffer, self._in_body = self._buffer.strip(), "", False
            self.bodies.append(body)
            self._body(body)
        else:
            self._buffer += letter

    def _body(self, body: str) -> None:
        if self.on_body is not None:
            answer = self.on_body(body)
            if answer is not None:
                self.write(answer)
            return
        self.reference = (self.reference + 1) % 256
        self.write(f"{CRLF}+CMGS: {self.reference}{CRLF}{CRLF}OK{CRLF}")

    def _line(self, line: str) -> None:
        self.said.append(line)
        if self.echo:
            self.write(line + "\r")
        if self.misbehave is not None:
            taken = self.misbehave(line)
            if taken is not None:
                self.write(taken)
                return
        if line in self.answers:
            self.write(self.answers[line])
            return
        answer = self._answer(line)
        if answer == "> ":
            self._in_body = True
            self.write(CRLF + "> ")
            return
        lines = [*answer.split("\n"), OK] if answer != "ERROR" else ["ERROR"]
        self.write("".join(CRLF + one + CRLF for one in lines if one))

    def _answer(self, line: str) -> str:
        simple = self._simple(line)
        if simple is not None:
            return simple
        if self.locked and not line.startswith("AT+CPIN"):
            return "ERROR"
        if line.startswith("AT+CPIN="):
            return self._enter_pin(line)
        if match := re.fullmatch(r"AT\+CNMI=(.*)", line):
            self.cnmi = match.group(1)
            return ""
        if match := re.fullmatch(r'AT\+CPMS="(\w+)".*', line):
            self.selected = match.group(1)
            return "+CPMS: " + ",".join([f"{len(self._held)},20"] * 3)
        if match := re.fullmatch(r"AT\+CMGR=(\d+)", line):
            return self._read_slot(int(match.group(1)))
        if match := re.fullmatch(r"AT\+CMGD=(\d+)", line):
            self._held.pop(int(match.group(1)), None)
            return ""
        if line.startswith("AT+CMGS="):
            return "> "
        return "ERROR" if line.startswith(("AT^", "AT#", "AT!")) else ""

    def _simple(self, line: str) -> str | None:
        held = len(self._held)
        match line:
            case "AT" | "AT+CMEE=1":
                return ""
            case "ATQ0V1E0" | "ATE0":
                self.echo = False
                return ""
            case "AT+CMEE?":
                return "+CMEE: 1"
            case "AT+CFUN?":
                return "+CFUN: 1"
            case "AT+CGMI":
                return "Scripted"
            case "AT+CGMM":
                return "PTY 1"
            case "AT+CGMR":
                return "1.0"
            case "AT+CGSN":
                return self.imei
            case "AT+CIMI":
                return "ERROR" if self.locked else self.imsi
            case "AT+CCID":
                return f"+CCID: {self.iccid}"
            case "AT+CPIN?":
                return "+CPIN: SIM PIN" if self.locked else "+CPIN: READY"
            case "AT+CPINR":
                return f"+CPINR: SIM PIN,{self.attempts},3"
            case "AT+CMGF=0":
                self.cmgf = 0
                return "ERROR" if self.locked else ""
            case "AT+CMGF?":
                return f"+CMGF: {self.cmgf}"
            case "AT+CPMS?":
                return f'+CPMS: "{self.selected}",{held},20'
            case "AT+CPMS=?":
                return '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")'
            case "AT+CNMI=?":
                return "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)"
            case "AT+CNMI?":
                return f"+CNMI: {self.cnmi}"
            case "AT+CSMS=1":
                return "+CSMS: 1,1,1"
            case "AT+CREG?" | "AT+CEREG?" | "AT+CGREG?":
                return f"{line[2:-1]}: 2,{self.registration}"
            case "AT+CSQ":
                return "+CSQ: 21,99"
            case "AT+COPS?":
                return '+COPS: 0,0,"Seventy",7'
            case "AT+CSCA?":
                return '+CSCA: "+79160000000",145'
            case "AT+CMGL=4":
                return "\n".join(
                    f'+CMGL: {index},{slot.status},"",{slot.length}\n{slot.pdu}'
                    for index, slot in sorted(self._held.items())
                )
            case _:
                return None

    @property
    def _held(self) -> dict[int, Slot]:
        return self.storages.setdefault(self.selected, {})

    def _read_slot(self, index: int) -> str:
        slot = self._held.get(index)
        if slot is None:
            return ""
        status, slot.status = slot.status, 1
        return f'+CMGR: {status},"",{slot.length}\n{slot.pdu}'

    def _enter_pin(self, line: str) -> str:
        if line == f'AT+CPIN="{self.pin}"':
            self.locked, self.attempts = False, 3
            return ""
        self.attempts -= 1
        return "ERROR"
