"""Requests read with care, and the problem documents for those that are wrong.

Relies on aiohttp. Every complaint names its field and has a stable code.

Spec: RFC 9457
"""

import json
import math
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

Choice = TypeVar("Choice", bound=StrEnum)


class Problem(Exception):
    """An answer that is no success."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field
        self.status = status

    def response(self) -> web.Response:
        document: dict[str, object] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "code": self.code,
            "detail": self.detail,
        }
        if self.field is not None:
            document["field"] = self.field
        return web.json_response(
            document,
            status=self.status,
            content_type="application/problem+json",
        )


def not_found(what: str) -> Problem:
    return Problem("not_found", f"there is no {what}", status=HTTPStatus.NOT_FOUND)


def invalid(field: str, detail: str) -> Problem:
    return Problem("invalid_field", f"{field} {detail}", field=field)


class Fields:
    """The members of a request; what is asked for is checked, the rest is unknown."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = dict(values)

    @classmethod
    async def of_body(cls, request: web.Request) -> "Fields":
        """The JSON object of the body; none at all counts as an empty one."""
        octets = await request.read()
        try:
            values = json.loads(octets) if octets.strip() else {}
        except ValueError as error:
            raise Problem("invalid_json", f"the body is not JSON: {error}") from error
        if not isinstance(values, dict):
            raise Problem("invalid_json", "the body is not a JSON object")
        return cls(values)

    @classmethod
    def of_query(cls, request: web.Request) -> "Fields":
        """The query's members; those that are whole numbers become numbers."""
        return cls(
            {
                name: int(value) if value.isdecimal() and len(value) < 18 else value
                for name, value in request.query.items()
            }
        )

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def peek(self, name: str) -> object:
        """The value as it came, still to be asked for."""
        return self._values.get(name)

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._values:
            raise Problem("unknown_field", f"{name} is not known here", field=name)

    def rest(self) -> dict[str, object]:
        """Everything not asked for so far."""
        rest, self._values = self._values, {}
        return rest

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, default)
        if not isinstance(value, str):
            raise invalid(name, "is not a text")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise invalid(name, "is neither true nor false")
        return value

    def number(
        self, name: str, default: float | None = None, *, most: float = 1e9
    ) -> float:
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(name, "is not a number")
        if not math.isfinite(value) or not 0 <= value <= most:
            raise invalid(name, f"is not between 0 and {most:g}")
        return float(value)

    def whole(self, name: str, default: int | None = None, *, most: int) -> int:
        value = self._take(name, default)
        return self._whole(name, value, most)

    def tables(self, name: str) -> "list[Fields]":
        """A list of objects, none when absent."""
        value = self._values.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(t, dict) for t in value):
            raise invalid(name, "is not a list of tables")
        return [Fields(table) for table in value]

    def maybe_whole(self, name: str, *, most: int) -> int | None:
        value = self._values.pop(name, None)
        return None if value is None else self._whole(name, value, most)

    def wholes(self, name: str, *, most: int) -> tuple[int, ...]:
        """A list of whole numbers; one alone stands for a list of one."""
        value = self._values.pop(name, None)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        return tuple(self._whole(name, item, most) for item in items)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, none when absent."""
        value = self._values.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(t, str) for t in value):
            raise invalid(name, "is not a list of texts")
        return tuple(value)

    def choice(self, name: str, choices: type[Choice], default: Choice) -> Choice:
        found = self.maybe_choice(name, choices)
        return default if found is None else found

    def maybe_choice(self, name: str, choices: type[Choice]) -> Choice | None:
        value = self._values.pop(name, None)
        if value is None:
            return None
        for choice in choices:
            if value == choice.value:
                return choice
        raise invalid(name, f"is not one of: {', '.join(choices)}")

    def _take(self, name: str, default: object) -> object:
        value = self._values.pop(name, default)
        if value is None:
            raise Problem("missing_field", f"{name} is missing", field=name)
        return value

    def _whole(self, name: str, value: object, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid(name, "is not a whole number")
        if not 0 <= value <= most:
            raise invalid(name, f"is not between 0 and {most}")
        return value


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Make every refusal a problem document, aiohttp's own included."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        status = HTTPStatus(error.status)
        code = status.phrase.lower().replace(" ", "_")
        return Problem(
            code, f"{request.path}: {status.phrase}", status=status
        ).response()
