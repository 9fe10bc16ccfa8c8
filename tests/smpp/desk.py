"""A desk of applications in memory: a peer of the SMPP server by its protocol."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.core.application import (
    Account,
    AdmissionFault,
    MessageNotice,
    NotAdmitted,
    Notice,
    NoticeEnd,
    ReceiptNotice,
    Refusal,
    SpokenAddress,
    Standing,
    Submission,
    Taken,
)
from gateway.core.errors import NotFound
from gateway.core.ids import AccountId, MessageId
from gateway.core.message import MessageState

PASSWORD = "secret"
START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def account(system_id: str = "billing", **changes: object) -> Account:
    return Account(
        **{
            "id": AccountId(f"acc_{system_id}"),
            "system_id": system_id,
            "password_hash": "",
            "created_at": START,
        }
        | changes  # type: ignore[arg-type]
    )


def receipt(message_id: str = "msg_1", **changes: object) -> ReceiptNotice:
    return ReceiptNotice(
        **{
            "message_id": message_id,
            "source": SpokenAddress(ton=5, npi=0, text="Shop"),
            "destination": SpokenAddress(ton=1, npi=1, text="79161234567"),
            "state": MessageState.DELIVERED,
            "is_intermediate": False,
            "carrier_code": None,
            "submitted": 1,
            "delivered": 1,
            "submitted_at": START,
            "done_at": datetime(2026, 11, 22, 8, 1, 30, tzinfo=UTC),
            "text": "hello",
            "service_type": "",
            "user_reference": None,
        }
        | changes  # type: ignore[arg-type]
    )


def written(text: str | None = "hi", **changes: object) -> MessageNotice:
    return MessageNotice(
        **{
            "message_id": MessageId("msg_in"),
            "sender": "+79161234567",
            "recipient": "2345",
            "text": text,
            "octets": None,
            "destination_port": None,
            "received_at": START,
        }
        | changes  # type: ignore[arg-type]
    )


class MemoryDesk:
    """Takes everything; `refuse` and `gate` are in the test's hands."""

    def __init__(self, *accounts: Account) -> None:
        self.accounts = {one.system_id: one for one in accounts or (account(),)}
        self.submissions: list[Submission] = []
        self.refuse: Exception | None = None
        self.refused: tuple[Refusal, ...] = ()
        self.gate = asyncio.Event()
        self.gate.set()
        self.door = asyncio.Event()  # of admission
        self.door.set()
        self.asked: list[tuple[object, ...]] = []
        self.states: dict[str, Standing] = {}
        self.notices: list[Notice] = []
        self.ends: list[tuple[int, NoticeEnd]] = []
        self.later: list[Notice] = []
        self._bell = asyncio.Condition()
        self._rings = 1
        self._numbers = itertools.count(1)

    async def admit(self, system_id: str, password: str, source_ip: str) -> Account:
        await self.door.wait()
        found = self.accounts.get(system_id)
        if found is None:
            raise NotAdmitted(AdmissionFault.UNKNOWN_ACCOUNT)
        if password in set(AdmissionFault):
            raise NotAdmitted(AdmissionFault(password))
        if password != PASSWORD:
            raise NotAdmitted(AdmissionFault.WRONG_PASSWORD)
        return found

    async def submit(self, account: Account, submission: Submission) -> Taken:
        self.submissions.append(submission)
        number = len(self.submissions)
        if not self.gate.is_set():
            await self.gate.wait()
        if self.refuse is not None:
            raise self.refuse
        return Taken(message_id=f"msg_{number}", refused=self.refused)

    async def query(
        self, account: Account, message_id: str, source: SpokenAddress
    ) -> Standing:
        self.asked.append(("query", message_id, source))
        if message_id not in self.states:
            raise NotFound("not_found", "no such message")
        return self.states[message_id]

    async def cancel(
        self,
        account: Account,
        *,
        message_id: str | None,
        source: SpokenAddress,
        destination: SpokenAddress | None,
        service_type: str,
    ) -> int:
        self.asked.append(("cancel", message_id, source, destination, service_type))
        if self.refuse is not None:
            raise self.refuse
        return 1

    async def replace(
        self, account: Account, message_id: str, submission: Submission
    ) -> None:
        self.asked.append(("replace", message_id, submission))
        if self.refuse is not None:
            raise self.refuse

    async def owe(self, content: ReceiptNotice | MessageNotice) -> Notice:
        [owner] = list(self.accounts.values())[:1]
        notice = Notice(
            id=next(self._numbers),
            account_id=owner.id,
            tries=0,
            content=content,
        )
        self.notices.append(notice)
        await self.ring()
        return notice

    async def ring(self) -> None:
        async with self._bell:
            self._rings += 1
            self._bell.notify_all()

    async def again(self) -> None:
        self.notices = sorted([*self.notices, *self.later], key=lambda one: one.id)
        self.later = []
        await self.ring()

    async def owed(self, account: Account, after: int, limit: int) -> Sequence[Notice]:
        mine = [one for one in self.notices if one.account_id == account.id]
        return [one for one in mine if one.id > after][:limit]

    async def settle(self, ends: Sequence[tuple[Notice, NoticeEnd]]) -> None:
        await asyncio.sleep(0)
        for notice, end in ends:
            self.ends.append((notice.id, end))
            if notice in self.notices:
                self.notices.remove(notice)
            if end is NoticeEnd.LATER:
                self.later.append(notice)

    async def wait_owed(self, account: Account, seen: int) -> int:
        async with self._bell:
            await self._bell.wait_for(lambda: self._rings > seen)
            return self._rings
