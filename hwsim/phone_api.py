"""The control API's phones: what they have, how they answer, what they send.

Relies on the network; ``phone_request`` reads what it is asked.

Spec: PRODUCT.md 8
"""

from aiohttp import web

from hwsim.network import Network
from hwsim.phone import Call, Phone, ReceivedMessage, SentMessage
from hwsim.phone_request import read_call, read_message, read_settings
from hwsim.problem import Fields, Problem
from hwsim.wire import WireError
from hwsim.wire.sms import Alphabet, UserData, text_of
from hwsim.wire.user_data import elements_of

_MOST_LISTED = 100_000


class PhoneApi:
    """Handlers over one network."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def routes(self) -> list[web.RouteDef]:
        one = "/phones/{msisdn}"
        return [
            web.get("/phones", self.list),
            web.get(one, self.show),
            web.put(one, self.configure),
            web.get(f"{one}/messages", self.messages),
            web.post(f"{one}/messages", self.send),
            web.post(f"{one}/calls", self.call),
            web.delete(f"{one}/calls", self.stop_calls),
        ]

    async def list(self, request: web.Request) -> web.Response:
        phones = [describe_phone(phone) for phone in self._network.phones.values()]
        return web.json_response({"phones": phones})

    async def show(self, request: web.Request) -> web.Response:
        return web.json_response(describe_phone(self._phone(request)))

    async def configure(self, request: web.Request) -> web.Response:
        """Fields that are absent stay as they are."""
        fields = await Fields.of_body(request)
        phone = self._phone(request)
        settings = read_settings(fields, phone.settings)
        fields.finish()
        self._network.configure_phone(phone, settings)
        return web.json_response(describe_phone(phone))

    async def messages(self, request: web.Request) -> web.Response:
        """Received and sent; ``after`` is an id, ``limit`` keeps the newest."""
        query = Fields.of_query(request)
        after = query.whole("after", 0, most=2**53)
        limit = query.whole("limit", _MOST_LISTED, most=_MOST_LISTED)
        query.finish()
        phone = self._phone(request)
        received = [item for item in phone.received if item.id > after]
        sent = [item for item in phone.sent if item.id > after]
        calls = [item for item in phone.calls if item.id > after]
        return web.json_response(
            {
                "msisdn": phone.msisdn,
                "messages": [describe_received(m) for m in received[-limit:]],
                "sent": [describe_sent(m) for m in sent[-limit:]],
                "calls": [describe_call(c) for c in calls[-limit:]],
            }
        )

    async def send(self, request: web.Request) -> web.Response:
        fields = await Fields.of_body(request)
        wanted = read_message(fields)
        fields.finish()
        phone = self._phone(request)
        try:
            sent = phone.send(wanted.to, wanted.text, wanted.options)
        except WireError as error:
            raise Problem("cannot_be_sent", str(error), field="text") from error
        return web.json_response(describe_sent(sent), status=201)

    async def call(self, request: web.Request) -> web.Response:
        fields = await Fields.of_body(request)
        wanted = read_call(fields)
        fields.finish()
        phone = self._phone(request)
        try:
            call = self._network.call(
                phone, wanted.to, duration_s=wanted.duration_s, hidden=wanted.hidden
            )
        except WireError as error:
            raise Problem("invalid_field", str(error), field="to") from error
        return web.json_response(describe_call(call), status=201)

    async def stop_calls(self, request: web.Request) -> web.Response:
        self._network.stop_calls(self._phone(request))
        return web.Response(status=204)

    def _phone(self, request: web.Request) -> Phone:
        try:
            return self._network.phone(request.match_info["msisdn"])
        except WireError as error:
            raise Problem("invalid_field", str(error), field="msisdn") from error


def describe_phone(phone: Phone) -> dict[str, object]:
    settings = phone.settings
    return {
        "msisdn": phone.msisdn,
        "reachable": settings.reachable,
        "report": settings.report,
        "delay_s": settings.delay_s,
        "status": settings.status,
        "received": len(phone.received),
        "sent": len(phone.sent),
        "duplicates": phone.duplicates,
        "version": phone.version,
    }


def describe_received(message: ReceivedMessage) -> dict[str, object]:
    first = message.segments[0]
    ports = first.user.ports
    binary = first.user.alphabet is Alphabet.OCTETS
    bodies = b"".join(user.body for user in message.by_number.values())
    return {
        "id": message.id,
        "time": first.at.isoformat(),
        "from": message.sender,
        "text": message.text,
        "alphabet": first.user.alphabet,
        "data": bodies.hex().upper() if binary else None,
        "ports": None if ports is None else list(ports),
        "total": message.total,
        "complete": not message.missing,
        "missing": message.missing,
        "duplicate": message.duplicate,
        "segments": [
            {
                "time": segment.at.isoformat(),
                "hex": segment.tpdu.hex().upper(),
                "duplicate": segment.duplicate,
                **describe_user(segment.user),
            }
            for segment in message.segments
        ],
    }


def describe_sent(message: SentMessage) -> dict[str, object]:
    return {
        "id": message.id,
        "time": message.at.isoformat(),
        "to": message.recipient,
        "text": message.text,
        "alphabet": message.segments[0].alphabet,
        "on_air": message.on_air,
        "delivered": message.delivered,
        "segments": [describe_user(user) for user in message.segments],
    }


def describe_call(call: Call) -> dict[str, object]:
    return {
        "id": call.id,
        "time": call.at.isoformat(),
        "to": call.recipient,
        "state": call.state,
    }


def describe_user(user: UserData) -> dict[str, object]:
    link = user.concatenation
    return {
        "text": text_of([user]),
        "dcs": user.dcs,
        "alphabet": user.alphabet,
        "length": user.length,
        "header": user.header.hex().upper(),
        "elements": [
            {"id": kind, "data": value.hex().upper()}
            for kind, value in elements_of(user.header)
        ],
        "reference": link.reference if link else None,
        "total": link.total if link else 1,
        "number": link.number if link else 1,
    }
