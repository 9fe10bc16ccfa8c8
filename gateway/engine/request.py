"""What a caller asks to have sent, checked field by field before anything is done.

Every refusal is a `RequestRefused` with a stable code and the field's name as the API
spells it. Pure; opt-out, routes and space are for `submit`.

Spec: PRODUCT.md 6; spec/reliability.md SEC-18
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.codec.address import Address, TypeOfNumber, normalise
from gateway.codec.dcs import Alphabet
from gateway.codec.segment import (
    TextPlan,
    UserData,
    cut_body,
    cut_octets,
    cut_text,
    plan_text,
    tie_bodies,
)
from gateway.codec.udh import Element, Ports, ports_element
from gateway.codec.value import value
from gateway.core.errors import Invalid
from gateway.core.ids import AccountId, LinkId, TokenId
from gateway.core.message import CarrierOptions, MessageClass, OnUnknown
from gateway.core.policy import Policy

SHORTEST_VALIDITY: Final = timedelta(minutes=1)
LONGEST_VALIDITY: Final = timedelta(weeks=63)  # TP-VP can say no more
FARTHEST_SEND_AT: Final = timedelta(days=366)
LONGEST_TEXT: Final = 255 * 153  # of GSM 7-bit, in as many segments as there can be
LONGEST_REFERENCE: Final = 255
LONGEST_QUEUE_NAME: Final = 64
LONGEST_URL: Final = 2048
LONGEST_SERVICE_TYPE: Final = 5
HIGHEST_PRIORITY: Final = 3
HIGHEST_PORT: Final = 65535

_RECIPIENT: Final = re.compile(r"\+?[0-9*#]{1,20}")
_SERVICE_CODE: Final = re.compile(r"[*#].*|.*#")
_NUMBER: Final = re.compile(r"\+?[0-9]{1,20}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ANY_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


@value(frozen=True, slots=True, kw_only=True)
class SubmitRequest:
    """One text or 8-bit content for one or more recipients."""

    to: tuple[str, ...]
    text: str | None = None
    octets: bytes | None = None
    destination_port: int | None = None
    link: LinkId | None = None
    prefer: LinkId | None = None  # by this one if its route has it and it is there
    sender: str | None = None
    reference: str | None = None
    message_class: MessageClass = MessageClass.NORMAL
    flash: bool = False
    protocol_id: int = 0
    carrier: CarrierOptions | None = None
    validity: timedelta | None = None
    send_at: datetime | None = None
    priority: int | None = None
    queue: str | None = None
    report_url: str | None = None
    status_report: bool = True
    on_unknown: OnUnknown | None = None
    token_id: TokenId | None = None
    account_id: AccountId | None = None
    is_answer: bool = False  # to what a person wrote: see `engine.answering`
    own: str = ""  # our number that it is said from, should the link not say so
    alphabet: Alphabet | None = None  # None: the cheapest that can carry the text
    header: tuple[Element, ...] = ()  # beside octets, in place of a port
    # What is sent, as the caller coded it (`text` or `octets` is for show): one of any
    # length, or several that the caller cut, without concatenation elements.
    bodies: tuple[UserData, ...] = ()


def recipient_field(index: int, request: SubmitRequest) -> str:
    """The name of a recipient's field."""
    return "to" if len(request.to) == 1 else f"to[{index}]"


def check_recipients(request: SubmitRequest, policy: Policy) -> tuple[str, ...]:
    """The recipients in canonical text, in the order given."""
    if not request.to:
        raise Invalid("missing", "say whom to send it to", field="to")
    if len(request.to) > policy.max_recipients:
        raise Invalid(
            "too_many_recipients",
            f"at most {policy.max_recipients} recipients in one request",
            field="to",
        )
    found: dict[str, int] = {}
    for index, text in enumerate(request.to):
        field = recipient_field(index, request)
        address = _check_recipient(text, policy.region, field)
        if address in found:
            raise Invalid(
                "duplicate_recipient",
                f"the same number as to[{found[address]}]",
                field=field,
            )
        found[address] = index
    return tuple(found)


def check_fields(request: SubmitRequest, now: datetime) -> None:
    """Everything but recipients and content."""
    _check_short(request.reference, LONGEST_REFERENCE, "reference")
    _check_short(request.queue, LONGEST_QUEUE_NAME, "queue")
    _check_short(request.report_url, LONGEST_URL, "report_url")
    if request.sender is not None:
        _check_sender(request.sender)
    if request.priority is not None and not 0 <= request.priority <= HIGHEST_PRIORITY:
        raise Invalid("out_of_range", f"from 0 to {HIGHEST_PRIORITY}", field="priority")
    validity = request.validity
    if validity is not None and not SHORTEST_VALIDITY <= validity <= LONGEST_VALIDITY:
        raise Invalid(
            "out_of_range",
            f"from {SHORTEST_VALIDITY.total_seconds():.0f} "
            f"to {LONGEST_VALIDITY.total_seconds():.0f} seconds",
            field="validity_s",
        )
    if request.send_at is not None:
        _check_send_at(request.send_at, now, "send_at")
    if request.carrier is not None:
        _check_carrier(request.carrier, now)


