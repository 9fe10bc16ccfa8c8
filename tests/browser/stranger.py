"""Somebody else's web site, which a logged in agent's browser has open.

On the loopback as the gateway is, so it can be visited as the same site at another port
(cookies are sent along) and, by another name of the host, as another site.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.support.site import free_port

_PAGE = "<!doctype html><title>Win a prize</title><p>Dear visitor</p>"

# What every script of a stranger may try; each answers what it could read, else null.
_ASK = """async ([address, method, body, headers]) => {
  const isPlain = Object.keys(headers).length === 0;
  const asked = { method, body: body ?? undefined, headers, credentials: "include",
                  mode: "cors" };
  const read = async (response) => `${response.status} ${await response.text()}`;
  const seen = await fetch(address, asked).then(read, () => null);
  if (isPlain) await fetch(address, { ...asked, mode: "no-cors" }).catch(() => null);
  return seen;
}"""
_POST_FORM = """([address, name]) => {
  const form = document.createElement("form");
  Object.assign(form, { action: address, method: "post", enctype: "text/plain" });
  const field = document.createElement("input");
  [field.name, field.value] = [name, '"}'];
  form.append(field);
  document.body.append(form);
  form.submit();
}"""
_LISTEN = """(address) => new Promise((tell) => {
  const stream = new EventSource(address, { withCredentials: true });
  stream.onmessage = () => tell("heard");
  stream.addEventListener("hello", () => tell("heard"));
  stream.onerror = () => { stream.close(); tell(null); };
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """The scripts of that site, and its addresses."""

    port: int
    ask: str = _ASK
    post_form: str = _POST_FORM
    listen: str = _LISTEN

    def address(self, host: str) -> str:
        return f"http://{host}:{self.port}/"


@asynccontextmanager
async def stranger() -> AsyncIterator[Stranger]:
    """The site while it is up."""

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", show)
    app.router.add_get("/favicon.ico", show)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield Stranger(port=port)
    finally:
        await runner.cleanup()
