"""GsmModem of python-gsmmodem-new, spoken over our channel.

Identity, operator, signal, service centre, USSD and calls are its; everything that
carries messages is ours. It blocks, so each modem's vocabulary works in a thread of
its own and its `write` hands the command to the channel on the event loop. This is
gsmmodem's only importer.
"""

import asyncio
import concurrent.futures
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gateway.codec.dcs import Alphabet, decode_dcs
from gateway.codec.gsm7 import decode_septets, unpack
from modem import answers, commands
from modem.answers import UssdText
from modem.at import Answer, Final
from modem.channel import Channel
from modem.notice import Notice

with warnings.catch_warnings():
    # The library's sources have escapes that newer compilers warn about.
    warnings.simplefilter("ignore")
    from gsmmodem.exceptions import CommandError, GsmModemException, TimeoutException
    from gsmmodem.modem import GsmModem
    from gsmmodem.serial_comms import SerialComms

_log = logging.getLogger(__name__)

T = TypeVar("T")

_QUEUE_LIMIT_S = 150.0  # a submission may be waiting for its answer before us
_DEFAULT_CODING = 15
_UNICODE_CODINGS = frozenset({0x11, 0x48})
_BUSY_CODES = frozenset({14, 515})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """Who the modem says it is."""

    manufacturer: str | None
    model: str | None
    revision: str | None
    imei: str | None

    @property
    def title(self) -> str:
        return " ".join(part for part in (self.manufacturer, self.model) if part)


class _ChannelComms(SerialComms):  # type: ignore[misc]  # the library is untyped
    """SerialComms' interface over our channel; called in the worker thread."""

    ask: Callable[[commands.Command], Answer]

    def connect(self) -> None:
        self.alive = True

    def close(self) -> None:
        self.alive = False

    def _readLoop(self) -> None:
        """Reading is the channel's."""

    def write(
        self,
        data: str,
        waitForResponse: bool = True,
        timeout: float = 5,
        expectedResponseTermSeq: str | None = None,
    ) -> list[str]:
        command = commands.spoken(data.strip("\r\n"), float(timeout))
        answer = self.ask(command)
        if answer.final in (Final.TIMEOUT, Final.LOST, Final.NO_PROMPT):
            raise TimeoutException(list(answer.lines) or None)
        return [*answer.lines, _final_line(answer)]


class _Vocabulary(GsmModem, _ChannelComms):  # type: ignore[misc]  # untyped as well
    """The library's modem with our ears and mouth."""


