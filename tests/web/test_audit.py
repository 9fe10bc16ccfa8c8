"""`/audit`: what people did through the API is there, and only that."""

import sqlite3
from pathlib import Path
from typing import Any

from gateway.core.agent import AgentRole
from tests.web.browser import SESSION, Browser, agent_of, browser_of
from tests.web.world import World

ROOT = "/api/v1/audit"
HOOK = "http://hooks.example.org/secret-path"


async def actions(browser: Browser, **query: object) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await browser.call("GET", f"{ROOT}?{asked}")
    assert answer.status == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


async def test_what_an_administrator_changes_is_recorded_with_who_and_whence(
    world: World,
) -> None:
    async with browser_of(world, "root", AgentRole.ADMINISTRATOR) as root:
        token = await root.call(
            "POST", "/api/v1/tokens", {"name": "crm", "scopes": ["inbox"]}
        )
        await root.call("DELETE", f"/api/v1/tokens/{token.json['id']}")
        hook = (await root.call("POST", "/api/v1/webhooks", {"url": HOOK})).json
        path = f"/api/v1/webhooks/{hook['id']}"
        await root.call("PATCH", path, {"batch": 5})
        await root.call("POST", f"{path}/rotate", {})
        await root.call("DELETE", path)
        account = await root.call("POST", "/api/v1/accounts", {"system_id": "erp"})
        path = f"/api/v1/accounts/{account.json['id']}"
        await root.call("PATCH", path, {"window": 5})
        await root.call("POST", f"{path}/password", {})
        await root.call("DELETE", path)
        await root.call("POST", "/api/v1/links/sim1/restart")
        await root.call("POST", "/api/v1/links/sim1/ussd", {"code": "*100*0000#"})
        agent = await agent_of(world, "root")
        done = await actions(root, actor=f"agent:{agent.id}", limit=20)
        assert [one["action"] for one in reversed(done)] == [
            "login.opened",
            "token.created",
            "token.revoked",
            "webhook.created",
            "webhook.changed",
            "webhook.secret_rotated",
            "webhook.deleted",
            "account.created",
            "account.changed",
            "account.password_set",
            "account.disabled",
            "link.restarted",
            "link.ussd",
        ]
        assert {one["source"] for one in done} == {"127.0.0.1"}
        assert {one["actor_name"] for one in done} == {"Root"}
        [window] = await actions(root, action="account.changed")
        assert window["after"] == {"window": 5}
        told = repr(done)
        for secret in (
            token.json["token"],
            hook["secret"],
            account.json["password"],
            "secret-path",
            "*100*0000#",
            root.secret,
        ):
            assert secret not in told


async def test_it_is_paged_and_searched(world: World) -> None:
    async with browser_of(world, "root", AgentRole.ADMINISTRATOR) as root:
        for number in range(5):
            body = {"name": f"Ключ {number}", "scopes": ["inbox"]}
            await root.call("POST", "/api/v1/tokens", body)
        first = await root.call("GET", f"{ROOT}?action=token.*&limit=4")
        assert len(first.json["items"]) == 4
        rest = await actions(root, action="token.*", before=first.json["next"])
        assert len(rest) == 2
        [found] = await actions(root, q="Ключ 3")
        assert found["after"]["name"] == "Ключ 3"


async def test_a_changed_row_is_found(world: World, tmp_path: Path) -> None:
    async with browser_of(world, "root", AgentRole.ADMINISTRATOR) as root:
        whole = (await root.call("GET", f"{ROOT}/verify")).json
        assert (whole["intact"], whole["broken_at"]) == (True, None)
        with sqlite3.connect(tmp_path / "seventy.db") as database:
            database.execute("UPDATE audit SET action = 'x' WHERE seq = 2")
        database.close()
        broken = (await root.call("GET", f"{ROOT}/verify")).json
        assert (broken["intact"], broken["broken_at"]) == (False, 2)


async def test_a_wrong_login_is_recorded_without_what_was_typed(world: World) -> None:
    async with browser_of(world, "root", AgentRole.ADMINISTRATOR) as root:
        body = {"login": "my password here", "password": "and my login"}
        await root.call("POST", SESSION, body)
        [failed] = await actions(root, action="login.failed")
        assert (failed["subject"], failed["after"]) == ("unknown", {"reason": "wrong"})
        assert "my password" not in repr(failed)


async def test_only_administrators_read_it(world: World) -> None:
    async with browser_of(world, "vera", AgentRole.SUPERVISOR) as vera:
        for path in (ROOT, f"{ROOT}/verify"):
            assert (await vera.call("GET", path)).status == 403
