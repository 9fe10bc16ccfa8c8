/** Moving by key: between rows, among mine, to views, to what waits. */
import { setPresence, takeNext } from "./actions.js";
import { t } from "./i18n.js";
import { useKeys } from "./keys.js";
import { currentRoute, go, paths } from "./router.js";
import { needsMe, rowsOf } from "./selectors.js";
import { dispatch, getState } from "./store.js";
import { complain, toast } from "./toast.js";

const PRESENCES = ["online", "break", "away"];

const openThread = (thread) => thread && go(paths.thread(thread.id));

/** The thread `step` places from the open one, among `rows`; the first when none is open. */
function beside(rows, step) {
  const at = rows.findIndex((row) => row.id === currentRoute().threadId);
  if (at < 0) return step > 0 ? rows[0] : rows.at(-1);
  return rows[(at + step + rows.length) % rows.length];
}

function needing() {
  const state = getState();
  const rows = rowsOf(state, "mine").filter((thread) => needsMe(state, thread));
  const others = rows.filter((thread) => thread.id !== currentRoute().threadId);
  if (others.length) return openThread(others[0]);
  toast(t("list.none_needs_you"));
}

/** Takes who has waited longest, and opens the thread. */
export async function takeAndOpen() {
  try {
    const id = await takeNext();
    if (id) {
      dispatch({ type: "view", view: "mine" });
      go(paths.thread(id));
    } else toast(t("list.queue_empty"));
  } catch (error) {
    complain(error);
  }
}

export const switchPresence = (presence) =>
  setPresence(presence).then(() => toast(t(`presence.now_${presence}`), { ms: 2500 }), complain);

export function useNavigation() {
  const view = (name) => () => go(paths.view(name));
  const mine = (step) => () => openThread(beside(rowsOf(getState(), "mine"), step));
  const presence = (at) => () => {
    switchPresence(PRESENCES[at]);
  };
  useKeys({
    mine_previous: mine(-1),
    mine_next: mine(1),
    next_needing: needing,
    take_next: () => {
      takeAndOpen();
    },
    go_mine: view("mine"),
    go_queue: view("queue"),
    go_open: view("open"),
    go_hold: view("hold"),
    go_spam: view("spam"),
    go_approvals: () => go(paths.approvals()),
    go_board: () => go(paths.board()),
    search: () => go(paths.search()),
    presence_1: presence(0),
    presence_2: presence(1),
    presence_3: presence(2),
  });
}
