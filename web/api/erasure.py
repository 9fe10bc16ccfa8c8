"""`/contacts/{id}/export` and `/erase`: an administrator's word over a person's data.

Relies on the engine's erasure, which counts before it deletes.
"""

from dataclasses import asdict

from aiohttp import web

from gateway.core.account import Role
from gateway.core.errors import Invalid
from gateway.core.ids import ContactId
from gateway.engine.erasure import Erasure
from web.contact import EraseContact, ErasureShape, ExportShape
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import Nothing

_ONE = "/api/v1/contacts/{contact_id}"


class ErasureDesk:
    """The resource."""

    def __init__(self, erasure: Erasure) -> None:
        self._erasure = erasure

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                _ONE + "/export",
                self.export,
                access=Role.ADMIN,
                summary="Everything that is known of a contact, as a file",
                answer=ExportShape,
            ),
            endpoint(
                "POST",
                _ONE + "/erase",
                self.erase,
                access=Role.ADMIN,
                summary="Delete all that is known of a contact, or count it first",
                body=EraseContact,
                answer=ErasureShape,
            ),
        ]

    async def export(self, call: Call[Nothing, Nothing]) -> web.Response:
        """A file to keep."""
        contact_id = ContactId(call.part("contact_id"))
        whole = await self._erasure.export(call.actor, contact_id)
        name = f'attachment; filename="{_plain(contact_id)}.json"'
        return reply(whole, headers={"Content-Disposition": name})

    async def erase(self, call: Call[Nothing, EraseContact]) -> web.Response:
        """How much it was, or would be."""
        contact_id = ContactId(call.part("contact_id"))
        if call.body.dry_run:
            counts = await self._erasure.count(contact_id)
        elif call.body.confirm is None:
            raise Invalid("required", "type the contact's number", field="confirm")
        else:
            counts = await self._erasure.erase(
                call.actor, contact_id, call.body.confirm
            )
        return reply(ErasureShape(**asdict(counts), erased=not call.body.dry_run))


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum() or letter == "_")
