/** Coming in, staying in and leaving; what has to be loaded when somebody is in. */
import { loadAgents, loadCounts, loadList, loadRow, loadSettings, loadThread, markAgain } from "./actions.js";
import { api, onExpired, setCsrf } from "./api.js";
import { locale, setLocale } from "./i18n.js";
import { lookAgain, startLooking } from "./looking.js";
import { hear } from "./notify.js";
import { currentRoute } from "./router.js";
import { flushOutbox, restoreOutbox } from "./send.js";
import { dispatch, getState } from "./store.js";
import { reconnect, start } from "./stream.js";
import { on, tell } from "./tabs.js";

const COUNT_PAUSE_MS = 3_000;
let hasBegun = false;
let counting = null;

// Without a line or a login there is nothing to say that banner and dialog do not say.
const quietly = (promise) =>
  promise.catch((error) => error.isUnreachable || error.status === 401 || console.warn(error));

/** Asked for once in a while: the counts of views that are not loaded. */
function recount() {
  counting ??= setTimeout(() => {
    counting = null;
    quietly(loadCounts());
  }, COUNT_PAUSE_MS);
}

function meetUnknown() {
  const ids = getState().unknown;
  if (!ids.length) return;
  dispatch({ type: "thread/known", ids });
  for (const id of ids) {
    loadRow(id).catch((error) => {
      // It is asked for again with the next news, or when the line is back.
      if (error.isUnreachable) dispatch({ type: "thread/unknown", id });
    });
  }
}

/** The open thread is gone, is another one now, or has another history. */
function meetOther() {
  const { threadId } = currentRoute();
  const { threads, details } = getState();
  const detail = details[threadId];
  if (threadId && (!threads[threadId] || detail?.outdated) && !detail?.loading) {
    loadThread(threadId, { again: true }).catch(() => {}); // the state keeps the words
  }
}

const HANDLERS = {
  frames(frames) {
    meetUnknown();
    if (frames.some((frame) => frame.name === "contact")) meetOther();
    hear(frames);
    if (frames.some((frame) => frame.name === "conversation")) recount();
  },
  async gap() {
    dispatch({ type: "stale" });
    await quietly(loadList(getState().view));
    reconnect();
  },
  expired: () => dispatch({ type: "auth/state", value: "expired" }),
  back() {
    meetUnknown();
    flushOutbox();
    markAgain();
    lookAgain();
    recount();
  },
};

async function begin() {
  quietly(loadAgents());
  quietly(loadSettings());
  await quietly(loadList(getState().view));
  if (!hasBegun) {
    hasBegun = true;
    start(HANDLERS);
    startLooking();
    await restoreOutbox();
    flushOutbox();
  } else {
    reconnect();
    flushOutbox(); // the stream may never have been away
  }
}

async function admit({ agent, csrf, expires_at: expiresAt }) {
  setCsrf(csrf);
  dispatch({ type: "auth/in", agent, expiresAt });
  const { theme, density } = getState().prefs;
  wear({ theme, density });
  if (agent.locale !== locale()) await setLocale(agent.locale);
  return begin();
}

/** Puts a look on this browser, and remembers it for the next first paint. */
export function wear(looks) {
  for (const [name, value] of Object.entries(looks)) {
    localStorage.setItem(`seventy.${name}`, JSON.stringify(value));
  }
  dispatchEvent(new Event("seventy:wear"));
}

/** Sees whether this browser is logged in; the reason when it cannot be. */
export async function resume() {
  try {
    await admit(await api.get("/session"));
  } catch (error) {
    // Over a page that is open the dialog stays: what is typed there is not given up.
    if (!getState().me) dispatch({ type: "auth/state", value: "out" });
    if (error.status !== 401) throw error;
    return error.code === "no_agents" ? error : null;
  }
  return null;
}

/** A login, or the one that goes on where an ended one left off. Throws ApiError. */
export async function enter(credentials) {
  const { me } = getState();
  const answer = await api.post("/session", credentials);
  tell("entered", answer.agent.id);
  if (me && me.id !== answer.agent.id) return location.reload();
  return admit(answer);
}

export async function leave() {
  await quietly(api.del("/session"));
  tell("left", null);
  location.assign("/inbox");
}

onExpired(() => {
  if (getState().auth === "in") dispatch({ type: "auth/state", value: "expired" });
});
on("left", () => location.reload());
on("entered", (id) => {
  const { auth, me } = getState();
  if (me && me.id !== id) location.reload();
  else if (auth !== "in") quietly(resume());
});
