/** Sets theme, contrast, density and language before the first paint; classic, so that it blocks. */
(() => {
  const root = document.documentElement;
  const moreContrast = matchMedia("(prefers-contrast: more)");
  const kept = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`seventy.${name}`));
    } catch {
      return null;
    }
  };
  const set = (name, value) => {
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
  };

  /** Puts on what this browser remembers; the page calls it again after every change. */
  function wear() {
    const theme = kept("theme");
    set("theme", theme === "light" || theme === "dark" ? theme : "");
    set("contrast", theme === "contrast" || moreContrast.matches ? "more" : "");
    set("density", kept("density") === "compact" ? "compact" : "");
  }

  moreContrast.addEventListener("change", wear);
  addEventListener("seventy:wear", wear);
  wear();
  const locale = kept("locale");
  if (locale) root.lang = locale;
})();
