"""Rows of everything beside messages to dataclasses and back; companion of `rows`."""

import base64

from gateway.codec.address import Address, NumberingPlan, TypeOfNumber
from gateway.core.account import (
    Answer,
    Delivery,
    DeliveryState,
    Role,
    Token,
    Webhook,
    WebhookState,
)
from gateway.core.contact import Contact, Thread
from gateway.core.event import Event, EventType, NewEvent
from gateway.core.link import InboundReport, InboundUndecoded, ReportKind
from gateway.core.message_store import ParkedReport, QuarantineItem, tail_of
from gateway.store.column import (
    from_json,
    from_moment,
    from_moment_or_none,
    to_moment,
    to_moment_or_none,
    to_texts,
)
from gateway.store.engine import Row, Value


def contact_values(contact: Contact) -> dict[str, Value]:
    return {
        "id": contact.id,
        "address": contact.address,
        "created_at": from_moment(contact.created_at),
        "opted_out_at": from_moment_or_none(contact.opted_out_at),
        "opt_out_source": contact.opt_out_source,
    }


def thread_values(thread: Thread) -> dict[str, Value]:
    return {
        "id": thread.id,
        "contact_id": thread.contact_id,
        "own": thread.own,
        "created_at": from_moment(thread.created_at),
        "updated_at": from_moment(thread.updated_at),
        "sticky_link": thread.sticky_link,
    }


def contact_of(row: Row) -> Contact:
    return Contact(
        id=row["id"],
        address=row["address"],
        created_at=to_moment(row["created_at"]),
        opted_out_at=to_moment_or_none(row["opted_out_at"]),
        opt_out_source=row["opt_out_source"],
    )


def thread_of(row: Row) -> Thread:
    return Thread(
        id=row["id"],
        contact_id=row["contact_id"],
        own=row["own"],
        created_at=to_moment(row["created_at"]),
        updated_at=to_moment(row["updated_at"]),
        sticky_link=row["sticky_link"],
    )


def event_values(event: NewEvent) -> dict[str, Value]:
    return {
        "type": event.type.value,
        "at": from_moment(event.at),
        "data": from_json(event.data),
        "message_id": event.message_id,
        "thread_id": event.thread_id,
        "link": event.link,
    }


def event_of(row: Row) -> Event:
    return Event(
        seq=row["seq"],
        type=EventType(row["type"]),
        at=to_moment(row["at"]),
        content=row["data"],
        message_id=row["message_id"],
        thread_id=row["thread_id"],
        link=row["link"],
    )


def report_values(report: InboundReport) -> dict[str, Value]:
    return {
        "link": report.link,
        "line": report.line,
        "reference": report.reference,
        "recipient": report.recipient.digits,
        "recipient_ton": int(report.recipient.ton),
        "recipient_npi": int(report.recipient.npi),
        "tail": tail_of(report.recipient.digits),
        "kind": report.kind.value,
        "status": report.status,
        "service_time": from_moment_or_none(report.service_time),
        "discharge_time": from_moment_or_none(report.discharge_time),
        "raw": report.raw,
        "received_at": from_moment(report.received_at),
    }


def parked_of(row: Row) -> ParkedReport:
    report = InboundReport(
        link=row["link"],
        line=row["line"],
        reference=row["reference"],
        recipient=Address(
            digits=row["recipient"],
            ton=TypeOfNumber(row["recipient_ton"]),
            npi=NumberingPlan(row["recipient_npi"]),
        ),
        kind=ReportKind(row["kind"]),
        status=row["status"],
        service_time=to_moment_or_none(row["service_time"]),
        discharge_time=to_moment_or_none(row["discharge_time"]),
        raw=row["raw"],
        received_at=to_moment(row["received_at"]),
    )
    return ParkedReport(id=row["id"], report=report)


def quarantine_of(row: Row) -> QuarantineItem:
    item = InboundUndecoded(
        link=row["link"],
        line=row["line"],
        raw=row["raw"],
        reason=row["reason"],
        received_at=to_moment(row["received_at"]),
    )
    return QuarantineItem(id=row["id"], item=item)


def changing_token_values(token: Token) -> dict[str, Value]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": from_json(sorted(token.scopes)),
        "expires_at": from_moment_or_none(token.expires_at),
        "revoked_at": from_moment_or_none(token.revoked_at),
        "last_used_at": from_moment_or_none(token.last_used_at),
        "sources": from_json(token.sources),
        "report_secret": token.report_secret,
    }


def token_values(token: Token) -> dict[str, Value]:
    return {
        "digest": token.digest,
        "created_at": from_moment(token.created_at),
        **changing_token_values(token),
    }


def token_of(row: Row) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        digest=row["digest"],
        scopes=frozenset(Role(scope) for scope in to_texts(row["scopes"])),
        created_at=to_moment(row["created_at"]),
        expires_at=to_moment_or_none(row["expires_at"]),
        revoked_at=to_moment_or_none(row["revoked_at"]),
        last_used_at=to_moment_or_none(row["last_used_at"]),
        sources=to_texts(row["sources"]),
        report_secret=row["report_secret"],
    )


def answer_of(row: Row) -> Answer:
    return Answer(
        body_digest=row["body_digest"], status=row["status"], body=row["body"]
    )


def changing_webhook_values(webhook: Webhook) -> dict[str, Value]:
    secrets = [base64.b64encode(secret).decode() for secret in webhook.secrets]
    return {
        "id": webhook.id,
        "url": webhook.url,
        "types": from_json(webhook.types),
        "batch": webhook.batch,
        "secrets": from_json(secrets),
        "state": webhook.state.value,
        "description": webhook.description,
        "disabled_reason": webhook.disabled_reason,
    }


def webhook_values(webhook: Webhook) -> dict[str, Value]:
    return {
        "created_at": from_moment(webhook.created_at),
        **changing_webhook_values(webhook),
    }


def webhook_of(row: Row) -> Webhook:
    return Webhook(
        id=row["id"],
        url=row["url"],
        types=to_texts(row["types"]),
        batch=row["batch"],
        secrets=tuple(base64.b64decode(secret) for secret in to_texts(row["secrets"])),
        state=WebhookState(row["state"]),
        created_at=to_moment(row["created_at"]),
        description=row["description"],
        disabled_reason=row["disabled_reason"],
    )


def changing_delivery_values(delivery: Delivery) -> dict[str, Value]:
    return {
        "id": delivery.id,
        "url": delivery.url,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "due_at": from_moment(delivery.due_at),
        "created_at": from_moment(delivery.created_at),
        "finished_at": from_moment_or_none(delivery.finished_at),
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
    }


def delivery_values(delivery: Delivery) -> dict[str, Value]:
    return {
        "webhook_id": delivery.webhook_id,
        "token_id": delivery.token_id,
        "message_id": delivery.message_id,
        "event_seq": delivery.event_seq,
        "event_type": delivery.event_type,
        "body": delivery.body,
        **changing_delivery_values(delivery),
    }


def delivery_of(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        webhook_id=row["webhook_id"],
        url=row["url"],
        token_id=row["token_id"],
        message_id=row["message_id"],
        event_seq=row["event_seq"],
        event_type=row["event_type"],
        body=row["body"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        due_at=to_moment(row["due_at"]),
        created_at=to_moment(row["created_at"]),
        finished_at=to_moment_or_none(row["finished_at"]),
        last_status=row["last_status"],
        last_error=row["last_error"],
    )
