"""One terminal's AT session: echo, command line, message entry, answers, notices.

Relies on the parser for syntax and the registry for commands; the modem is shared by
all its sessions. It moves octets to and from a line and never touches a descriptor.

Spec: ITU-T V.250 5, 6.2; 3GPP TS 27.005 3.5.1, 4.3
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwsim import at_settings
from hwsim.answer import Answer
from hwsim.at_entry import Entry
from hwsim.at_parser import Command, LineBuffer, commands_of
from hwsim.at_registry import command_names, run_command
from hwsim.at_reply import AtError, Final, NotSupported, error_words
from hwsim.line import Line
from hwsim.modem_faults import PowerLost
from hwsim.personality import UnknownCommand
from hwsim.text_mode import Charset, read_string, write_string

if TYPE_CHECKING:
    from hwsim.modem import Modem

_NUL = 0x00
_MAX_TYPEAHEAD_OCTETS = 16_384
_MAX_HELD_NOTICES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    """What AT&W keeps; ``line`` is echo, verbose, quiet."""

    settings: dict[str, tuple[int, ...]]
    line: tuple[bool, bool, bool]


class Session:
    """The state of one terminal; outlives who opens it."""

    modem: "Modem"

    def __init__(self, modem: "Modem", line: Line) -> None:
        self.modem = modem
        self.line = line
        self._buffer = LineBuffer()
        self._last_line = ""
        self._typeahead = bytearray()
        self._held: deque[bytes] = deque(maxlen=_MAX_HELD_NOTICES)
        self._echo = bytearray()
        self._entry: Entry | None = None
        self._task: asyncio.Task[None] | None = None
        self._open_to_notices = False
        self.answer = Answer(self)
        self._saved: _Profile | None = None
        self.factory_reset()

    # Settings

    def factory_reset(self) -> None:
        """AT&F: everything as it left the works."""
        self.echo = True
        self.quiet = False
        self.verbose = True
        self.registers = {3: 13, 4: 10, 5: 8}
        self.charset = Charset.GSM
        self.settings = at_settings.defaults()
        self.settings["+CMEE"] = (self.modem.personality.default_cmee,)
        self.text_parameters = (17, 167, 0, 0)
        self.service = 0
        self.clip = 0
        self.ussd = 0
        self.operator_format = 0
        self.phonebook = "SM"
        self.silenced = {c.switch for c in self.modem.personality.chatter if not c.on}

    def restore(self) -> None:
        """ATZ and power-on: the saved profile over the factory's."""
        self.factory_reset()
        if self._saved is not None:
            self.settings.update(self._saved.settings)
            self.echo, self.verbose, self.quiet = self._saved.line

    def save(self) -> None:
        """AT&W."""
        line = (self.echo, self.verbose, self.quiet)
        self._saved = _Profile(settings=dict(self.settings), line=line)

    def setting(self, name: str, place: int = 0) -> int:
        return self.settings[name][place]

    @property
    def text_mode(self) -> bool:
        return self.setting("+CMGF") == 1

    def prefix(self, name: str) -> str:
        """``+CSQ: `` with or without the blank, as the make has it."""
        return f"{name}:{self.modem.personality.prefix_blank}"

    def command_names(self) -> list[str]:
        return command_names(self.modem.personality)

    def quote(self, text: str) -> str:
        """A string value in the chosen character set, in quotes."""
        return f'"{write_string(text, self.charset)}"'

    def unquote(self, text: str) -> str:
        return read_string(text, self.charset)

    # Octets in

    def receive(self, octets: bytes) -> None:
        """Take what the terminal sent."""
        for octet in octets:
            self._take(octet)
        self._flush_echo()

    def _take(self, octet: int) -> None:
        if self._entry is not None:
            self._take_body(octet)
        elif self._task is not None:
            self._take_ahead(octet)
        else:
            self._take_command(octet)

    def _take_ahead(self, octet: int) -> None:
        if self.modem.faults.take("crash_on_overlap"):
            self.modem.reboot()
            return
        if len(self._typeahead) < _MAX_TYPEAHEAD_OCTETS:
            self._typeahead.append(octet)

    def _take_command(self, octet: int) -> None:
        line_end, line_feed = self.registers[3], self.registers[4]
        if octet == _NUL or (octet == line_feed and not self._buffer):
            return
        if self.echo:
            self._echo.append(octet)
        line = self._buffer.put(octet, line_end=line_end, erase=self.registers[5])
        self._note_octet()
        if line is not None:
            self._flush_echo()
            self._start(line)

    def _note_octet(self) -> None:
        """A notice may be wanted in the middle of a command's octets."""
        if not self.modem.faults.active("urc"):
            return
        notice = self.modem.wanted_notice(f"octet:{len(self._buffer)}", "")
        if notice is not None:
            self._flush_echo()
            self.line.write(self._framed(notice))

    def _flush_echo(self) -> None:
        if self._echo:
            self.line.write(bytes(self._echo))
            self._echo.clear()

    # Command lines

    def _start(self, line: str) -> None:
        if line == "A/":
            line = self._last_line
        commands = commands_of(line)
        if commands is None:
            return
        self._last_line = line
        task = asyncio.get_running_loop().create_task(self._run(line, commands))
        self._task = task
        task.add_done_callback(self._done)

    async def _run(self, line: str, commands: Iterator[Command]) -> None:
        faults = self.modem.faults
        self.answer.begin(line)
        final = Final.OK.words
        digit: int | None = Final.OK.digit
        try:
            self.modem.reach("command", line)
            for command in commands:
                reply = await run_command(self, command)
                self.answer.add(reply.lines)
                final, digit = reply.final.words, reply.final.digit
                if reply.final is not Final.OK:
                    break
        except PowerLost:
            return
        except AtError as error:
            level = 2 if faults.active("verbose_errors") else self.setting("+CMEE")
            final, digit = self._error(error, level)
        await self.answer.end(final, digit)

    def _error(self, error: AtError, level: int) -> tuple[str, int | None]:
        if isinstance(error, NotSupported):
            match self.modem.personality.unknown:
                case UnknownCommand.COMMAND_NOT_SUPPORT:
                    return "COMMAND NOT SUPPORT", None
                case UnknownCommand.CME_OPERATION_NOT_SUPPORTED if level:
                    return f"+CME ERROR: {_not_supported(4, level)}", None
                case UnknownCommand.CME_UNKNOWN if level:
                    return f"+CME ERROR: {_not_supported(100, level)}", None
                case _:
                    return Final.ERROR.words, Final.ERROR.digit
        words = error_words(error, level)
        return words, Final.ERROR.digit if words == Final.ERROR.words else None

    def _done(self, task: asyncio.Task[None]) -> None:
        if task is not self._task:
            return
        self._task = None
        self._entry = None
        self._release_notices()
        ahead = bytes(self._typeahead)
        self._typeahead.clear()
        if ahead:
            self.receive(ahead)
        if not task.cancelled():
            task.result()

    def reset(self) -> None:
        """Power is gone: whatever was under way ends without an answer."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        self._entry = None
        self._buffer.clear()
        self._typeahead.clear()
        self._echo.clear()
        self._held.clear()
        self.line.drop()
        self.restore()

    # Message entry

    async def enter_body(self, command: Command) -> str | None:
        """Prompt and take a body up to Ctrl-Z; None after ESC."""
        self._entry = Entry(text_mode=self.text_mode)
        await self.answer.prompt(str(command))
        self.modem.reach("prompt", str(command))
        ahead = bytes(self._typeahead)
        self._typeahead.clear()
        self.receive(ahead)
        body = await self._entry.body
        self._entry = None
        self._flush_echo()
        if body is not None:
            self.modem.reach("body", str(command))
        return body

    def _take_body(self, octet: int) -> None:
        entry = self._entry
        if entry is None or entry.body.done():
            self._take_ahead(octet)
            return
        shown = entry.put(octet, line_end=self.registers[3], erase=self.registers[5])
        if self.echo and shown:
            self._echo.append(octet)
        if entry.wants_prompt:
            entry.wants_prompt = False
            self._flush_echo()
            self.line.write(b"\r\n> ")

    # Octets out

    def info(self, lines: tuple[str, ...]) -> bytes:
        """Information text as one block."""
        end = self.line_end
        if not lines:
            return b""
        head = end if self.verbose else ""
        text = head + "".join(line + end for line in lines)
        return text.encode("latin-1", "replace")

    def result(self, words: str, digit: int | None) -> bytes:
        """A final result as V and Q say."""
        if self.quiet or digit == Final.NONE.digit:
            return b""
        end = self.line_end
        if self.verbose or digit is None:
            return f"{end}{words}{end}".encode("latin-1", "replace")
        return f"{digit}{chr(self.registers[3])}".encode("latin-1")

    @property
    def line_end(self) -> str:
        return chr(self.registers[3]) + chr(self.registers[4])

    def notify(self, *lines: str) -> None:
        """A notification, now or when the command under way has its answer."""
        self.emit(self._framed(lines), lines)

    def emit(self, octets: bytes, lines: tuple[str, ...] = ()) -> None:
        faults = self.modem.faults
        if self._task is not None and not (
            self._open_to_notices or faults.active("urcs_unheld")
        ):
            self._held.append(octets)
            return
        together = faults.active("urcs_together")
        if together:
            if not self._held:
                hold_s = together.number("hold_s", 0.5)
                self.modem.clock.call_later(hold_s, self._release_notices)
            self._held.append(octets)
            return
        split = len(lines) == 2 and faults.take("split_notification", lines[0])
        if split:
            head = self._framed(lines[:1])
            self.line.write(head)
            self.line.write(octets[len(head) :], split.number("pause_s", 0.3))
            return
        self.line.write(octets)

    @contextmanager
    def open_to_notices(self) -> Iterator[None]:
        """While the network is waited for, notifications do not wait."""
        self._open_to_notices = True
        try:
            yield
        finally:
            self._open_to_notices = False

    def chat(self, text: str) -> None:
        """A vendor's notification, with the vendor's line ends."""
        personality = self.modem.personality
        framed = personality.chatter_prefix + text + personality.chatter_suffix
        self.emit(framed.encode("latin-1"))

    def note_vendor_setting(self, command: Command) -> None:
        """A vendor's switch for its own notifications; its last value 0 is off."""
        first, comma, value = command.text.rpartition(",")
        switch = f"{command.name}={first}" if comma else command.name
        if value == "0":
            self.silenced.add(switch)
        else:
            self.silenced.discard(switch)

    def _release_notices(self) -> None:
        if self._held and self._task is None:
            self.line.write(b"".join(self._held))
            self._held.clear()

    def _framed(self, lines: tuple[str, ...]) -> bytes:
        end = self.line_end
        text = "".join(line + end for line in lines)
        return (end + text).encode("latin-1", "replace")


def _not_supported(code: int, level: int) -> str:
    if level == 1:
        return str(code)
    return "operation not supported" if code == 4 else "unknown"
