"""A site with our SMPP server in front of the simulated carrier, for applications.

The application under test binds to us, we bind to the simulator's SMSC, and behind that
are phones: what a phone shows is what the application said, or a fault of ours.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.site import Site, free_port, site, until

PASSWORD = "billing1"
SYSTEM_ID = "billing"
CODE = "2345"  # the carrier's short code, whose inbound messages the account gets
WITHIN_S = 30.0


@dataclass(slots=True)
class Place:
    """The site, and where its SMPP server listens."""

    site: Site
    port: int

    async def on_phone(self, msisdn: str, count: int = 1) -> list[dict[str, Any]]:
        """What the phone has received, once it is so much and complete."""
        found: list[dict[str, Any]] = []

        async def is_there() -> bool:
            phone = await self.site.sim("GET", f"/phones/{msisdn}/messages")
            found[:] = [one for one in phone["messages"] if one["complete"]]
            return len(found) >= count

        await until(is_there, within_s=WITHIN_S)
        return found

    async def from_phone(self, msisdn: str, text: str) -> None:
        """Have the phone write to the short code."""
        path = f"/phones/{msisdn}/messages"
        await self.site.sim("POST", path, {"to": CODE, "text": text})


@asynccontextmanager
async def place(folder: Path, **limits: object) -> AsyncIterator[Place]:
    """Gateway, simulator and an account, running; `limits` are of the account."""
    port = free_port()
    extra = (
        f'[smpp_server]\nlisten = "127.0.0.1:{port}"\n[[route]]\nlinks = ["carrier"]\n'
    )
    async with site(folder, carrier_keys="", extra=extra) as made:
        await made.start()
        await made.wait_for_links(2)
        status, body = await made.api(
            "POST",
            "/accounts",
            {
                "system_id": SYSTEM_ID,
                "password": PASSWORD,
                "numbers": [CODE],
                **limits,
            },
        )
        assert status == 201, body
        yield Place(made, port)
        assert await made.stop() == 0
