"""The rooms of the inbox, made together: the faces are given them as one.

Relies on the store; runs nothing by itself, what runs is named by the composition root.
"""

from dataclasses import dataclass

from gateway.core.clock import Clock
from gateway.core.ids import IdSource
from gateway.core.policy import Policy
from gateway.core.store import Store
from gateway.engine.agents import Agents
from gateway.engine.approvals import Approvals
from gateway.engine.audit import AuditLog
from gateway.engine.board import LinkBoard
from gateway.engine.canned import CannedRoom
from gateway.engine.contact_desk import ContactDesk
from gateway.engine.conversation_reader import ConversationReader
from gateway.engine.conversation_wake import ConversationWake
from gateway.engine.conversations import Conversations
from gateway.engine.crash import CrashPoint, no_crash
from gateway.engine.drafts import Drafts
from gateway.engine.erasure import Erasure
from gateway.engine.feed import Feed
from gateway.engine.inbox_settings import Settings
from gateway.engine.login_door import LoginDoor
from gateway.engine.logins import Logins
from gateway.engine.lookers import Lookers
from gateway.engine.notes import Notes
from gateway.engine.overview import Overview
from gateway.engine.own_agent import OwnAgent
from gateway.engine.reading import Reading
from gateway.engine.replies import Replies
from gateway.engine.reply_queue import ReplyQueue
from gateway.engine.search import Search
from gateway.engine.search_reader import SearchReader
from gateway.engine.submit import Submit
from gateway.engine.thread_start import ThreadStart
from gateway.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """What the rooms are made from; the composition root gives the same to others."""

    store: Store
    clock: Clock
    ids: IdSource
    policy: Policy
    metrics: Metrics
    submit: Submit
    links: LinkBoard
    feed: Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything the inbox does."""

    parts: DeskParts
    agents: Agents
    own_agent: OwnAgent
    logins: Logins
    login_door: LoginDoor
    audit: AuditLog
    lookers: Lookers
    drafts: Drafts
    reading: Reading
    replies: Replies
    approvals: Approvals
    notes: Notes
    overview: Overview
    conversations: Conversations
    conversation_reader: ConversationReader
    conversation_wake: ConversationWake
    thread_start: ThreadStart
    contacts: ContactDesk
    canned: CannedRoom
    erasure: Erasure
    settings: Settings
    search: Search
    search_reader: SearchReader


def make_parts(
    store: Store,
    clock: Clock,
    ids: IdSource,
    policy: Policy,
    metrics: Metrics,
    *,
    crash: CrashPoint = no_crash,
) -> DeskParts:
    """The door out, the links and the feed over a store."""
    links = LinkBoard(store, clock, policy, metrics)
    return DeskParts(
        store=store,
        clock=clock,
        ids=ids,
        policy=policy,
        metrics=metrics,
        submit=Submit(store, clock, ids, policy, links, metrics, crash=crash),
        links=links,
        feed=Feed(store, clock),
    )


def make_desk(parts: DeskParts) -> Desk:
    """The rooms; nothing runs yet."""
    store, clock, ids = parts.store, parts.clock, parts.ids
    logins = Logins(store, clock)
    door = LoginDoor(store, clock, ids, parts.metrics)
    agents = Agents(store, clock, ids, logins)
    lookers = Lookers(store, clock, ids, agents.presence_changed)
    drafts = Drafts(store, clock, lookers)
    reading = Reading(store, clock, lookers)
    queue = ReplyQueue(store, clock, parts.policy, parts.submit, parts.links)
    replies = Replies(store, clock, ids, queue, drafts, reading)
    return Desk(
        parts=parts,
        agents=agents,
        own_agent=OwnAgent(store, clock, ids, logins, door),
        logins=logins,
        login_door=door,
        audit=AuditLog(store, clock),
        lookers=lookers,
        drafts=drafts,
        reading=reading,
        replies=replies,
        approvals=Approvals(store, clock, ids, queue),
        notes=Notes(store, clock, ids, drafts),
        overview=Overview(store, clock, parts.links, lookers),
        conversations=Conversations(store, clock, ids),
        conversation_reader=ConversationReader(store, clock, ids, parts.policy),
        conversation_wake=ConversationWake(store, clock, ids),
        contacts=ContactDesk(store, clock, ids),
        canned=CannedRoom(store, clock, ids),
        erasure=Erasure(store, clock, ids),
        settings=Settings(store, clock),
        search=Search(store),
        search_reader=SearchReader(store, clock),
        thread_start=ThreadStart(store, clock, ids, parts.links, parts.policy.region),
    )
