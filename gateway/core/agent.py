"""People at work: agents, what their role lets them do, their logins and presence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.core.account import Role, Token
from gateway.core.ids import AgentId, LoginId


class AgentRole(StrEnum):
    """What an agent is here; each may do what the one below may."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    TRAINEE = "trainee"  # replies wait for approval


# Whoever works in the inbox sees every thread, so every message of it.
_WORKING: Final = frozenset(
    {Role.INBOX, Role.LINKS_READ, Role.MESSAGES_READ, Role.CONTACTS}
)

SCOPES_OF: Final[Mapping[AgentRole, frozenset[Role]]] = {
    AgentRole.ADMINISTRATOR: frozenset({Role.ADMIN}),
    AgentRole.SUPERVISOR: _WORKING | {Role.SUPERVISE, Role.CONTACTS, Role.EVENTS_READ},
    AgentRole.AGENT: _WORKING,
    AgentRole.TRAINEE: _WORKING,
}


class Presence(StrEnum):
    """Whether an agent is there; only who is online is given work."""

    ONLINE = "online"
    BREAK = "break"
    AWAY = "away"
    OFFLINE = "offline"  # no browser of theirs is connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who answers, supervises or administers."""

    id: AgentId
    login: str  # lower case, unique
    name: str  # as colleagues see it
    role: AgentRole
    password_hash: str
    created_at: datetime
    alias: str = ""  # as customers see it; empty: the name
    locale: str = "ru"  # of the interface: ru, uk, en
    max_active: int = 3  # conversations at once
    presence: Presence = Presence.OFFLINE
    presence_at: datetime | None = None
    totp_secret: bytes | None = None  # None: a password is enough
    totp_pending: bytes | None = None  # shown to the agent, not proven yet
    totp_step: int = 0  # of the last code taken: it and older ones open nothing
    disabled_at: datetime | None = None
    # What the page remembers for its user: keys, theme, sounds; JSON values only.
    preferences: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many conversations an agent has: whose turn it is, and who has answered."""

    active: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How long an agent was what; no end: still."""

    presence: Presence
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: an agent, a caller with a key (perhaps for one), the box."""

    agent: Agent | None = None
    token: Token | None = None  # a real key; a browser's login has none
    source: str = ""  # network address

    @property
    def key(self) -> str:
        """Who it is, for the audit log."""
        if self.agent is not None:
            return f"agent:{self.agent.id}"
        return "system" if self.token is None else f"token:{self.token.id}"

    @property
    def name(self) -> str:
        """In words; a key that acts for an agent is named, too."""
        names = [one.name for one in (self.agent, self.token) if one is not None]
        return " by ".join(names) or "system"

    @property
    def agent_id(self) -> AgentId | None:
        return None if self.agent is None else self.agent.id


BOX: Final = Actor()  # nobody asked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One browser of an agent's; only the SHA-256 of its secret is kept."""

    id: LoginId
    agent_id: AgentId
    digest: bytes
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    source: str  # network address
    user_agent: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to what; `digest` covers this entry and the one before."""

    at: datetime
    actor: str  # "agent:agt_…", "token:tok_…" or "system"
    actor_name: str
    source: str
    action: str  # dotted: "agent.created", "conversation.taken_over"
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    digest: bytes
    seq: int = 0  # given by the store
