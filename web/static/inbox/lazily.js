/** Parts of the page that come when they are first shown; a part that fails does not take the rest. */
import { html, useEffect, useErrorBoundary, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { Button, Empty, Spinner } from "./ui.js";

function Broken({ onRetry }) {
  return html`<${Empty}
    icon="warning"
    title=${t("ui.broken")}
    text=${t("ui.broken_text")}
    action=${html`<${Button} onClick=${onRetry}>${t("ui.again")}<//>`}
  />`;
}

/** A component whose module is loaded by `load()` and exported as `name`. */
export function lazily(load, name) {
  let Loaded = null;
  return function Lazy(props) {
    const [, redraw] = useState(0);
    const [failed, setFailed] = useState(false);
    const [broken, mend] = useErrorBoundary((error) => console.error(name, error));
    const fetch = () => {
      setFailed(false);
      load().then(
        (module) => {
          Loaded = module[name];
          redraw((n) => n + 1);
        },
        (error) => {
          console.error(name, error);
          setFailed(true);
        },
      );
    };
    useEffect(() => {
      if (!Loaded) fetch();
    }, []);
    if (broken) return html`<${Broken} onRetry=${mend} />`;
    if (failed) return html`<${Broken} onRetry=${fetch} />`;
    return Loaded ? html`<${Loaded} ...${props} />` : html`<${Spinner} />`;
  };
}
