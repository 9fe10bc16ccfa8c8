"""An application loses nothing that it was promised, whenever either side is killed."""

from pathlib import Path

import pytest

from tests.crash.application_sweep import POINTS, ApplicationSweep
from tests.support.carrier import QUICK
from tests.support.esme import Application
from tests.support.site import site

# Late hits find the windows full both ways.
HITS = (1, 3, 6, 1, 8)
MOST_UNSETTLED = 100  # acknowledged ones, too, whose end was not on disk yet


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_kill_9_at_every_step_of_an_application_breaks_no_promise(
    tmp_path: Path,
) -> None:
    async with site(
        tmp_path,
        modems=0,
        simulator_arguments=("--retry", "0.5", "--latency", "0.02"),
        carrier_keys="window = 20\n",
        server_keys="",
        extra=QUICK,
    ) as place:
        assert await place.start()
        await place.account("crm", numbers=["*"])
        await place.stop()
        application = Application(place.smpp_port, "crm", "secret")
        sweep = ApplicationSweep(site=place, application=application)
        async with application.running():
            for hit in HITS:
                for point in POINTS:
                    await sweep.turn(f"{point}:{hit}", patience_s=4)
            await sweep.last_turn()
            repeated = sweep.repeated()
            print(  # noqa: T201 -- shown in the run's output
                f"kills: {dict(sweep.kills)}, deaths: {sweep.deaths}, "
                f"in doubt: {len(application.doubtful)}, told again: {repeated}"
            )
            wrong = await sweep.count()
            assert not wrong, "\n".join(wrong)
            assert all(sweep.kills[point] for point in POINTS)
            ends = sweep.kills.total() + sweep.deaths
            assert repeated <= MOST_UNSETTLED * ends
            assert await sweep.nothing_more_comes()
