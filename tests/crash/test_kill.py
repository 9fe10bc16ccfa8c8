"""Nothing accepted is lost and nothing doubled, whenever the daemon is killed."""

from pathlib import Path

import pytest
from aiohttp import web

from tests.crash.sweep import POINTS, Listener, Sweep, plans
from tests.support.site import free_port, site, until

HITS = (1, 2, 3, 4) * 2
QUICK = "[policy]\nbackoff_first_s = 1\nbackoff_cap_s = 2\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_kill_9_at_every_step_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    hosts = f'webhook_hosts = ["127.0.0.1:{port}"]'
    async with site(
        tmp_path,
        modems=4,
        simulator_arguments=("--retry", "0.5", "--latency", "0.05"),
        http_keys=hosts,
        extra=QUICK,
    ) as place:
        sweep = Sweep(site=place)
        assert await place.start()
        status, _ = await place.api(
            "POST", "/webhooks", {"url": f"http://127.0.0.1:{port}/hook"}
        )
        assert status == 201
        await place.stop()
        for plan in plans(HITS):
            await sweep.turn(plan, patience_s=5)
        await sweep.last_turn()
        print(f"kills: {dict(sweep.kills)}")  # noqa: T201 # shown in the run's output
        assert not await sweep.count()
        assert all(sweep.kills[point] for point in POINTS)

        async def all_heard() -> bool:
            received = await place.everything("/messages?direction=mo")
            return {item["id"] for item in received} <= listener.messages[
                "message.received"
            ]

        await until(all_heard, within_s=60)
    await runner.cleanup()
