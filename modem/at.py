"""An AT session as a value machine: octets in, events and octets out.

It splits octets into lines, tells answers from notifications, follows the prompt of a
message body and keeps the deadlines. It relies on `modem.commands` for the shape of
answers. It does no I/O, reads no clock and never raises on what a modem says.

Spec: ITU-T V.250 5, 3GPP TS 27.005 3, 27.007 9.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from modem.commands import CTRL_Z, ESCAPE, TERMINATOR, Command
from modem.notice import (
    CONTINUED_QUOTE,
    NEXT_LINE_PDU,
    Notice,
    known_notice,
    notice_of,
)

LINE_LIMIT_OCTETS = 16384
NOTICE_BODY_LIMIT_S = 5.0
LATE_BODY_LIMIT_S = 2.0

_PDU = re.compile(r'"?[0-9A-Fa-f]{2,}[0-9A-Fa-f ]*"?(,\s*\d+)?')
_ERROR = re.compile(r"\+(CM[ES]) ERROR\s*:\s*(.*)", re.IGNORECASE)
_REFUSED = re.compile(
    r"COMMAND NOT SUPPORT(ED)?|NOT SUPPORTED|NA|TOO MANY PARAMETERS"
    r"|MODEM ERROR:\s*\d+|INVALID PARAMETER"
)
_PREFIXED = re.compile(r"[+^*#$%!][A-Za-z0-9_]+:")
_CONTROLS = {code: None for code in (*range(32), 127)}
_LINE_END = re.compile(rb"[\r\n]")


class Final(StrEnum):
    """How a command ended."""

    OK = "ok"
    ERROR = "error"
    CME = "cme"
    CMS = "cms"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    NO_PROMPT = "no_prompt"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A command's own lines and its end; `body_left` when Ctrl-Z was said."""

    final: Final
    text: str = ""
    lines: tuple[str, ...] = ()
    body_left: bool = False

    @property
    def ok(self) -> bool:
        return self.final is Final.OK

    @property
    def code(self) -> int | None:
        """The number of a numeric +CME or +CMS error."""
        return int(self.text) if self.text.isdecimal() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The command sent as `tag` ended."""

    tag: int
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswer:
    """News of the abandoned body sent as `tag`, after its time was up."""

    tag: int
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclaimed:
    """A line that is nobody's: counted, else ignored."""

    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoSeen:
    """The modem repeated our line: echo is on, perhaps after a reboot."""


AtEvent = Finished | LateAnswer | Notice | Unclaimed | EchoSeen


class _Stage(StrEnum):
    ANSWER = "answer"
    PROMPT = "prompt"
    BODY = "body"


@dataclass(slots=True, kw_only=True)
class _Running:
    command: Command
    tag: int
    deadline: float
    stage: _Stage
    lines: list[str] = field(default_factory=list)
    accepted: bool = False  # a final OK came before the line that belongs to it


@dataclass(slots=True, kw_only=True)
class _Pending:
    notice: Notice
    deadline: float


