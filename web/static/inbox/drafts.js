/**
 * What an agent has begun to write: kept in this browser after half a second and on the
 * server after one and a half, one save at a time. spec/inbox.md F.10
 */

import { useCallback, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { api } from "./api.js";
import { getState } from "./store.js";

const LOCAL_MS = 500;
const SERVER_MS = 1500;
const AGAIN_MS = 10_000;

const keyOf = (threadId) => `seventy.draft.${getState().me?.id}.${threadId}`;

function localDraft(threadId) {
  const kept = localStorage.getItem(keyOf(threadId));
  if (!kept) return null;
  try {
    return JSON.parse(kept);
  } catch {
    return null;
  }
}

/** Saves of one thread, one after the other, so that a late one brings nothing back. */
class Saver {
  constructor(threadId, adopt) {
    this.threadId = threadId;
    this.adopt = adopt;
    this.draft = localDraft(threadId);
    this.revision = this.draft?.revision ?? 0;
    this.running = Promise.resolve();
    this.timers = {};
    this.isTyped = false; // in this life of the page
    if (this.draft?.dirty) this.arm("server", () => this.save(), SERVER_MS);
  }

  change(text, isNote) {
    this.advance();
    this.isTyped = true;
    this.draft = { text, is_note: isNote, revision: this.revision, dirty: true };
    this.arm("local", () => this.keep(), LOCAL_MS);
    this.arm("server", () => this.save(), SERVER_MS);
  }

  /** Time counts revisions: what is typed later is later, in whichever browser. */
  advance() {
    this.revision = Math.max(this.revision + 1, Date.now());
  }

  arm(name, run, delayMs) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(run, delayMs);
  }

  keep() {
    if (this.draft?.text) localStorage.setItem(keyOf(this.threadId), JSON.stringify(this.draft));
    else localStorage.removeItem(keyOf(this.threadId));
  }

  /** The revision of all that was typed until now. */
  upTo() {
    this.advance();
    return this.revision;
  }

  /** Now, and not in a second: the page is left, or the thread. */
  flush() {
    if (!this.draft?.dirty) return;
    this.keep();
    this.save();
  }

  save() {
    clearTimeout(this.timers.server);
    this.running = this.running.then(() => this.put());
    return this.running;
  }

  async put() {
    const { draft } = this;
    if (!draft?.dirty) return;
    draft.dirty = false;
    try {
      const body = { text: draft.text, is_note: draft.is_note, revision: draft.revision };
      const kept = await api.put(`/threads/${this.threadId}/draft`, body);
      if (kept && kept.revision > draft.revision) this.outrun(kept.revision);
      else if (this.draft === draft) this.keep();
    } catch {
      draft.dirty = true;
      this.arm("server", () => this.save(), AGAIN_MS);
    }
  }

  /** Another tab, or a sent reply, was later; what is being typed here stands. */
  outrun(revision) {
    this.revision = Math.max(this.revision, revision);
    if (!this.draft) return;
    this.change(this.draft.text, this.draft.is_note);
    this.save();
  }

  /** News of a later draft of my own, from another tab. */
  heard(draft) {
    if (draft.revision <= this.revision) return;
    if (this.draft?.dirty && this.isTyped) {
      this.outrun(draft.revision);
      return;
    }
    this.revision = draft.revision;
    this.draft = { ...draft, dirty: false };
    this.keep();
    this.adopt(this.draft);
  }

  /** It was sent, or thrown away, in another tab. */
  gone(revision) {
    if (!this.draft || this.draft.dirty || this.draft.revision > revision) return;
    this.clear();
    this.adopt({ text: "", is_note: false });
  }

  /** The text was sent, with the revision up to which saves count no more. */
  clear() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.draft = null;
    localStorage.removeItem(keyOf(this.threadId));
  }
}

/**
 * {text, isNote, set(text, isNote), upTo(), clear(), flush()}: the draft of a thread as it is now.
 * `remote` is details[threadId].draft, undefined until it is known.
 */
export function useDraft(threadId, remote) {
  const [draft, show] = useState(() => localDraft(threadId) ?? { text: "", is_note: false });
  const saver = useRef(null);
  saver.current ??= new Saver(threadId, show);
  const known = useRef(null);
  useEffect(() => {
    if (remote) saver.current.heard(remote);
    else if (remote === null && known.current) saver.current.gone(known.current.revision);
    known.current = remote;
  }, [remote]);
  useEffect(() => {
    const flush = () => saver.current.flush();
    const hidden = () => document.visibilityState === "hidden" && flush();
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
      flush();
    };
  }, []);
  const set = useCallback((text, isNote) => {
    saver.current.change(text, isNote);
    show({ ...saver.current.draft });
  }, []);
  const clear = useCallback((isNote) => {
    saver.current.clear();
    show({ text: "", is_note: isNote });
  }, []);
  return {
    text: draft.text, isNote: draft.is_note, writtenAt: draft.updated_at ?? null,
    set, clear, flush: () => saver.current.flush(), upTo: () => saver.current.upTo(),
  };
}
