"""The OpenAPI 3.1 description, made from the route table that serves.

Relies on `web.endpoint` and the Structs that validate, so it cannot promise what is
not so. Spec: OpenAPI 3.1.0.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from gateway import __version__
from web.endpoint import Access, Endpoint
from web.schema import Nothing
from web.session import COOKIE
from web.shape import Problem

Json = dict[str, Any]

_REFERENCE = "#/components/schemas/{name}"
_HEADER_WORDS = {
    "Idempotency-Key": "the same key and body: the first answer again; other body: 422",
    "Last-Event-ID": "resume an event stream behind this number",
}


def describe(endpoints: Sequence[Endpoint], public_url: str | None) -> Json:
    """The whole document."""
    structs: set[type[msgspec.Struct]] = {Problem}
    for endpoint in endpoints:
        structs |= {endpoint.query, endpoint.body, *endpoint.answers}
    _, schemas = msgspec.json.schema_components(
        sorted(structs - {Nothing}, key=lambda struct: struct.__name__),
        ref_template=_REFERENCE,
    )
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        operations = paths.setdefault(endpoint.path, {})
        operations[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Seventy",
            "version": __version__,
            "description": (
                "SMS gateway. Errors are RFC 9457 problem documents with a stable "
                "`code` and the `field`. Times are RFC 3339 in UTC. A 2xx means: it "
                "is on disk. A browser that is logged in sends the `csrf` value of its "
                "session as `X-CSRF-Token` with what changes something; a key with the "
                "scope inbox names the agent for whom it acts in `Seventy-Agent`."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url or "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


def _operation(endpoint: Endpoint, schemas: Json) -> Json:
    operation: Json = {
        "operationId": _operation_id(endpoint),
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "security": _security(endpoint),
        "parameters": _parameters(endpoint, schemas),
        "responses": {
            str(endpoint.status): _response(endpoint),
            "default": {
                "description": "a problem",
                "content": {"application/problem+json": {"schema": _ref(Problem)}},
            },
        },
    }
    if endpoint.body is not Nothing:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(endpoint.body)}},
        }
    return operation


def _security(endpoint: Endpoint) -> list[Json]:
    match endpoint.access:
        case Access.OPEN:
            return []
        case Access.LOCAL:
            return [{}, {"token": ["links:read"]}, {"session": []}]
        case Access.SESSION:
            return [{"session": []}]
        case role:
            return [{"token": [role.value]}, {"session": []}]


def _parameters(endpoint: Endpoint, schemas: Json) -> list[Json]:
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]
    if endpoint.query is not Nothing:
        query = schemas[endpoint.query.__name__]
        required = query.get("required", [])
        parameters += [
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "schema": schema,
            }
            for name, schema in query["properties"].items()
        ]
    parameters += [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": _HEADER_WORDS[name],
            "schema": {"type": "string"},
        }
        for name in endpoint.headers
    ]
    return parameters


def _response(endpoint: Endpoint) -> Json:
    if endpoint.status == 204:
        return {"description": "done"}
    schema: Json = {"type": "string"}
    if len(endpoint.answers) == 1:
        schema = _ref(endpoint.answers[0])
    elif endpoint.answers:
        schema = {"oneOf": [_ref(answer) for answer in endpoint.answers]}
    json_media = [media for media in endpoint.media if "json" in media]
    content = {
        media: {"schema": schema if media in json_media else {"type": "string"}}
        for media in endpoint.media
    }
    return {"description": endpoint.summary, "content": content}


def _ref(struct: type[msgspec.Struct]) -> Json:
    return {"$ref": _REFERENCE.format(name=struct.__name__)}


def _operation_id(endpoint: Endpoint) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", endpoint.path.removeprefix("/api/v1").lower())
    return f"{endpoint.method.lower()}_{words.strip('_')}"
