/** Foreign text in one line of ours: without what could turn the line around. Pure. */

const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text without direction marks and overrides. */
export const straight = (text) => String(text ?? "").replace(TURNING, "");
