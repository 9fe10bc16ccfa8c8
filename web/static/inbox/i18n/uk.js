/** The messages of the page in one language; those of the admin pages come with them. */
import dialogue from "./uk/dialogue.js";
import frame from "./uk/frame.js";

export default { ...frame, ...dialogue };
