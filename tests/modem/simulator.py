"""A real `hwsim` process and its control interface."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from modem.config import ModemConfig


@dataclass(slots=True)
class Simulator:
    """One simulator process."""

    base: str
    modems: list[dict[str, Any]]
    session: aiohttp.ClientSession

    async def get(self, path: str) -> Any:
        async with self.session.get(self.base + path) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self.session.post(self.base + path, json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.content_length else None

    async def put(self, path: str, **body: Any) -> None:
        async with self.session.put(self.base + path, json=body) as answer:
            assert answer.status < 300, await answer.text()

    async def delete(self, path: str) -> None:
        async with self.session.delete(self.base + path) as answer:
            assert answer.status < 300, await answer.text()

    def config(self, index: int = 0, **changes: Any) -> ModemConfig:
        facts: dict[str, Any] = {
            "name": f"sim{index + 1}",
            "port": self.modems[index]["port"],
            "msisdn": self.modems[index]["msisdn"],
            **changes,
        }
        return ModemConfig(**facts)


@asynccontextmanager
async def simulator(folder: Path, *arguments: str) -> AsyncIterator[Simulator]:
    """Run `hwsim serve` in `folder` until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hwsim",
        "serve",
        "--dir",
        str(folder),
        "--http",
        "127.0.0.1:0",
        "--seed",
        "7",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            ready = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:
            yield Simulator(base=ready["http"], modems=ready["modems"], session=session)
    finally:
        process.terminate()
        await process.wait()
