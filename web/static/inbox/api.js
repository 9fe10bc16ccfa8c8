/** The HTTP API as the page calls it: JSON both ways, problems as errors, CSRF on its own. */
import { fmt, has, t } from "./i18n.js";

const BASE = "/api/v1";
const TIMEOUT_MS = 20_000;
// The login is over, or the browser has dropped its cookie; what is typed stays.
const EXPIRED = new Set(["session_missing", "session_ended", "token_missing"]);

let csrf = "";
let expired = () => {};

export const setCsrf = (token) => {
  csrf = token;
};

/** Called when an answer says that the login is over. */
export const onExpired = (handler) => {
  expired = handler;
};

export class ApiError extends Error {
  constructor({ status = 0, code, title = "", detail = "", field = null, body = null, retryAfterS = null }) {
    super(detail || title || code);
    Object.assign(this, { status, code, title, detail, field, body, retryAfterS });
  }

  /** Nothing is known about what the server did. */
  get isUnreachable() {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) =>
    octet.toString(16).padStart(2, "0"),
  ).join("");
}

function address(path, query) {
  const given = Object.entries(query ?? {}).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  return BASE + path + (given.length ? `?${new URLSearchParams(given)}` : "");
}

async function failure(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = null; // a proxy's page, not one of ours
  }
  const retry = Number(response.headers.get("Retry-After"));
  return new ApiError({
    status: response.status,
    code: body?.code ?? `http_${response.status}`,
    title: body?.title,
    detail: body?.detail,
    field: body?.field ?? body?.errors?.[0]?.field ?? null,
    body,
    retryAfterS: Number.isFinite(retry) && retry > 0 ? retry : null,
  });
}

async function call(method, path, { query, body, signal, timeoutMs = TIMEOUT_MS } = {}) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers = { Accept: "application/json" };
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      credentials: "same-origin",
      cache: "no-store",
    });
    if (!response.ok) throw await failure(response);
    if (response.status === 204) return null;
    const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
    return await (isJson ? response.json() : response.text());
  } catch (error) {
    if (error instanceof ApiError) {
      if (error.status === 401 && EXPIRED.has(error.code)) expired();
      throw error;
    }
    if (signal?.aborted) throw error;
    throw new ApiError({ code: timeout.aborted ? "timeout" : "unreachable" });
  }
}

/** Another tab may have logged in since: then there is a newer token, and one more try. */
async function callWithToken(method, path, options) {
  try {
    return await call(method, path, options);
  } catch (error) {
    if (error.code !== "csrf_token_wrong") throw error;
    setCsrf((await call("GET", "/session")).csrf);
    return call(method, path, options);
  }
}

export const api = {
  get: (path, options) => call("GET", path, options),
  post: (path, body, options) => callWithToken("POST", path, { ...options, body }),
  put: (path, body, options) => callWithToken("PUT", path, { ...options, body }),
  patch: (path, body, options) => callWithToken("PATCH", path, { ...options, body }),
  del: (path, options) => callWithToken("DELETE", path, options),
};

/** What went wrong, for a person: never a bare code. */
export function problem(error) {
  if (!(error instanceof ApiError)) return t("error.unexpected");
  const key = `error.${error.code}`;
  const params = { ...error.body, wait: error.retryAfterS ? fmt.wait(error.retryAfterS * 1000) : "" };
  if (has(key)) return t(key, params);
  if (error.status >= 500) return t("error.server");
  if (error.status === 403) return t("error.forbidden");
  if (error.status === 404) return t("error.not_found");
  return error.detail || error.title || t("error.unexpected");
}
