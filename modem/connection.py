"""One open port from its opening to its loss: bring-up, service, bring-up again.

Relies on the channel for commands and is its owner: it hands notifications on, climbs
the recovery ladder when nothing is answered, and reports late ends of submissions.
"""

import asyncio
import contextlib
import json
import logging
from collections import deque
from typing import NoReturn

from gateway.core.errors import LinkLost
from gateway.core.ids import AttemptId
from gateway.core.link import Door, LinkState
from modem.at import Answer, EchoSeen, Unclaimed
from modem.bring_up import BringUp, NotReady, Setup
from modem.channel import Channel
from modem.incoming import Line
from modem.notice import REBOOTED, Notice
from modem.parts import Parts
from modem.port import Port
from modem.profile import Profile
from modem.profiles.generic import GENERIC
from modem.recovery import Step
from modem.service import Service
from modem.storage import Storage
from modem.submit import Sender
from modem.usb import Known
from modem.vocabulary import Hardware, Vocabulary

_log = logging.getLogger(__name__)

_EARLY_LIMIT = 256
_HASTY_LIMIT = 3


class WrongModem(LinkLost):
    """Another modem answers here than the one that is looked for."""


class Connection:
    """One port, one channel, and the modem behind it."""

    def __init__(self, parts: Parts, *, port: Port, door: Door, known: Known) -> None:
        self._parts = parts
        self._door = door
        self._known = known
        self._port = port
        self._profile: Profile = GENERIC
        self._early: deque[Notice] = deque(maxlen=_EARLY_LIMIT)
        self._again = asyncio.Event()
        self._closing = asyncio.Event()
        self.service: Service | None = None
        self._last_sender: Sender | None = None
        self.hardware: Hardware | None = None
        self.served = False  # bring-up came to its end at least once
        self.channel = Channel(
            port,
            link=parts.link,
            clock=parts.clock,
            timing=parts.timing,
            observer=parts.observer,
            owner=self,
        )

    async def live(self) -> NoReturn:
        """Use the port until it is lost; raises `LinkLost` in a group."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.channel.serve())
            tasks.create_task(self._until_closed())
            tasks.create_task(self._life())
        raise AssertionError("its tasks end by exception only")

    def close(self) -> None:
        """Wish for an end: everything begins anew from the opening."""
        self._closing.set()

    def heard(self, news: Notice | EchoSeen | Unclaimed) -> None:
        if isinstance(news, Notice) and news.name in REBOOTED:
            _log.warning("modem %s began anew: %s", self._parts.link, news.name)
            self._begin_again()
        if self.service is not None:
            self.service.take(news)
        elif isinstance(news, Notice):
            self._early.append(news)

    def late(self, key: str, answer: Answer) -> None:
        listener = self._parts.late_result
        if listener is None or self._last_sender is None:
            return
        outcome = self._last_sender.late_outcome(answer)
        if outcome is not None:
            listener(AttemptId(key), outcome)

    def in_step_again(self) -> None:
        self._parts.ladder.took(Step.RESYNC)
        if self.service is not None:
            self.service.doubt()

    async def rescue(self, channel: Channel) -> bool:
        self._parts.board.state(
            LinkState.DOWN, "silent", "the modem does not answer: being recovered"
        )
        if self._is_search:
            return False
        revived = await self._parts.ladder.climb(channel, self._profile)
        if revived:
            self._begin_again()
        return revived

    @property
    def _is_search(self) -> bool:
        """Is this but one of the ports where the modem may be?"""
        return self._parts.config.port is None and self.hardware is None

    def _begin_again(self) -> None:
        self._again.set()
        if self.service is not None:
            self.service.begin_again()

    async def _until_closed(self) -> NoReturn:
        await self._closing.wait()
        raise LinkLost("restarted by an operator")

    async def _life(self) -> NoReturn:
        vocabulary = Vocabulary(self.channel, ussd_s=self._parts.timing.ussd_s)
        try:
            hasty = 0
            while True:
                self._again.clear()
                try:
                    service = await self._bring_up(vocabulary)
                except NotReady as problem:
                    await self._wait_out(problem)
                    continue
                hasty = hasty + 1 if self._again.is_set() else 0
                if 0 < hasty <= _HASTY_LIMIT:
                    continue  # it rebooted while it was brought up
                await self._serve(service)
        finally:
            vocabulary.close()

    async def _bring_up(self, vocabulary: Vocabulary) -> Service:
        parts = self._parts
        if parts.board.status.state is LinkState.UP:
            parts.board.state(LinkState.STARTING, "bring_up")
        storage = Storage(self.channel)
        bring_up = BringUp(
            config=parts.config,
            channel=self.channel,
            vocabulary=vocabulary,
            storage=storage,
            memory=parts.memory,
            clock=parts.clock,
            timing=parts.timing,
        )
        hardware, self._profile = await bring_up.meet()
        self.hardware = hardware
        self._recognise(hardware)
        parts.board.learn(
            imei=hardware.imei,
            model=hardware.title or None,
            port=self.channel.port_name,
        )
        setup = await bring_up.complete(hardware, self._profile)
        await self._remember(setup)
        where = self._learn_line(setup)
        return Service(
            parts,
            channel=self.channel,
            vocabulary=vocabulary,
            storage=storage,
            setup=setup,
            door=self._door,
            where=where,
        )

    async def _serve(self, service: Service) -> None:
        self.service = service
        self._last_sender = service.sender
        self.served = True
        self._parts.ladder.healthy()
        while self._early:
            service.take(self._early.popleft())
        try:
            await service.run()
        finally:
            self.service = None

    def _recognise(self, hardware: Hardware) -> None:
        """Is it the modem that is looked for, and nobody else's?"""
        wanted = self._parts.config.imei or self._known.imei
        imei = hardware.imei
        if imei is None:
            if self._parts.config.imei is not None:
                raise WrongModem("the modem does not tell its IMEI")
            return
        if wanted is not None and not _is_same(imei, wanted):
            raise WrongModem(f"another modem answers on {self.channel.port_name}")
        if not self._parts.registry.claim_imei(imei, self._parts.link):
            raise NotReady(
                LinkState.BLOCKED,
                "duplicate_modem",
                "another section of the configuration works on the same modem",
                retry_s=self._parts.timing.blocked_poll_s,
            )

    def _learn_line(self, setup: Setup) -> Line:
        parts = self._parts
        line = setup.iccid or setup.imsi or str(parts.link)
        parts.board.learn(
            line=line,
            imsi=setup.imsi,
            smsc=setup.service_centre,
            recoveries=parts.ladder.count,
        )
        return Line(link=parts.link, line=line, msisdn=parts.config.msisdn)

    async def _remember(self, setup: Setup) -> None:
        """Keep who was here; a change of SIM or modem is worth a line in the log."""
        key = _identity_key(self._parts)
        now = {"imei": setup.hardware.imei, "card": setup.iccid or setup.imsi}
        before = await self._parts.memory.recall(key)
        written = json.dumps(now, sort_keys=True)
        if before == written:
            return
        if before is not None:
            _log.warning("modem %s: another modem or SIM than before", self._parts.link)
        await self._parts.memory.remember(key, written)

    async def _wait_out(self, problem: NotReady) -> None:
        self._parts.board.state(problem.state, problem.reason, problem.detail)
        self._parts.note_trouble(problem.reason, problem.detail)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(problem.retry_s):
                await self._again.wait()


async def recall_known(parts: Parts) -> Known:
    """Who was here when the link was last served, also before a restart."""
    written = await parts.memory.recall(_identity_key(parts))
    imei = json.loads(written).get("imei") if written else None
    return Known(imei=imei)


def _is_same(imei: str, wanted: str) -> bool:
    """The last digit is a check digit, or missing, or the software's version."""
    both_checked = len(imei) == len(wanted) == 15
    return imei == wanted if both_checked else imei[:14] == wanted[:14]


def _identity_key(parts: Parts) -> str:
    return f"modem.identity {parts.link}"
