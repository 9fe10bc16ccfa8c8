"""What a bound application asks for, brought to the desk, and the answer it gets.

Relies on `server_submission` for what a PDU says and on `server_status` for what a
refusal is called. Each reason to refuse is logged once for each connection.

Spec: SMPP 3.4 4.4 to 4.10, 5.1.3, 5.3.2.11; spec/smpp.md 57, 62 to 64
"""

import logging
from typing import Final

from gateway.core.application import SpokenAddress, Submission
from gateway.core.errors import GatewayError, RequestRefused, StoreError
from smpp import pdu as p
from smpp import status as codes
from smpp.moment import absolute
from smpp.server_notice import error_number, message_state
from smpp.server_parts import ServerParts
from smpp.server_roll import Client
from smpp.server_session import FIRST_WITH_TLVS, ServerSession
from smpp.server_status import Fault, Unacceptable, status_of, status_of_code
from smpp.server_submission import (
    Reading,
    Request,
    read_replacement,
    read_submission,
    spoken_destination,
    spoken_source,
)

_log = logging.getLogger(__name__)

Operation = Request | p.QuerySm | p.CancelSm | p.ReplaceSm

_FIFTH: Final = 0x50
_LONGEST_TEXT: Final = 255
# An answer with parameters needs its first field, though it be empty.
_WITH_ID: Final = p.SmResp | p.SubmitMultiResp | p.QuerySmResp


class Requests:
    """Those of one connection."""

    def __init__(self, parts: ServerParts, client: Client, version: int) -> None:
        self._parts = parts
        self._client = client
        self._version = version
        self._reading = Reading(
            region=parts.region,
            alphabet=parts.config.default_alphabet,
            max_text_octets=parts.config.max_text_octets,
            version=version,
        )
        self._logged: set[tuple[Fault, str]] = set()

    async def serve(self, pdu: Operation) -> p.Pdu:
        """The answer: good after commit, or with the status of what stood against."""
        try:
            answer = await self._ask(pdu)
        except (Unacceptable, RequestRefused, StoreError) as error:
            return self.refusal(pdu, error)
        self._count(answer)
        return answer

    def refusal(self, pdu: Operation, error: GatewayError) -> p.Pdu:
        """The answer to what was not done."""
        by_id = not isinstance(pdu, p.CancelSm) or bool(pdu.message_id)
        status = status_of(error, pdu.command, by_id=by_id)
        self._log(pdu, status, error)
        kind = ServerSession.responses[pdu.command]
        tlvs = self._explanation(pdu, error)
        if tlvs and issubclass(kind, _WITH_ID):
            answer = kind(status=status, message_id="", tlvs=tlvs)
        else:
            answer = kind(status=status, tlvs=tlvs)
        self._count(answer)
        return answer

    async def _ask(self, pdu: Operation) -> p.Pdu:
        match pdu:
            case p.SubmitSm():
                return p.SubmitSmResp(message_id=await self._submit(pdu))
            case p.DataSm():
                return p.DataSmResp(message_id=await self._submit(pdu))
            case p.SubmitMulti():
                return await self._submit_multi(pdu)
            case p.QuerySm():
                return await self._query(pdu)
            case p.CancelSm():
                return await self._cancel(pdu)
            case p.ReplaceSm():
                return await self._replace(pdu)

    async def _submit(self, pdu: p.SubmitSm | p.DataSm) -> str:
        submission, _ = self._read(pdu)
        taken = await self._parts.desk.submit(self._client.account, submission)
        return taken.message_id

    async def _submit_multi(self, pdu: p.SubmitMulti) -> p.Pdu:
        submission, refused = self._read(pdu)
        if not submission.recipients:
            return p.SubmitMultiResp(
                status=Fault.SUBMIT_FAILED, message_id="", unsuccessful=refused
            )
        taken = await self._parts.desk.submit(self._client.account, submission)
        also_refused = tuple(
            p.Unsuccessful(
                ton=refusal.destination.ton,
                npi=refusal.destination.npi,
                text=refusal.destination.text,
                error=status_of_code(refusal.code, refusal.field),
            )
            for refusal in taken.refused
        )
        return p.SubmitMultiResp(
            message_id=taken.message_id, unsuccessful=(*refused, *also_refused)
        )

    def _read(self, pdu: Request) -> tuple[Submission, tuple[p.Unsuccessful, ...]]:
        return read_submission(pdu, self._reading, self._parts.clock.now())

    async def _query(self, pdu: p.QuerySm) -> p.Pdu:
        standing = await self._parts.desk.query(
            self._client.account, pdu.message_id, spoken_source(pdu)
        )
        state = message_state(
            standing.state,
            is_final=False,
            is_scheduled_known=self._version >= _FIFTH,
        )
        final_at = standing.final_at
        return p.QuerySmResp(
            message_id=pdu.message_id,
            final_date="" if final_at is None else absolute(final_at),
            message_state=state,
            error_code=error_number(standing.carrier_code) & 0xFF,
        )

    async def _cancel(self, pdu: p.CancelSm) -> p.Pdu:
        destination: SpokenAddress | None = spoken_destination(pdu)
        if not pdu.message_id and destination is None:
            raise Unacceptable(Fault.DESTINATION, "neither message_id nor addresses")
        await self._parts.desk.cancel(
            self._client.account,
            message_id=pdu.message_id or None,
            source=spoken_source(pdu),
            destination=destination,
            service_type=pdu.service_type,
        )
        return p.CancelSmResp()

    async def _replace(self, pdu: p.ReplaceSm) -> p.Pdu:
        if not pdu.message_id:
            raise Unacceptable(Fault.MESSAGE_ID, "message_id is empty")
        now = self._parts.clock.now()
        submission = read_replacement(pdu, self._reading, now)
        await self._parts.desk.replace(self._client.account, pdu.message_id, submission)
        return p.ReplaceSmResp()

    def _explanation(self, pdu: Operation, error: GatewayError) -> tuple[p.Tlv, ...]:
        """Plain words, to who can read them.

        SMPP 3.4 knows them in data_sm_resp only, and some of its peers fall over a
        parameter in another answer.
        """
        first = FIRST_WITH_TLVS if isinstance(pdu, p.DataSm) else _FIFTH
        if self._version < first:
            return ()
        text = str(error).encode("ascii", "replace")[:_LONGEST_TEXT] + b"\0"
        return (p.Tlv(tag=p.Tag.ADDITIONAL_STATUS_INFO_TEXT, value=text),)

    def _log(self, pdu: Operation, status: Fault, error: GatewayError) -> None:
        """By code: the words may have a number in them."""
        reason, code = str(error), ""
        if isinstance(error, RequestRefused):
            reason, code = f"{error.code} ({error.field})", error.code
        # Not by the words: there are too many of those to remember.
        level = logging.DEBUG if (status, code) in self._logged else logging.WARNING
        self._logged.add((status, code))
        _log.log(
            level,
            "smpp server: %s: %s refused with %s: %s",
            *(self._client.account.system_id, pdu.command.name.lower()),
            *(codes.name(status), reason),
        )

    def _count(self, answer: p.Pdu) -> None:
        system_id = self._client.account.system_id
        self._parts.observer.answered(system_id, codes.name(answer.status))
