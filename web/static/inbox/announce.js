/** Says things to screen readers; two quiet regions that are always there. */

const regions = {};

for (const level of ["polite", "assertive"]) {
  const region = document.createElement("div");
  region.className = "visually-hidden";
  region.setAttribute("aria-live", level);
  region.setAttribute("role", level === "polite" ? "status" : "alert");
  document.body.append(region);
  regions[level] = region;
}

export function announce(text, { assertive = false } = {}) {
  const region = regions[assertive ? "assertive" : "polite"];
  region.textContent = "";
  // The same words twice are news as well: an empty region in between.
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