def check_content(
    request: SubmitRequest, policy: Policy, *, wide: bool = False
) -> tuple[UserData, ...]:
    """The segments, with concatenation reference 0 when there are several."""
    if request.bodies:
        bodies = _check_bodies(request.bodies, wide=wide)
        field = "text"
    elif (request.text is None) == (request.octets is None):
        raise Invalid("missing", "give either text or octets", field="text")
    elif request.octets is not None:
        bodies = _check_octets(request, request.octets, wide=wide)
        field = "octets"
    else:
        bodies = _check_text(request.text or "", request, wide=wide)
        field = "text"
    if len(bodies) > policy.max_segments:
        raise Invalid(
            "too_long",
            f"{len(bodies)} segments, at most {policy.max_segments} are allowed",
            field=field,
        )
    return bodies


def check_text(text: str) -> TextPlan:
    """What a text costs; the same refusals as when it is sent, but for its length."""
    _check_characters(text)
    return plan_text(text)


def _check_characters(text: str) -> None:
    if not text.strip():
        raise Invalid("empty", "the text is empty", field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid("too_long", f"at most {LONGEST_TEXT} characters", field="text")
    control = _CONTROL.search(text)
    if control:
        raise Invalid(
            "control_character",
            f"character {control.start()} is U+{ord(control.group()):04X}; "
            "of control characters only line breaks and tabs can be sent",
            field="text",
        )
    half = _SURROGATE.search(text)
    if half:
        raise Invalid(
            "lone_surrogate",
            f"character {half.start()} is half of a surrogate pair",
            field="text",
        )


def _check_recipient(text: str, region: str, field: str) -> str:
    if _ANY_CONTROL.search(text) or _SURROGATE.search(text):
        raise Invalid(
            "invalid_recipient", "a number has no control characters", field=field
        )
    address = normalise(text, region)
    if not _RECIPIENT.fullmatch(address):
        raise Invalid(
            "invalid_recipient",
            "expected a number such as +79160000001 or a short code such as 900",
            field=field,
        )
    if _SERVICE_CODE.fullmatch(address):
        raise Invalid(
            "service_code", "a GSM service code is not a recipient", field=field
        )
    return address


def _check_sender(sender: str) -> None:
    """A number, or a name that a link can spell."""
    if _NUMBER.fullmatch(sender):
        return
    try:
        is_name = Address.parse(sender).ton is TypeOfNumber.ALPHANUMERIC
    except ValueError:
        is_name = False
    if not is_name:
        raise Invalid(
            "invalid_sender",
            "a sender is a number, or up to 11 characters of the GSM alphabet, "
            "a letter among them",
            field="sender",
        )


def _check_short(text: str | None, longest: int, field: str) -> None:
    if text is None:
        return
    if not text:
        raise Invalid("empty", "leave it out rather than empty", field=field)
    if len(text) > longest:
        raise Invalid("too_long", f"at most {longest} characters", field=field)
    if _ANY_CONTROL.search(text) or _SURROGATE.search(text):
        raise Invalid("control_character", "no control characters", field=field)


def _check_send_at(send_at: datetime, now: datetime, field: str) -> None:
    if send_at.tzinfo is None:
        raise Invalid("no_time_zone", "give the time with its zone", field=field)
    if send_at - now > FARTHEST_SEND_AT:
        raise Invalid(
            "out_of_range",
            f"at most {FARTHEST_SEND_AT.days} days from now",
            field=field,
        )


def _check_carrier(carrier: CarrierOptions, now: datetime) -> None:
    service_type = carrier.service_type or ""
    if len(service_type) > LONGEST_SERVICE_TYPE or not service_type.isascii():
        raise Invalid(
            "too_long",
            f"at most {LONGEST_SERVICE_TYPE} ASCII characters",
            field="carrier.service_type",
        )
    if carrier.deliver_at is not None:
        _check_send_at(carrier.deliver_at, now, "carrier.deliver_at")


def _check_octets(
    request: SubmitRequest, octets: bytes, *, wide: bool
) -> tuple[UserData, ...]:
    if not octets:
        raise Invalid("empty", "there are no octets", field="octets")
    if request.flash:
        raise Invalid("not_together", "only a text can be shown at once", field="flash")
    port = request.destination_port
    if port is not None and not 0 <= port <= HIGHEST_PORT:
        raise Invalid(
            "out_of_range", f"from 0 to {HIGHEST_PORT}", field="destination_port"
        )
    header = request.header
    if port is not None:
        ports = Ports(destination=port, source=port, wide=True)
        header = (ports_element(ports), *header)
    return _cut(
        lambda: cut_octets(octets, reference=0, wide=wide, elements=header),
        "octets",
    )


def _check_bodies(bodies: Sequence[UserData], *, wide: bool) -> tuple[UserData, ...]:
    if len(bodies) > 1:
        return _cut(lambda: tie_bodies(bodies, reference=0, wide=wide), "text")
    return _cut(lambda: cut_body(bodies[0], reference=0, wide=wide), "text")


def _check_text(
    text: str, request: SubmitRequest, *, wide: bool
) -> tuple[UserData, ...]:
    if request.destination_port is not None:
        raise Invalid(
            "not_together", "a port goes with octets", field="destination_port"
        )
    _check_characters(text)
    return _cut(
        lambda: cut_text(text, reference=0, wide=wide, alphabet=request.alphabet),
        "text",
    )


def _cut(cut: Callable[[], Sequence[UserData]], field: str) -> tuple[UserData, ...]:
    try:
        return tuple(cut())
    except ValueError as error:
        raise Invalid("too_long", str(error), field=field) from error
