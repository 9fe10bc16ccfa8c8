"""No gateway at all: the SMPP load straight at the SMSC, which shows our own limit.

Nothing is kept and nothing is decided; the figure is the harness's own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.trial import Running, Trial


@asynccontextmanager
async def floor(
    _folder: Path, _trial: Trial, smsc_port: int, _receiver_port: int
) -> AsyncIterator[Running]:
    """Nothing is run."""
    yield Running(
        pids=[],
        question={
            "host": "127.0.0.1",
            "port": smsc_port,
            "system_id": "bench",
            "password": "bench",
            "text": "Your order is ready, the code is 2718",
        },
        tells_application=True,
        binds_itself=False,
    )
