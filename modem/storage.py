"""The messages kept on the SIM and in the device: list, read, release.

Relies on a `Channel`. A slot is released only after a second look showed that it
still holds the same PDU, and nothing is ever deleted in bulk. The lock keeps every
selection of a storage together with what is done there.

Spec: 3GPP TS 27.005 3.2.2, 3.4, 3.5.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from modem import answers, commands
from modem.answers import Space, StoredPdu
from modem.at import Answer, Final
from modem.channel import Channel, Urgency

_log = logging.getLogger(__name__)

_SWEPT = ("SM", "ME", "SR", "MT", "TA")
_SCAN_LIMIT = 256


class Storage:
    """One modem's message storages; a name of None means the one selected."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._lock = asyncio.Lock()
        self._selected: str | None = None
        self._lists = True
        self.readable: tuple[str | None, ...] = (None,)

    async def discover(self) -> Answer:
        """Ask which storages there are; the answer tells if SMS is ready at all."""
        state = await self._run(commands.storage_state())
        test = await self._run(commands.storages())
        named = answers.readable_storages(test.lines)
        wanted = [name for name in _SWEPT if name in named]
        if "SM" in wanted and "ME" in wanted and "MT" in wanted:
            wanted.remove("MT")  # it is the two others together
        self.readable = tuple(wanted) or (None,)
        return test if test.ok else state

    async def space(self) -> tuple[Space, ...]:
        """How full the selected storages are."""
        answer = await self._run(commands.storage_state())
        return answers.storage_spaces(answer.lines)

    async def listing(self, storage: str | None) -> tuple[StoredPdu, ...]:
        """Every slot in use, in the modem's order."""
        async with self._turn():
            total = await self._select(storage)
            if total is None:
                return ()
            if self._lists:
                answer = await self._run(commands.list_messages())
                if answer.ok or answer.final in (Final.TIMEOUT, Final.LOST):
                    return answers.stored(answer.lines)
                self._lists = answer.final is Final.CMS
            return await self._scan(total)

    async def read(self, storage: str | None, index: int) -> StoredPdu | None:
        """What a slot holds; None when it is empty or cannot be read."""
        async with self._turn():
            if await self._select(storage) is None:
                return None
            return await self._read(index)

    async def release(self, storage: str | None, index: int, text: str) -> bool:
        """Delete the slot if it still holds `text`; False when it could not be."""
        async with self._turn():
            if await self._select(storage) is None:
                return False
            held = await self._read(index)
            if held is None or held.text != text:
                return held is None
            answer = await self._run(commands.delete_message(index))
            if answer.final in (Final.ERROR, Final.CMS, Final.CME, Final.REFUSED):
                both = commands.delete_message(index, with_flag=True)
                answer = await self._run(both)
            if not answer.ok:
                _log.warning("slot %s of %s cannot be deleted", index, storage)
            return answer.ok

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Nobody else selects a storage meanwhile, and nothing is sent."""
        async with self._lock:
            with self._channel.receiving():
                yield

    async def _scan(self, total: int) -> tuple[StoredPdu, ...]:
        """Slot by slot, for modems that cannot list; some count from 0."""
        found = []
        for index in range(min(total, _SCAN_LIMIT) + 1):
            slot = await self._read(index)
            if slot is not None:
                found.append(slot)
        return tuple(found)

    async def _read(self, index: int) -> StoredPdu | None:
        answer = await self._run(commands.read_message(index))
        slots = answers.stored(answer.lines)
        if not slots or slots[0].text == "00":
            return None
        return StoredPdu(
            index=index,
            status=slots[0].status,
            length_octets=slots[0].length_octets,
            text=slots[0].text,
        )

    async def _select(self, storage: str | None) -> int | None:
        """Make `storage` the one to read; its capacity, 0 when not told, else None."""
        if storage is None or storage == self._selected:
            return _SCAN_LIMIT
        answer = await self._run(commands.select_storage(storage))
        if answer.final in (Final.ERROR, Final.CMS, Final.CME, Final.REFUSED):
            every = commands.select_storage(storage, storage, storage)
            answer = await self._run(every)
        self._selected = storage if answer.ok else None
        if not answer.ok:
            return None
        spaces = answers.storage_spaces(answer.lines)
        return spaces[0].total if spaces else _SCAN_LIMIT

    async def _run(self, command: commands.Command) -> Answer:
        return await self._channel.run_patiently(command, urgency=Urgency.RECEIVE)
