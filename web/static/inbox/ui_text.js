/** Foreign text inside ours: names and messages that must not turn the line around. */
import { html } from "../vendor/htm-preact.js";
import { straight } from "./safe_text.js";

/** A stranger's text as one line: no direction overrides, no line breaks. */
export const plain = (text) => straight(text).replace(/\s+/g, " ").trim();

const calm = (child) => {
  if (Array.isArray(child)) return child.map(calm);
  return typeof child === "string" ? straight(child) : child;
};

/** Text of somebody else's: neither moves what stands around it nor is read backwards. */
export const Bidi = ({ children, ...rest }) => html`<bdi ...${rest}>${calm(children)}</bdi>`;
