"""Agents, their logins and the audit log as callers say them and are told of them.

Companion of `web.schema` and `web.shape`. What an agent's shape holds is made by
`gateway.engine.agent_data`, which events share.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from gateway.core.agent import AgentRole, Presence
from web.schema import END

_PLAIN = r"[^\u0000-\u001f\u007f-\u009f]"

LoginName = Annotated[
    str,
    Meta(
        description="what somebody logs in with; capitals do not count",
        min_length=1,
        max_length=64,
        extra_json_schema={"pattern": rf"^[A-Za-z0-9][A-Za-z0-9._@\-]*{END}"},
        examples=["anna"],
    ),
]
Password = Annotated[
    str,
    Meta(
        description="12 to 128 characters, whichever",
        min_length=12,
        max_length=128,
        extra_json_schema={"pattern": rf"^{_PLAIN}+{END}"},
    ),
]
Shown = Annotated[
    str,
    Meta(
        description="a name in any script",
        min_length=1,
        max_length=100,
        extra_json_schema={"pattern": rf"^{_PLAIN}+{END}"},
        examples=["Анна Петрова"],
    ),
]
Alias = Annotated[
    str,
    Meta(
        description="as customers see the agent; empty: the name",
        max_length=100,
        extra_json_schema={"pattern": rf"^{_PLAIN}*{END}"},
    ),
]
Locale = Literal["ru", "uk", "en"]
MaxActive = Annotated[
    int, Meta(description="conversations at once", ge=0, le=100, examples=[3])
]
Code = Annotated[
    str,
    Meta(
        description="of the authenticator app",
        min_length=1,
        max_length=20,
        extra_json_schema={"pattern": rf"^[0-9 ]+{END}"},
        examples=["492039"],
    ),
]
Typed = Annotated[
    str,
    Meta(
        description="as it was typed",
        min_length=1,
        max_length=1024,
        extra_json_schema={"pattern": rf"^{_PLAIN}+{END}"},
    ),
]
Sought = Annotated[
    str,
    Meta(
        description="words to look for",
        min_length=1,
        max_length=200,
        extra_json_schema={"pattern": rf"^{_PLAIN}+{END}"},
    ),
]
Key = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        extra_json_schema={"pattern": rf"^[A-Za-z0-9_+:.@\-]+{END}"},
        examples=["agent:agt_01k9", "tok_01k9"],
    ),
]
Action = Annotated[
    str,
    Meta(
        description="an action, or a prefix such as `agent.*`",
        min_length=1,
        max_length=100,
        extra_json_schema={"pattern": rf"^[a-z_.]+\*?{END}"},
        examples=["login.failed", "agent.*"],
    ),
]


class OpenSession(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who wants to log in; `code` when a one-time code is needed."""

    login: Typed
    password: Typed
    code: Code | None = None


class ChangeSession(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the page remembers; a preference that is null is forgotten."""

    locale: Locale | UnsetType = UNSET
    preferences: dict[str, Any] | UnsetType = UNSET


class OwnPresence(Struct, forbid_unknown_fields=True):
    """What an agent says of itself; only who is online is given work."""

    presence: Literal["online", "break", "away"]


class SetPresence(Struct, forbid_unknown_fields=True):
    """What a supervisor says of an agent."""

    presence: Presence


class ChangeOwnPassword(Struct, forbid_unknown_fields=True):
    """Another password; every other browser is logged out."""

    old: Typed
    new: Password


class ProveTotp(Struct, forbid_unknown_fields=True):
    """What the app shows."""

    code: Code


class DropTotp(Struct, forbid_unknown_fields=True):
    """The password again."""

    password: Typed


class CreateAgent(Struct, forbid_unknown_fields=True, kw_only=True):
    """Somebody who works here; without a password one is made and shown once."""

    login: LoginName
    name: Shown
    role: AgentRole
    password: Password | None = None
    alias: Alias = ""
    locale: Locale = "ru"
    max_active: MaxActive = 3


class ChangeAgent(Struct, forbid_unknown_fields=True, kw_only=True):
    """What shall be otherwise; what is left out stays as it is."""

    name: Shown | UnsetType = UNSET
    alias: Alias | UnsetType = UNSET
    role: AgentRole | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    max_active: MaxActive | UnsetType = UNSET


class SetAgentPassword(Struct, forbid_unknown_fields=True):
    """Another password; left out: one is made and shown once."""

    password: Password | None = None


class ListAudit(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is looked for in the audit log."""

    actor: Key | None = None
    subject: Key | None = None
    action: Action | None = None
    q: Sought | None = None
    before: Annotated[int, Meta(ge=1, le=(1 << 63) - 1)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class AgentRef(Struct):
    """Whom colleagues see as the author of something."""

    id: str
    name: str


class AgentShape(Struct, kw_only=True):
    """An agent; `active` and `waiting` count open conversations."""

    id: str
    login: str
    name: str
    alias: str
    role: AgentRole
    locale: Locale
    max_active: int
    presence: Presence
    presence_at: datetime | None
    active: int
    waiting: int
    totp: bool
    disabled_at: datetime | None
    created_at: datetime


class MadeAgent(AgentShape, kw_only=True, omit_defaults=True):
    """An agent; `password` only in the answer that made one."""

    password: str = ""


class AgentList(Struct):
    """Every agent."""

    items: list[AgentShape]


class SelfShape(AgentShape, kw_only=True):
    """The agent who asks."""

    preferences: dict[str, Any]
    scopes: list[str]


class SessionShape(Struct):
    """Who is logged in; `csrf` is to be sent as X-CSRF-Token with what changes things.

    `expires_at`: when it ends if nothing is done from now on.
    """

    agent: SelfShape
    csrf: str
    expires_at: datetime


class TotpShape(Struct):
    """For an authenticator app, to be typed or shown as a QR code."""

    secret: str
    uri: str


class LoginShape(Struct):
    """A browser that is logged in."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    source: str
    user_agent: str
    is_this: bool


class LoginList(Struct):
    """Newest first."""

    items: list[LoginShape]


class AuditShape(Struct):
    """Who did what to what."""

    seq: int
    at: datetime
    actor: str
    actor_name: str
    source: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(Struct):
    """Newest first; `next` goes into `before` for the following page."""

    items: list[AuditShape]
    next: int | None


class AuditVerdict(Struct):
    """Whether the log is as it was written; `digest` is the last entry's, in hex."""

    entries: int
    intact: bool
    broken_at: int | None
    digest: str
