"""The simulator as a process of its own, for tests of its outside."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any


class Serving:
    """Ready when made; ``stop`` gives its exit status."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "hwsim", "serve"),
                *("--dir", str(folder), "--http", "127.0.0.1:0", *arguments),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.addresses = json.loads(self.process.stdout.readline())
        self.http: str = self.addresses["http"]

    def state(self) -> dict[str, Any]:
        return self.ask("GET", "/state")

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.http + path, data, method=method)  # noqa: S310
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return dict(json.loads(response.read() or "{}"))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code
