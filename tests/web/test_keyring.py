"""Secrets, remembered until somebody says that they may have changed."""

import dataclasses
from pathlib import Path

from gateway.core.account import Delivery, Webhook, WebhookState
from gateway.core.event import EventType
from tests.web.hooks import SECRET, Hooks, open_hooks
from web.keyring import Keyring, Terms


async def owed(hooks: Hooks) -> tuple[Webhook, Delivery]:
    webhook = await hooks.listen("http://127.0.0.1:9/")
    await hooks.happen(EventType.MESSAGE_SENT)
    [delivery] = await hooks.until(lambda found: len(found) == 1)
    return webhook, delivery


async def test_a_secret_is_read_once_until_it_is_to_be_forgotten(
    tmp_path: Path,
) -> None:
    async with open_hooks(tmp_path) as hooks:
        webhook, delivery = await owed(hooks)
        keyring = Keyring(hooks.store)
        assert await keyring.of(delivery) == Terms(secrets=(SECRET,))
        new = dataclasses.replace(webhook, secrets=(b"n" * 32,), batch=7)
        await hooks.store.write(lambda tx: tx.webhooks.save(new))
        assert await keyring.of(delivery) == Terms(secrets=(SECRET,))
        keyring.forget()
        assert await keyring.of(delivery) == Terms(secrets=new.secrets, batch=7)


async def test_who_is_not_to_be_told_is_looked_up_each_time(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks:
        webhook, delivery = await owed(hooks)
        keyring = Keyring(hooks.store)
        off = dataclasses.replace(webhook, state=WebhookState.DISABLED)
        await hooks.store.write(lambda tx: tx.webhooks.save(off))
        assert await keyring.of(delivery) is None
        await hooks.store.write(lambda tx: tx.webhooks.save(webhook))
        assert await keyring.of(delivery) == Terms(secrets=(SECRET,))


async def test_a_report_without_a_token_has_no_secret(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks:
        _, delivery = await owed(hooks)
        keyring = Keyring(hooks.store)
        nobodys = dataclasses.replace(delivery, webhook_id=None)
        assert await keyring.of(nobodys) is None
