"""What callers may say: one Struct for each request body and query string.

Validation (`web.validate`) and the OpenAPI description (`web.openapi`) are both made
from these. Patterns stand in `extra_json_schema`, see `web.validate`. What only the
engine can judge (number plans, lengths of texts, routes) is judged there.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from gateway.core.account import DeliveryState, Role, WebhookState
from gateway.core.message import Direction, MessageClass, MessageState, OnUnknown

# `(?![\s\S])` is the very end in Python and in ECMAScript; `$` passes a newline.
END = r"(?![\s\S])"
_PLAIN = rf"^[^\u0000-\u001f\u007f-\u009f]+{END}"
_TEXT = r"^[^\u0000-\u0008\u000b\u000e-\u001f\u007f\ud800-\udfff]+" + END

Msisdn = Annotated[
    str,
    Meta(
        description="a phone number, best as +79160000001, or a short code",
        min_length=1,
        max_length=40,
        extra_json_schema={"pattern": rf"^\+?[0-9*# ().\-]+{END}"},
        examples=["+79160000001"],
    ),
]
Peer = Annotated[
    str,
    Meta(
        description="a number, a short code or a sender's name",
        min_length=1,
        max_length=40,
        extra_json_schema={"pattern": rf"^\+?[0-9A-Za-z*#&!_ ().\-]+{END}"},
        examples=["+79160000001"],
    ),
]
MessageText = Annotated[
    str,
    Meta(
        description="the text, without control characters but line ends and tabs",
        min_length=1,
        max_length=20_000,
        extra_json_schema={"pattern": _TEXT},
    ),
]
Name = Annotated[
    str,
    Meta(
        description="a name of letters, digits, dot, dash and underscore",
        min_length=1,
        max_length=64,
        extra_json_schema={"pattern": rf"^[A-Za-z0-9_.\-]+{END}"},
    ),
]
Words = Annotated[
    str,
    Meta(
        description="plain words on one line",
        min_length=1,
        max_length=200,
        extra_json_schema={"pattern": _PLAIN},
    ),
]
Url = Annotated[
    str,
    Meta(
        description="an http or https URL on a host that the administrator allowed",
        min_length=1,
        max_length=2048,
        extra_json_schema={"pattern": rf"^https?://[^\s\u0000-\u001f\u007f]+{END}"},
    ),
]
EventName = Annotated[
    str,
    Meta(
        description="an event type, or a family such as message.*",
        min_length=1,
        max_length=64,
        extra_json_schema={"pattern": rf"^[a-z_]+\.([a-z_]+|\*){END}"},
        examples=["message.received", "message.*"],
    ),
]
EventsPerPost = Annotated[
    int, Meta(ge=1, le=100, description="above 1, posts are batches of so many at most")
]
Identity = Annotated[
    str,
    Meta(
        description="an identity that this API gave",
        min_length=1,
        max_length=64,
        extra_json_schema={"pattern": rf"^[A-Za-z0-9_]+{END}"},
    ),
]
Secret = Annotated[
    str,
    Meta(
        description="whsec_ and the base64 of 24 to 64 octets",
        min_length=1,
        max_length=120,
        extra_json_schema={"pattern": rf"^whsec_[A-Za-z0-9+/]+={{0,2}}{END}"},
    ),
]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339, with its offset")]
Limit = Annotated[int, Meta(ge=1, le=200, description="items in one answer")]
Sequence = Annotated[int, Meta(ge=0, le=2**63 - 1, description="place in the log")]


class Nothing(Struct, forbid_unknown_fields=True):
    """No fields."""


TypeOfNumber = Annotated[int, Meta(ge=0, le=6)]
NumberingPlan = Annotated[int, Meta(ge=0, le=18)]
Kind = Annotated[
    tuple[TypeOfNumber, NumberingPlan],
    Meta(description="type of number and numbering plan, as in SMPP 3.4 5.2.5, 5.2.6"),
]


class CarrierTlv(Struct, forbid_unknown_fields=True):
    """An optional parameter: `value` is text, 0x and hex, or a whole number."""

    tag: Annotated[int, Meta(ge=1, le=0xFFFF)]
    value: (
        Annotated[int, Meta(ge=0, le=2**32 - 1)]
        | Annotated[str, Meta(max_length=1024, extra_json_schema={"pattern": _PLAIN})]
    )


class CarrierSettings(Struct, forbid_unknown_fields=True):
    """What only an SMPP carrier understands; a modem pays no heed to it."""

    service_type: (
        Annotated[
            str,
            Meta(
                description="up to five ASCII characters, such as CMT or USSD",
                max_length=5,
                extra_json_schema={"pattern": rf"^[\u0020-\u007e]*{END}"},
            ),
        ]
        | None
    ) = None
    source_kind: Kind | None = None
    destination_kind: Kind | None = None
    tlvs: Annotated[list[CarrierTlv], Meta(max_length=50)] = []
    deliver_at: Moment | None = None
    replace_if_present: bool = False
    failure_reports_only: bool = False
    intermediate_reports: bool = False


class CreateMessage(Struct, forbid_unknown_fields=True):
    """A message to send: `text`, or `octets` with `destination_port`."""

    to: Msisdn | Annotated[list[Msisdn], Meta(min_length=1, max_length=1000)]
    text: MessageText | None = None
    media: Any = None
    link: Name | None = None
    sender: (
        Annotated[
            str,
            Meta(
                description="letters, digits and spaces, or a number",
                min_length=1,
                max_length=20,
                extra_json_schema={"pattern": rf"^\+?[A-Za-z0-9 ]+{END}"},
            ),
        ]
        | None
    ) = None
    reference: Words | None = None
    message_class: MessageClass = field(name="class", default=MessageClass.NORMAL)
    validity_s: Annotated[int, Meta(ge=1, le=63 * 7 * 86_400)] | None = None
    send_at: Moment | None = None
    priority: Annotated[int, Meta(ge=0, le=3)] | None = None
    queue: Name | None = None
    report_url: Url | None = None
    flash: bool = False
    on_unknown: OnUnknown | None = None
    status_report: bool = True
    octets: (
        Annotated[
            str,
            Meta(
                description="8-bit content in base64",
                min_length=1,
                max_length=48_000,
                extra_json_schema={"pattern": rf"^[A-Za-z0-9+/]+={{0,2}}{END}"},
            ),
        ]
        | None
    ) = None
    destination_port: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    carrier: CarrierSettings | None = None


class PreviewMessage(Struct, forbid_unknown_fields=True):
    """A text whose cost is asked for."""

    text: MessageText


class RetryMessage(Struct, forbid_unknown_fields=True):
    """A person's decision to send again; `force` also what may have arrived."""

    force: bool = False


