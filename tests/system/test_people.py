"""People on a running daemon: the command line, a browser's login, a kill between."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from tests.support.site import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

Captured = pytest.CaptureFixture[str]
READY_S = 20.0


class Box:
    """A gateway without modems, as `init` makes it."""

    def __init__(self, folder: Path, capsys: Captured) -> None:
        self.file, self.port = folder / "seventy.toml", free_port()
        self._capsys = capsys
        secret = folder / "secret"
        secret.write_text("four words of mine", encoding="utf-8")
        words = ["--admin-login", "root", "--admin-password-file", str(secret)]
        assert main(["init", str(folder), *words]) == 0
        text = self.file.read_text(encoding="utf-8")
        here = f'listen = "127.0.0.1:{self.port}"'
        text = text.replace('#listen = "127.0.0.1:8070"', here)
        self.file.write_text(text, encoding="utf-8")

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[str]"]:
        """Until the block ends, by a kill."""
        words = [sys.executable, "-m", "gateway", "run", "-c", str(self.file)]
        with subprocess.Popen(words, stderr=subprocess.DEVNULL, text=True) as daemon:
            ends = time.monotonic() + READY_S
            while True:
                try:
                    self.ask("GET", "/session")
                    break
                except ConnectionRefusedError:
                    assert time.monotonic() < ends
                    time.sleep(0.05)
            yield daemon
            daemon.send_signal(signal.SIGKILL)

    def user(self, *words: str) -> dict[str, Any]:
        """What `seventy user … --json` prints."""
        self._capsys.readouterr()
        assert main(["user", *words, "--json", "-c", str(self.file)]) == 0
        answer: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return answer

    def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any, str]:
        """Status, document and cookie."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", payload, sent)
            answer = connection.getresponse()
            text = answer.read()
            cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
            return answer.status, json.loads(text) if text else None, cookie
        finally:
            connection.close()

    def log_in(self, login: str, password: str) -> tuple[int, Any, str]:
        return self.ask("POST", "/session", {"login": login, "password": password})


def test_a_login_outlives_a_kill_and_ends_at_once_by_command(
    tmp_path: Path, capsys: Captured
) -> None:
    box = Box(tmp_path, capsys)
    with box.running():
        made = box.user("add", "anna", "--name", "Анна")
        status, session, cookie = box.log_in("anna", made["password"])
        assert (status, session["agent"]["name"]) == (200, "Анна")
        assert box.log_in("root", "four words of mine")[0] == 200
    with box.running():
        status, again, _ = box.ask("GET", "/session", Cookie=cookie)
        assert (status, again["csrf"]) == (200, session["csrf"])
        box.user("disable", "anna")
        assert box.ask("GET", "/session", Cookie=cookie)[0] == 401
        assert box.log_in("anna", made["password"])[0] == 401
        box.user("enable", "anna")
        fresh = box.user("passwd", "anna")["password"]
        assert box.log_in("anna", made["password"])[0] == 401
        assert box.log_in("anna", fresh)[0] == 200
        _, session, cookie = box.log_in("root", "four words of mine")
        _, verdict, _ = box.ask("GET", "/audit/verify", Cookie=cookie)
        assert (verdict["intact"], verdict["broken_at"]) == (True, None)
        _, page, _ = box.ask("GET", "/audit?action=agent.*", Cookie=cookie)
        told = [(one["action"], one["actor_name"]) for one in page["items"]]
        assert told == [
            ("agent.password_set", "cli.token"),
            ("agent.enabled", "cli.token"),
            ("agent.disabled", "cli.token"),
            ("agent.created", "cli.token"),
            ("agent.created", "system"),
        ]
