"""Applications as they submit, and a box with one account."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import UserData, cut_text
from gateway.codec.udh import Concatenation
from gateway.core.application import (
    Account,
    MessageNotice,
    Notice,
    NoticeEnd,
    ReceiptNotice,
    ReportWish,
    SpokenAddress,
    Submission,
)
from gateway.core.ids import AccountId, MessageId
from gateway.core.link import InboundReport, ReportKind
from gateway.core.message import Message, MessageState
from gateway.core.message_store import MessageFilter, Page
from tests.support.builders import CUSTOMER, inbound_report
from tests.support.clock import START
from tests.support.rooms import Rooms

SHORT_CODE = SpokenAddress(ton=3, npi=0, text="7070")
NO_PASSWORD = "scrypt$2$1$1$00$00"


def account(system_id: str = "crm", **fields: object) -> Account:
    """An account that may do everything."""
    values: dict[str, object] = {
        "id": AccountId(f"acc_{system_id}"),
        "system_id": system_id,
        "password_hash": NO_PASSWORD,
        "created_at": START,
    }
    return Account(**(values | fields))  # type: ignore[arg-type]  # named by the test


async def open_account(
    rooms: Rooms, system_id: str = "crm", **fields: object
) -> Account:
    """An account of this box."""
    made = account(system_id, **fields)
    await rooms.store.write(lambda tx: tx.applications.insert_account(made))
    return made


def spoken(number: str) -> SpokenAddress:
    """A number as applications spell it."""
    return SpokenAddress(ton=1, npi=1, text=number.removeprefix("+"))


def body_of(text: str) -> UserData:
    """A text in the cheapest alphabet, of any length."""
    bodies = cut_text(text, reference=0)
    header = bodies[0].header[1:] if len(bodies) > 1 else bodies[0].header
    units = b"".join(body.units for body in bodies)
    return UserData(alphabet=bodies[0].alphabet, header=header, units=units)


def submission(
    text: str = "hello", *, to: Sequence[str] = (CUSTOMER,), **fields: object
) -> Submission:
    """A text that asks for every receipt."""
    values: dict[str, object] = {
        "source": SHORT_CODE,
        "sender": None,
        "destinations": tuple(map(spoken, to)),
        "recipients": tuple(to),
        "body": body_of(text),
        "reports": ReportWish.EITHER,
    }
    return Submission(**(values | fields))  # type: ignore[arg-type]  # named by the test


def parts_of(text: str, *, reference: int = 7, **fields: object) -> list[Submission]:
    """The submissions of a long text whose application cuts by itself."""
    bodies = cut_text(text, reference=reference)
    return [
        submission(
            **fields,  # type: ignore[arg-type]  # named by the test
            body=replace(body, header=body.header[1:]),
            part=Concatenation(reference=reference, total=len(bodies), number=number),
        )
        for number, body in enumerate(bodies, start=1)
    ]


def octets(units: bytes) -> UserData:
    """8-bit content."""
    return UserData(alphabet=Alphabet.OCTETS, units=units)


def ours(name: str) -> MessageId:
    """The message that an application calls so by default."""
    return MessageId(f"msg_{name}")


async def owed(rooms: Rooms, to: Account, after: int = 0) -> list[Notice]:
    return list(await rooms.desk.owed(to, after, 1000))


async def receipts(rooms: Rooms, to: Account) -> list[ReceiptNotice]:
    """Those owed, without their numbers."""
    contents = [notice.content for notice in await owed(rooms, to)]
    return [content for content in contents if isinstance(content, ReceiptNotice)]


async def messages_owed(rooms: Rooms, to: Account) -> list[MessageNotice]:
    contents = [notice.content for notice in await owed(rooms, to)]
    return [content for content in contents if isinstance(content, MessageNotice)]


async def settle(rooms: Rooms, notices: Sequence[Notice], end: NoticeEnd) -> None:
    await rooms.desk.settle([(notice, end) for notice in notices])


async def the_message(rooms: Rooms) -> Message:
    """The only one there is."""
    [message] = await rooms.messages()
    return message


async def queued_texts(rooms: Rooms) -> list[str | None]:
    """What is to be sent, oldest first."""
    found = await rooms.store.read(
        lambda tx: tx.outbox.listing(MessageFilter(), Page(limit=10_000))
    )
    return [message.text for message in reversed(found)]


async def send_all(rooms: Rooms) -> None:
    """Let the link take what waits, one after the other, until nothing does."""
    rooms.start()
    await rooms.until_true(lambda events: True)
    for message in await rooms.messages():
        if message.state in (MessageState.QUEUED, MessageState.SENDING):
            await rooms.until(message.id, MessageState.SENT)
    await rooms.kill()


async def report(
    rooms: Rooms,
    reference: str,
    kind: ReportKind = ReportKind.DELIVERED,
    *,
    status: str = "0x00",
    to: str = CUSTOMER,
    at: datetime | None = None,
) -> InboundReport:
    """The network tells of a segment."""
    told = inbound_report(
        reference,
        kind=kind,
        status=status,
        recipient=to,
        service_time=at or rooms.clock.now(),
        at=at or rooms.clock.now(),
    )
    await rooms.intake.accept(told)
    return told
