/** What the page says at once in one language; other parts come with what needs them. */
import contact from "./uk/contact.js";
import dialogue from "./uk/dialogue.js";
import frame from "./uk/frame.js";

export default { ...frame, ...dialogue, ...contact };
