/** A list that comes in pages by cursor; more is asked for, not scrolled into. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { problem } from "../api.js";
import { t } from "../i18n.js";
import { Button } from "../ui.js";

/** `fetchPage(cursor)` → { items, next }; begins anew when `deps` change. */
export function usePages(fetchPage, deps) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const turn = useRef(0);
  const ask = async (cursor, before) => {
    const mine = (turn.current += 1);
    setState((old) => ({ ...old, loading: true, error: null }));
    try {
      const page = await fetchPage(cursor);
      if (mine !== turn.current) return;
      const data = { ...page, items: [...before, ...page.items] };
      setState({ data, error: null, loading: false });
    } catch (error) {
      if (mine === turn.current) setState((old) => ({ ...old, error: problem(error), loading: false }));
    }
  };
  const reload = () => ask(null, []);
  useEffect(() => {
    reload();
    return () => {
      turn.current += 1;
    };
  }, deps);
  return { ...state, reload, more: () => ask(state.data.next, state.data.items) };
}

export function More({ source }) {
  if (!source.data?.next) return null;
  return html`
    <div class="admin-more">
      <${Button} busy=${source.loading} onClick=${source.more}>${t("admin.more")}<//>
    </div>
  `;
}
