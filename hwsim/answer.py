"""The answer of a command line on its way out, and what goes wrong with it.

Relies on the session for framing and on the faults. Without faults it is the blocks
of information, then the final result, in one write.

Spec: modem.md 10.13 b, c
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hwsim.at_session import Session

_REFERENCE = ("+CMGS:", "+CMSS:")


class Answer:
    """Collects the blocks of one command line."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._line = ""
        self._blocks: list[tuple[str, ...]] = []

    def begin(self, line: str) -> None:
        self._line = line
        self._session.line.subject = line
        self._blocks.clear()
        if self._session.modem.faults.take("echo_on", line):
            self._session.echo = True

    def add(self, lines: tuple[str, ...]) -> None:
        if lines:
            self._blocks.append(lines)

    async def prompt(self, command: str) -> None:
        """Write what there is and the prompt behind it."""
        session = self._session
        faults = session.modem.faults
        self._write_blocks()
        notice = session.modem.wanted_notice("prompt", command)
        if late := faults.take("late_prompt", command):
            await session.modem.clock.sleep(late.number("delay_s", 2.0))
        if not faults.take("no_prompt", command):
            bare = faults.take("bare_prompt", command)
            session.line.write(b"\r\n>" if bare else b"\r\n> ")
        if notice is not None:
            session.line.write(session.info(notice))

    async def end(self, words: str, digit: int | None) -> None:
        """Write the answer, spoiled if that is wanted."""
        session = self._session
        faults = session.modem.faults
        line = self._line
        if late := faults.take("late_answer", line):
            await session.modem.clock.sleep(late.number("delay_s", 5.0))
        if wrong := faults.take("wrong_answer", line):
            self._blocks = [tuple(wrong.text("text", "+CSQ: 17,0").split("|"))]
        octets = self._assembled(session.result(words, digit))
        if faults.take("lost_answer", line):
            octets = b""
        if cut := faults.take("truncated_answer", line):
            octets = octets[: cut.whole("octets", len(octets) // 2)]
        if faults.take("duplicated_answer", line):
            octets += octets
        self._blocks.clear()
        if octets:
            session.line.write(octets)

    def _assembled(self, final: bytes) -> bytes:
        session = self._session
        faults = session.modem.faults
        line = self._line
        self._spoil_reference()
        before = session.modem.wanted_notice("command", line)
        between = session.modem.wanted_notice("answer", line)
        if faults.take("lost_ok", line):
            final = b""
        blocks = b"".join(self._block(lines) for lines in self._blocks)
        if between is not None:
            blocks += session.info(between)
        if before is not None:
            blocks = session.info(before) + blocks
        if self._has_reference() and faults.take("ok_before_cmgs", line):
            return final + blocks
        return blocks + final

    def _block(self, lines: tuple[str, ...]) -> bytes:
        session = self._session
        entries = [i for i, line in enumerate(lines) if line.startswith("+CMGL:")]
        if len(entries) > 1:
            notice = session.modem.wanted_notice("listing", self._line)
            if notice is not None:
                place = entries[1]
                whole = session.info(lines[:place]) + session.info(notice)
                return whole + session.info(lines[place:])
        return session.info(lines)

    def _has_reference(self) -> bool:
        return bool(self._blocks) and self._blocks[-1][0].startswith(_REFERENCE)

    def _spoil_reference(self) -> None:
        if not self._has_reference():
            return
        faults = self._session.modem.faults
        if faults.take("cmgs_extra_field", self._line):
            now = self._session.modem.clock.now()
            stamp = now.strftime("%y/%m/%d,%H:%M:%S+00")
            self._blocks[-1] = (f'{self._blocks[-1][0]},"{stamp}"',)
        if faults.take("lost_cmgs", self._line):
            self._blocks.pop()

    def _write_blocks(self) -> None:
        octets = b"".join(self._session.info(lines) for lines in self._blocks)
        self._blocks.clear()
        if octets:
            self._session.line.write(octets)