class AtSession:
    """One modem's conversation; send nothing while `busy`."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._output = bytearray()
        self._running: _Running | None = None
        self._pending: list[_Pending] = []
        self._events: list[AtEvent] = []
        self._tag = 0
        self._abandoned: int | None = None
        self._last_line = ""
        self._last_body = ""
        self.dirty = False  # a late answer may still come: resynchronise first

    @property
    def busy(self) -> bool:
        return self._running is not None

    @property
    def deadline(self) -> float | None:
        """When `expire` has to be called, if nothing arrives before."""
        moments = [waiting.deadline for waiting in self._pending]
        if self._running is not None:
            moments.append(self._running.deadline)
        return min(moments, default=None)

    def send(self, command: Command, now: float) -> int:
        """Say `command`; its end is a `Finished` with the tag returned."""
        if self._running is not None:
            raise AssertionError("one command at a time")
        self._tag += 1
        prompted = command.body is not None
        limit_s = command.prompt_timeout_s if prompted else command.timeout_s
        self._running = _Running(
            command=command,
            tag=self._tag,
            deadline=now + limit_s,
            stage=_Stage.PROMPT if prompted else _Stage.ANSWER,
        )
        self._last_line = command.line
        self._last_body = command.body or ""
        self._output += command.line.encode("ascii") + TERMINATOR
        return self._tag

    def escape(self) -> None:
        """Leave message entry if the modem is in it; harmless elsewhere."""
        self._output += ESCAPE + TERMINATOR

    def take_output(self) -> bytes:
        """The octets to write now."""
        octets = bytes(self._output)
        self._output.clear()
        return octets

    def receive(self, data: bytes, now: float) -> list[AtEvent]:
        """Read what the modem said, in whatever pieces it came."""
        self._buffer += data.replace(b"\0", b"")
        while end := _LINE_END.search(self._buffer):
            line = bytes(self._buffer[: end.start()])
            del self._buffer[: end.end()]
            self._line(line, now)
        self._unfinished(now)
        if len(self._buffer) > LINE_LIMIT_OCTETS:
            self._buffer.clear()
            self._events.append(Unclaimed(line="(a line without end)"))
        return self._drain()

    def expire(self, now: float) -> list[AtEvent]:
        """Give up what is overdue."""
        while self._pending and min(p.deadline for p in self._pending) <= now:
            overdue = min(self._pending, key=lambda waiting: waiting.deadline)
            self._pending.remove(overdue)
            self._events.append(overdue.notice)
        running = self._running
        if running is not None and running.deadline <= now:
            self._give_up(running)
        return self._drain()

    def lose(self) -> list[AtEvent]:
        """The port is gone: end what runs at once."""
        if self._running is not None:
            self._finish(self._running, Final.LOST)
        self._pending.clear()
        self._buffer.clear()
        self._output.clear()
        self._abandoned = None
        return self._drain()

    def _drain(self) -> list[AtEvent]:
        events, self._events = self._events, []
        return events

    def _give_up(self, running: _Running) -> None:
        own = bool(running.lines)
        if running.stage is _Stage.PROMPT:
            self.escape()
            self.dirty = True
            self._finish(running, Final.NO_PROMPT)
        elif running.accepted or (own and running.command.grace_s is not None):
            self.dirty = True
            self._finish(running, Final.OK)
        else:
            self.dirty = True
            if running.stage is _Stage.BODY:
                self._abandoned = running.tag
            self._finish(running, Final.TIMEOUT)

    def _finish(self, running: _Running, final: Final, text: str = "") -> None:
        self._running = None
        answer = Answer(
            final=final,
            text=text,
            lines=tuple(running.lines),
            body_left=running.stage is _Stage.BODY,
        )
        self._events.append(Finished(tag=running.tag, answer=answer))

    def _unfinished(self, now: float) -> None:
        """A prompt has no line end; take it as soon as it stands there."""
        rest = bytes(self._buffer).strip(b" ")
        waiting = self._running is not None and self._running.stage is _Stage.PROMPT
        if rest.startswith(b">") and not self._is_body_echo(rest):
            self._buffer[:] = rest[1:].lstrip(b" ")
            self._prompt(now)
        elif waiting and rest.endswith(b">"):
            self._buffer.clear()
            self._line(rest[:-1], now)
            self._prompt(now)

    def _is_body_echo(self, octets: bytes) -> bool:
        typed = octets.lstrip(b"> ").decode("latin-1")
        return bool(typed) and self._last_body.startswith(typed[:8])

    def _prompt(self, now: float) -> None:
        running = self._running
        if running is not None and running.stage is _Stage.PROMPT:
            body = running.command.body or ""
            self._output += body.encode("ascii") + CTRL_Z
            running.stage = _Stage.BODY
            running.deadline = now + running.command.timeout_s
            self._abandoned = None
        elif running is None or running.stage is _Stage.ANSWER:
            # A prompt that nobody waits for swallows the next command as a text.
            self.escape()
            self.dirty = True

    def _line(self, octets: bytes, now: float) -> None:
        text = octets.decode("latin-1").translate(_CONTROLS).strip()
        if text.startswith(">"):
            if self._is_body_echo(octets):
                text = text.lstrip("> ")
            else:
                self._prompt(now)
                text = text[1:].strip()
        if not text or self._is_echo(text):
            return
        if self._continues_notice(text):
            return
        self._classify(text, now)

    def _is_echo(self, text: str) -> bool:
        if self._last_body and text.upper() == self._last_body:
            return True
        ours = self._last_line and text.endswith(self._last_line)
        if ours or re.match(r"AT[+^*#$%&][A-Z]", text):
            self._events.append(EchoSeen())
            return True
        return False

    def _continues_notice(self, text: str) -> bool:
        """Is `text` the second line of a notification that came before?"""
        for waiting in reversed(self._pending):
            if waiting.notice.name in CONTINUED_QUOTE:
                if known_notice(text) or self._final(text) is not None:
                    continue
                whole = waiting.notice.followed_by(text)
                self._pending.remove(waiting)
                self._start_or_emit(whole, waiting.deadline)
                return True
            if _PDU.fullmatch(text) and self._is_pdu_of(waiting.notice, text):
                self._pending.remove(waiting)
                self._events.append(waiting.notice.with_body(text))
                return True
        return False

    def _is_pdu_of(self, notice: Notice, text: str) -> bool:
        running = self._running
        contested = running is not None and running.command.takes_pdu
        return not contested or notice.fits(text)

    def _classify(self, text: str, now: float) -> None:
        running = self._running
        final = self._final(text)
        if final is not None:
            self._ended(*final, text, now)
        elif running is not None and self._owns(running, text):
            self._own_line(running, text, now)
        elif self._abandoned is not None and text.startswith("+CMGS:"):
            self._late(
                self._abandoned, Answer(final=Final.OK, lines=(text,), body_left=True)
            )
        elif known_notice(text):
            self._start_or_emit(notice_of(text), now + NOTICE_BODY_LIMIT_S)
        elif running is not None and running.command.bare and _is_bare(text):
            self._own_line(running, text, now)
        else:
            self._events.append(Unclaimed(line=text))

    def _owns(self, running: _Running, text: str) -> bool:
        command = running.command
        if running.stage is _Stage.PROMPT:
            return False
        if text.startswith(command.prefixes) if command.prefixes else False:
            return True
        return command.takes_pdu and (
            _PDU.fullmatch(text) is not None or "+CMGL:" in text
        )

    def _own_line(self, running: _Running, text: str, now: float) -> None:
        running.lines.append(text)
        if running.accepted:
            self._finish(running, Final.OK)
        elif running.command.grace_s is not None:
            running.deadline = min(running.deadline, now + running.command.grace_s)

    def _start_or_emit(self, notice: Notice, deadline: float) -> None:
        if notice.name in NEXT_LINE_PDU or notice.is_open:
            self._pending.append(_Pending(notice=notice, deadline=deadline))
        else:
            self._events.append(notice)

    def _final(self, text: str) -> tuple[Final, str] | None:
        if text == "OK":
            return Final.OK, ""
        if text == "ERROR":
            return Final.ERROR, ""
        if match := _ERROR.fullmatch(text):
            return Final(match.group(1).lower()), match.group(2).strip()
        if _REFUSED.fullmatch(text):
            return Final.REFUSED, text
        return None

    def _ended(self, final: Final, detail: str, text: str, now: float) -> None:
        running = self._running
        if running is None or (running.command.strict and not running.lines):
            self._stale(final, detail, text)
        elif running.stage is _Stage.PROMPT and final is Final.OK:
            self._events.append(Unclaimed(line=text))
        elif running.stage is _Stage.BODY and final is Final.OK and not running.lines:
            running.accepted = True
            running.deadline = min(running.deadline, now + LATE_BODY_LIMIT_S)
        else:
            if final is Final.OK and not running.lines and running.command.must_tell:
                self.dirty = True  # that OK was another command's: we are out of step
            if final is Final.ERROR and running.stage is _Stage.BODY:
                self._abandoned = running.tag  # it may be accepted all the same
            self._finish(running, final, detail)

    def _stale(self, final: Final, detail: str, text: str) -> None:
        if self._abandoned is not None and final is Final.CMS:
            self._late(
                self._abandoned, Answer(final=final, text=detail, body_left=True)
            )
        else:
            self._events.append(Unclaimed(line=text))

    def _late(self, tag: int, answer: Answer) -> None:
        self._events.append(LateAnswer(tag=tag, answer=answer))
        self._abandoned = None


def _is_bare(text: str) -> bool:
    return _PREFIXED.match(text) is None
