/** The messages of the page in one language; those of the admin pages come with them. */
import dialogue from "./en/dialogue.js";
import frame from "./en/frame.js";

export default { ...frame, ...dialogue };
