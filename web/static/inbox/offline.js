/** Texts that were sent and not yet answered for, kept in IndexedDB so that no crash eats them. */

const DATABASE = "seventy";
const STORE = "outbox";
export const CAPACITY = 20;

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore(STORE, { keyPath: "client_id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function ask(mode, question) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = question(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

// A browser that forbids storage still sends; it only cannot survive its own crash.
const orElse = (value) => (error) => {
  console.warn("the outbox cannot be kept", error);
  return value;
};

export const keep = (agentId, echo) =>
  ask("readwrite", (store) => store.put({ ...echo, agent_id: agentId })).catch(orElse(null));

export const forget = (clientId) =>
  ask("readwrite", (store) => store.delete(clientId)).catch(orElse(null));

/** What an agent left behind, oldest first. */
export async function left(agentId) {
  const all = await ask("readonly", (store) => store.getAll()).catch(orElse([]));
  return all.filter((echo) => echo.agent_id === agentId).sort((a, b) => (a.at < b.at ? -1 : 1));
}
