/** The messages of the page in one language; those of the admin pages come with them. */
import dialogue from "./ru/dialogue.js";
import frame from "./ru/frame.js";

export default { ...frame, ...dialogue };
