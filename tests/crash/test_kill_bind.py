"""Nothing is lost and nothing doubled in silence, whenever a bound daemon is killed."""

from pathlib import Path

import pytest
from aiohttp import web

from tests.crash.bind_sweep import WINDOW, BindSweep
from tests.crash.sweep import POINTS, Listener, plans
from tests.support.site import free_port, site, until

# Late hits find the window full and reports and messages mixed.
HITS = (1, 2, 5, 9, 14)
QUICK = "[policy]\nbackoff_first_s = 1\nbackoff_cap_s = 2\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_kill_9_of_a_bound_daemon_loses_nothing_and_doubles_nothing_in_silence(
    tmp_path: Path,
) -> None:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with site(
        tmp_path,
        modems=0,
        simulator_arguments=("--retry", "0.5", "--latency", "0.02"),
        http_keys=f'webhook_hosts = ["127.0.0.1:{port}"]',
        carrier_keys=f"window = {WINDOW}\n",
        extra=QUICK,
    ) as place:
        sweep = BindSweep(site=place)
        assert await place.start()
        status, _ = await place.api(
            "POST", "/webhooks", {"url": f"http://127.0.0.1:{port}/hook"}
        )
        assert status == 201
        await place.stop()
        for plan in plans(HITS):
            await sweep.turn(plan, patience_s=5)
        await sweep.last_turn()
        doubled = await sweep.doubled()
        print(f"kills: {dict(sweep.kills)}, doubled: {doubled}")  # noqa: T201
        wrong = await sweep.count()
        assert not wrong, "\n".join(wrong)
        assert all(sweep.kills[point] for point in POINTS)
        assert doubled <= WINDOW * sweep.kills.total()

        async def all_heard() -> bool:
            received = await place.everything("/messages?direction=mo")
            delivered = await place.everything("/messages?state=delivered")
            heard = listener.messages
            return {one["id"] for one in received} <= heard["message.received"] and {
                one["id"] for one in delivered
            } <= heard["message.delivered"]

        await until(all_heard, within_s=60)
    await runner.cleanup()
