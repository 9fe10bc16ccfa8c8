/** What the page says at once in one language; other parts come with what needs them. */
import contact from "./ru/contact.js";
import dialogue from "./ru/dialogue.js";
import frame from "./ru/frame.js";

export default { ...frame, ...dialogue, ...contact };