class ListMessages(Struct, forbid_unknown_fields=True):
    """Which messages; newest first."""

    direction: Direction | None = None
    state: MessageState | None = None
    peer: Peer | None = None
    thread_id: Identity | None = None
    link: Name | None = None
    reference: Words | None = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit = 50
    cursor: Identity | None = None


class RunUssd(Struct, forbid_unknown_fields=True):
    """A USSD code, or the reply within its session."""

    code: Annotated[
        str,
        Meta(
            description="digits, * and #",
            min_length=1,
            max_length=160,
            extra_json_schema={"pattern": rf"^[0-9*#+]+{END}"},
            examples=["*100#"],
        ),
    ]


class ReadEvents(Struct, forbid_unknown_fields=True):
    """From where, how many, how long to wait, and which types (comma between)."""

    after: Sequence | None = None
    wait: Annotated[int, Meta(ge=0, le=60, description="seconds")] = 0
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    types: (
        Annotated[
            str,
            Meta(
                description="event types with commas between",
                min_length=1,
                max_length=1000,
                extra_json_schema={"pattern": rf"^[a-z_.*,]+{END}"},
            ),
        ]
        | None
    ) = None


EventNames = Annotated[list[EventName], Meta(max_length=50)]


class CreateWebhook(Struct, forbid_unknown_fields=True):
    """A listener; no `types` means all."""

    url: Url
    types: EventNames = []
    batch: EventsPerPost = 1
    description: Words | None = None
    secret: Secret | None = None


class ChangeWebhook(Struct, forbid_unknown_fields=True):
    """What shall be otherwise; `state: active` switches a disabled one on."""

    url: Url | None = None
    types: EventNames | None = None
    batch: EventsPerPost | None = None
    description: Words | None = None
    state: WebhookState | None = None


class RotateSecret(Struct, forbid_unknown_fields=True):
    """A new secret; the old one signs beside it until the next rotation."""

    secret: Secret | None = None
    keep_old: bool = True


class ListDeliveries(Struct, forbid_unknown_fields=True):
    """Deliveries of one webhook; newest first."""

    state: DeliveryState | None = None
    limit: Limit = 50
    cursor: Identity | None = None


class ReplayDeliveries(Struct, forbid_unknown_fields=True):
    """Either one delivery, or every event of a span of time."""

    delivery_id: Identity | None = None
    since: Moment | None = None
    until: Moment | None = None


class CreateToken(Struct, forbid_unknown_fields=True):
    """A key for an application; its secret is shown once."""

    name: Words
    scopes: Annotated[list[Role], Meta(min_length=1, max_length=20)]
    sources: Annotated[
        list[
            Annotated[
                str,
                Meta(
                    description="an address or a network",
                    min_length=1,
                    max_length=64,
                    extra_json_schema={"pattern": rf"^[0-9a-fA-F:.]+(/[0-9]+)?{END}"},
                ),
            ]
        ],
        Meta(max_length=50),
    ] = []
    expires_in_s: Annotated[int, Meta(ge=1, le=10 * 366 * 86_400)] | None = None


class OptOut(Struct, forbid_unknown_fields=True):
    """Where the wish came from."""

    source: Words | None = None


class ListOptedOut(Struct, forbid_unknown_fields=True):
    """Who opted out; newest first."""

    limit: Limit = 50
    cursor: Identity | None = None


class ListQuarantine(Struct, forbid_unknown_fields=True):
    """Undecodable octets; newest first."""

    limit: Limit = 50
    cursor: Sequence | None = None
