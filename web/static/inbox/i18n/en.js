/** What the page says at once in one language; other parts come with what needs them. */
import contact from "./en/contact.js";
import dialogue from "./en/dialogue.js";
import frame from "./en/frame.js";

export default { ...frame, ...dialogue, ...contact };
