/** Live news, in order: what was applied once changes nothing the second time. */
import { fold } from "./reduce_threads.js";

const familyOf = (contact) => (contact?.numbers ?? []).map((number) => number.contact_id);

const isSame = (family, other) =>
  family.length === other.length && family.every((id) => other.includes(id));

/**
 * A card that changed. The threads of who was erased or merged into it go; what is shown
 * of its own is another history after a merge, and after a parting.
 */
function contactTold(state, { contact, thread_ids: threadIds = [] }) {
  if (!contact) return fold.gone(state, threadIds);
  const family = familyOf(contact);
  const theirs = Object.values(state.threads).filter(
    (thread) => thread.contact.id === contact.id || family.includes(thread.contact.id),
  );
  const own = theirs.filter((thread) => thread.contact.id === contact.id);
  const merged = theirs.filter((thread) => thread.contact.id !== contact.id);
  const idsOf = (threads) => threads.map((thread) => thread.id);
  const after = fold.contact(fold.gone(state, idsOf(merged)), contact);
  if (own.every((thread) => isSame(familyOf(thread.contact), family))) return after;
  return fold.outdated(after, idsOf(own));
}

const FRAMES = {
  entry: (state, { entry }, seq) => fold.entry(state, entry, seq),
  conversation: (state, { conversation }, seq) => fold.conversation(state, conversation, seq),
  contact: contactTold,
  agent(state, { agent }) {
    const agents = { ...state.agents, [agent.id]: { ...state.agents[agent.id], ...agent } };
    const me = state.me?.id === agent.id ? { ...state.me, ...agent } : state.me;
    return { ...state, agents, me };
  },
  link: (state, { link }) => ({
    ...state,
    links: { ...state.links, [link.id]: { ...state.links[link.id], ...link } },
  }),
  draft: (state, data) => fold.draft(state, data.thread_id, data.draft),
  read: (state, data) => fold.read(state, data.thread_id, data.entry, data.unread),
  looking: (state, { threads }) => ({ ...state, looking: { ...state.looking, ...threads } }),
};

/** People go along with what moved their load: they have no place of their own there. */
const isOld = (name, seq, state) => name !== "agent" && seq !== null && seq <= state.seq;

/** `frames`: {name, data, seq: the log's place or null for what is volatile}. */
export function applyFrames(state, frames) {
  return frames.reduce((now, { name, data, seq }) => {
    if (isOld(name, seq, now)) return now;
    const moved = FRAMES[name] ? FRAMES[name](now, data, seq) : now;
    return { ...moved, seq: Math.max(now.seq, seq ?? 0) };
  }, state);
}