class Vocabulary:
    """The asynchronous face of one modem's GsmModem."""

    def __init__(self, channel: Channel, *, ussd_s: float) -> None:
        self._channel = channel
        self._ussd_s = ussd_s
        self._loop = asyncio.get_running_loop()
        self._modem = _Vocabulary(channel.port_name)
        self._modem.ask = self._ask
        self._modem.alive = True
        self._worker = concurrent.futures.ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="vocabulary"
        )
        self._ussd: UssdText | None = None

    def close(self) -> None:
        """Let the worker go; what it waits for ends at once."""
        event = self._modem._ussdSessionEvent
        if event is not None:
            event.set()
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def hardware(self) -> Hardware:
        """Manufacturer, model, revision and IMEI, as far as they are told."""
        maker = await self._text(lambda: self._modem.manufacturer, "+CGMI", "+GMI")
        model = await self._text(lambda: self._modem.model, "+CGMM", "+GMM")
        revision = await self._text(lambda: self._modem.revision, "+CGMR", "+GMR")
        serial = await self._text(lambda: self._modem.imei, "+CGSN", "+GSN")
        return Hardware(
            manufacturer=maker,
            model=model,
            revision=revision,
            imei=answers.imei([serial]) if serial else None,
        )

    async def imsi(self) -> str | None:
        text = await self._text(lambda: self._modem.imsi, "+CIMI")
        return answers.imsi([text]) if text else None

    async def operator(self) -> str | None:
        """The network's name."""
        return await self._text(lambda: self._modem.networkName)

    async def service_centre(self) -> str | None:
        """The SMSC number kept on the SIM, read anew."""
        self._modem._smscNumber = None
        return await self._text(lambda: self._modem.smsc)

    async def signal_dbm(self) -> int | None:
        level = await self._run(lambda: self._modem.signalStrength)
        if not isinstance(level, int) or level < 0:
            return None
        return answers.signal_dbm([f"+CSQ: {level}"])

    async def hang_up(self) -> None:
        """End the ringing call."""
        if await self._run(lambda: self._modem.write("ATH")) is None:
            await self._run(lambda: self._modem.write("AT+CHUP"))

    async def ussd(self, code: str) -> UssdText | None:
        """Run one code, or answer in the open session; None when nothing came."""
        self._ussd = None
        await self._run(lambda: self._modem.sendUssd(code, self._ussd_s))
        return self._ussd

    def notice(self, notice: Notice) -> None:
        """Take a +CUSD; called on the event loop."""
        told = answers.ussd(notice.head)
        if told is None or self._modem._ussdSessionEvent is None:
            return
        if self._ussd is not None and not told.text:
            return  # some say once more, without words, that the session is over
        self._ussd = UssdText(mode=told.mode, text=ussd_words(told), coding=told.coding)
        # The library reads one form only, and only a text without quotes.
        self._modem._handleUssd([f'+CUSD: {told.mode},"",{_DEFAULT_CODING}'])

    def _ask(self, command: commands.Command) -> Answer:
        asked = asyncio.run_coroutine_threadsafe(
            self._channel.run_patiently(command), self._loop
        )
        try:
            return asked.result(timeout=command.timeout_s + _QUEUE_LIMIT_S)
        except (TimeoutError, concurrent.futures.CancelledError):
            asked.cancel()
            return Answer(final=Final.TIMEOUT)

    async def _text(self, read: Callable[[], object], *prefixes: str) -> str | None:
        value = await self._run(read)
        if not isinstance(value, str) or value == "OK":
            return None
        return answers.plain_text([value], *prefixes)

    async def _run(self, work: Callable[[], T]) -> T | None:
        """Do blocking work in the thread; what the modem refuses is None."""
        try:
            return await self._loop.run_in_executor(self._worker, work)
        except (GsmModemException, CommandError) as problem:
            _log.debug("not told: %s", type(problem).__name__)
            return None
        except (IndexError, AttributeError, TypeError) as problem:
            # The library indexes into answers it did not expect.
            _log.debug("not understood by the library: %r", problem)
            return None


def ussd_words(told: UssdText) -> str:
    """The text of a +CUSD, whichever way the modem wrote it down.

    Spec: 3GPP TS 23.038 5, 27.007 7.15; Huawei gives packed septets in hexadecimal.
    """
    digits = told.text.replace("\n", "")
    octets = answers.octets_of(digits) if _is_hex(digits) else None
    if octets is None:
        return told.text
    coding = told.coding if told.coding is not None else _DEFAULT_CODING
    wide = coding in _UNICODE_CODINGS or (
        coding > 0x1F and decode_dcs(coding).alphabet is Alphabet.UCS2
    )
    if wide or _looks_wide(octets):
        return octets.decode("utf-16-be", errors="replace")
    words = decode_septets(unpack(octets, len(octets) * 8 // 7)).rstrip("\r@\0")
    readable = all(letter.isprintable() or letter in "\r\n" for letter in words)
    return words if readable and " " in words else told.text


def _is_hex(text: str) -> bool:
    return len(text) >= 8 and all(letter in "0123456789ABCDEFabcdef" for letter in text)


def _looks_wide(octets: bytes) -> bool:
    """Every other octet small and constant: +CSCS="UCS2" writes any text so."""
    return len(octets) % 2 == 0 and set(octets[::2]) <= {0, 4, 5}


def _final_line(answer: Answer) -> str:
    match answer.final:
        case Final.OK:
            return "OK"
        case Final.CME | Final.CMS if answer.code not in (None, *_BUSY_CODES):
            return f"+{answer.final.upper()} ERROR: {answer.code}"
        case _:
            # The library repeats a busy answer without end; ours was asked enough.
            return "ERROR"
