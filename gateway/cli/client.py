"""A caller of the running daemon's API, for the verbs on the same machine.

The daemon writes a token for this at its start (`<data_dir>/cli.token`, readable by its
owner alone). Standard library only: a verb has to be there at once.
"""

import http.client
import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

from gateway.cli.output import VerbFailed

TOKEN_FILE = "cli.token"  # noqa: S105 - the name of a file
TIMEOUT_S = 130.0  # one USSD or one submission of the slowest modem


class NotRunning(VerbFailed):
    """Nobody listens where the daemon should."""


class Client:
    """Requests to one daemon."""

    def __init__(
        self, address: tuple[str, int], token_file: Path, *, certificate: Path | None
    ) -> None:
        host, self._port = address
        # A daemon that listens everywhere also listens here.
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        self._certificate = certificate
        self._token_file = token_file

    def get(self, path: str, query: Mapping[str, object] | None = None) -> object:
        """The document at `path` of the API."""
        return self.call("GET", path, query=query)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> object:
        """Ask; the answer's document, or `VerbFailed` in the daemon's words."""
        asked = {k: str(v) for k, v in (query or {}).items() if v is not None}
        target = f"/api/v1{path}" + (f"?{urlencode(asked)}" if asked else "")
        sent = {
            "Authorization": f"Bearer {self._token()}",
            "Accept": "application/json",
            **({"Content-Type": "application/json"} if body is not None else {}),
            **(headers or {}),
        }
        payload = None if body is None else json.dumps(body).encode()
        status, text = self._exchange(method, target, payload, sent)
        if status >= 400:
            raise VerbFailed(_refusal(status, text))
        return json.loads(text) if text else None

    def _exchange(
        self, method: str, target: str, payload: bytes | None, sent: Mapping[str, str]
    ) -> tuple[int, bytes]:
        connection = self._connection()
        try:
            connection.request(method, target, body=payload, headers=dict(sent))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except ConnectionRefusedError as error:
            raise NotRunning(
                f"nothing answers at {self._host}:{self._port}: "
                "is the daemon running (seventy run)?"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise VerbFailed(
                f"no answer from {self._host}:{self._port}: {error}"
            ) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._certificate is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        import ssl

        # The daemon's own certificate is what it has to show, under any name.
        context = ssl.create_default_context(cafile=str(self._certificate))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.check_hostname = False
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=TIMEOUT_S, context=context
        )

    def _token(self) -> str:
        try:
            return self._token_file.read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise NotRunning(
                f"{self._token_file} is not there: the daemon has not run with "
                "this configuration yet (seventy run)"
            ) from error
        except OSError as error:
            raise VerbFailed(
                f"cannot read {self._token_file}: {error.strerror}; "
                "run this as the daemon's user or as root"
            ) from error


def segment(text: str) -> str:
    """Text as one piece of a path."""
    return quote(text, safe="")


def _refusal(status: int, text: bytes) -> str:
    """A problem document as one line."""
    try:
        problem = json.loads(text)
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    detail = problem.get("detail") or problem.get("title") or f"HTTP status {status}"
    field = problem.get("field")
    code = problem.get("code")
    return (
        (f"{field}: " if field else "") + str(detail) + (f" ({code})" if code else "")
    )
