/** The order of a thread's entries, whatever their kind: identities sort by time. */

/** Where an entry stands: its id after the prefix. */
export const placeOf = (id) => id.slice(id.indexOf("_") + 1);

export const byPlace = (a, b) => {
  const left = placeOf(a.id);
  const right = placeOf(b.id);
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Whether `id` stands after `other`; anything stands after nothing. */
export const isAfter = (id, other) => !other || placeOf(id) > placeOf(other);
