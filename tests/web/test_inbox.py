"""The board over HTTP; the stream has tests of its own."""

from gateway.core.agent import AgentRole
from tests.web.browser import browser_of
from tests.web.hearing import hear
from tests.web.world import World


async def test_the_board_is_for_supervisors(world: World) -> None:
    await hear(world)
    async with (
        browser_of(world) as anna,
        browser_of(world, "vera", AgentRole.SUPERVISOR) as vera,
    ):
        assert (await anna.call("GET", "/api/v1/board")).status == 403
        board = await vera.call("GET", "/api/v1/board")
        assert board.status == 200
        assert board.json["queue"]["waiting"] == 1
        assert {agent["login"] for agent in board.json["agents"]} == {"anna", "vera"}
        assert [line["id"] for line in board.json["links"]] == ["sim1"]
        assert board.json["today"]["opened"] == 1
