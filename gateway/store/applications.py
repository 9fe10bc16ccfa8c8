"""Applications: their accounts, what they submitted, what they are owed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway.core.application import Account, MessageNotice, Notice
from gateway.core.application_store import Carried, Part, Receipt
from gateway.core.ids import AccountId, MessageId
from gateway.store.application_rows import (
    account_of,
    account_values,
    carried_of,
    carried_values,
    changing_account_values,
    news_values,
    notice_of,
    owed_message_values,
    owed_receipt_values,
    part_of,
    part_values,
)
from gateway.store.column import from_moment, to_moment
from gateway.store.engine import Session, Value
from gateway.store.premise import expect_one


class SqlApplications:
    """`core.application_store.Applications` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert_account(self, account: Account) -> None:
        self._session.run("applications.insert_account", **account_values(account))
        self._list_numbers(account)

    def save_account(self, account: Account) -> None:
        values = changing_account_values(account)
        touched = self._session.run("applications.save_account", **values)
        expect_one(touched, account.id)
        self._session.run("applications.drop_numbers", account_id=account.id)
        self._list_numbers(account)

    def account(self, account_id: AccountId) -> Account | None:
        row = self._session.one("applications.account", id=account_id)
        return None if row is None else account_of(row)

    def account_by_system_id(self, system_id: str) -> Account | None:
        row = self._session.one(
            "applications.account_by_system_id", system_id=system_id
        )
        return None if row is None else account_of(row)

    def accounts(self) -> list[Account]:
        return [account_of(row) for row in self._session.all("applications.accounts")]

    def listeners(self, number: str) -> list[AccountId]:
        rows = self._session.all("applications.listeners", number=number)
        return [row["id"] for row in rows]

    def carry(self, carried: Sequence[Carried]) -> None:
        self._session.many("applications.carry", list(map(carried_values, carried)))

    def save_carried(self, carried: Carried) -> None:
        values = carried_values(carried)
        touched = self._session.run(
            "applications.save_carried",
            message_id=values["message_id"],
            id=values["id"],
            reports=values["reports"],
            spoken=values["spoken"],
        )
        expect_one(touched, carried.id)

    def carried(self, account_id: AccountId, submission_id: str) -> list[Carried]:
        rows = self._session.all(
            "applications.carried", account_id=account_id, id=submission_id
        )
        return [carried_of(row) for row in rows]

    def named(self, name: str) -> MessageId | None:
        row = self._session.one("applications.named", id=name)
        return None if row is None else row["message_id"]

    def waiting_for(self, account_id: AccountId, peer: str) -> list[Carried]:
        rows = self._session.all(
            "applications.waiting_for", account_id=account_id, peer=peer
        )
        return [carried_of(row) for row in rows]

    def repeated(
        self, account_id: AccountId, repeat_key: str, since: datetime
    ) -> str | None:
        row = self._session.one(
            "applications.repeated",
            account_id=account_id,
            repeat_key=repeat_key,
            since=from_moment(since),
        )
        return None if row is None else row["id"]

    def hold(self, part: Part) -> None:
        self._session.run("applications.hold", **part_values(part))

    def held(self, part_id: str) -> Part | None:
        row = self._session.one("applications.held", id=part_id)
        return None if row is None else part_of(row)

    def parts(self, account_id: AccountId, key: str) -> list[Part]:
        rows = self._session.all("applications.parts", account_id=account_id, key=key)
        return [part_of(row) for row in rows]

    def mark_joined(self, part: Part, until: datetime) -> None:
        self._session.run(
            "applications.mark_joined",
            group_id=part.group,
            account_id=part.account_id,
            key=part.key,
            until=from_moment(until),
        )

    def drop_part(self, part_id: str) -> None:
        self._session.run("applications.drop_part", id=part_id)

    def overdue(self, now: datetime, limit: int) -> list[Part]:
        rows = self._session.all(
            "applications.overdue", now=from_moment(now), limit=limit
        )
        return [part_of(row) for row in rows]

    def waiting_parts(self, account_id: AccountId) -> list[Part]:
        rows = self._session.all("applications.waiting_parts", account_id=account_id)
        return [part_of(row) for row in rows]

    def owe_receipts(self, news: Sequence[tuple[MessageId, Receipt]]) -> None:
        rows = [news_values(message_id, receipt) for message_id, receipt in news]
        self._session.many("applications.owe_receipts", rows)

    def owe_receipt(self, carried: Carried, receipt: Receipt) -> None:
        self._session.run("applications.owe", **owed_receipt_values(carried, receipt))

    def owe_message(
        self, accounts: Sequence[AccountId], content: MessageNotice, now: datetime
    ) -> None:
        for account_id in accounts:
            values = owed_message_values(account_id, content, from_moment(now))
            self._session.run("applications.owe", **values)

    def forgo_doubt(self, message_ids: Sequence[MessageId], now: datetime) -> None:
        moment = from_moment(now)
        rows: list[dict[str, Value]] = [
            {"message_id": message_id, "now": moment} for message_id in message_ids
        ]
        self._session.many("applications.forgo_doubt", rows)

    def owed(
        self, account_id: AccountId, after: int, now: datetime, limit: int
    ) -> list[Notice]:
        rows = self._session.all(
            "applications.owed",
            account_id=account_id,
            after=after,
            now=from_moment(now),
            limit=limit,
        )
        return [notice_of(row) for row in rows]

    def settle(self, notice_ids: Sequence[int]) -> None:
        rows = [{"id": notice_id} for notice_id in notice_ids]
        self._session.many("applications.settle", rows)

    def put_off(self, notice_id: int, due_at: datetime) -> None:
        self._session.run(
            "applications.put_off", id=notice_id, due_at=from_moment(due_at)
        )

    def next_put_off(self, account_id: AccountId, now: datetime) -> datetime | None:
        row = self._session.one(
            "applications.next_put_off", account_id=account_id, now=from_moment(now)
        )
        return None if row is None else to_moment(row["due_at"])

    def newest_notice(self) -> int:
        newest: int = self._session.only("applications.newest_notice")["id"]
        return newest

    def owed_since(self, notice_id: int) -> Mapping[AccountId, bool]:
        rows = self._session.all("applications.owed_since", id=notice_id)
        found: dict[AccountId, bool] = {}
        for row in rows:
            account_id = row["account_id"]
            found[account_id] = found.get(account_id, False) or bool(row["put_off"])
        return found

    def aged(self, before: datetime, limit: int) -> list[Notice]:
        edge = from_moment(before)
        rows = self._session.all("applications.oldest", limit=limit)
        return [notice_of(row) for row in rows if row["created_at"] < edge]

    def waiting(self) -> Mapping[AccountId, int]:
        rows = self._session.all("applications.waiting")
        return {row["account_id"]: row["count"] for row in rows}

    def _list_numbers(self, account: Account) -> None:
        for number in account.numbers:
            self._session.run(
                "applications.insert_number", number=number, account_id=account.id
            )
