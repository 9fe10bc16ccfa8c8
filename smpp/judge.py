"""What an answer to a submission says of the segment: a reference, or which failure.

Relies on `status` for the tables and on the link's own; remembers how often a segment
met a refusal that each carrier means otherwise.

Spec: spec/smpp.md 28, 29
"""

from datetime import timedelta
from typing import Final

from gateway.core.clock import Clock
from gateway.core.errors import OutcomeUnknown, PermanentFailure, SubmitFailure
from gateway.core.ids import SegmentId
from gateway.core.link import Reference, Unit
from smpp import pdu as p
from smpp import status as codes
from smpp.config import BindConfig
from smpp.receipt import IdBook

RETRY_THROTTLED: Final = timedelta(seconds=5)
_MOST_REFUSED: Final = 1000


class Judge:
    """One link's."""

    def __init__(self, config: BindConfig, clock: Clock, book: IdBook) -> None:
        self._config = config
        self._clock = clock
        self._book = book
        self._refusals: dict[SegmentId, int] = {}

    def verdict(self, status: int) -> codes.Verdict:
        """What a status says of another try."""
        if not status:
            return codes.Verdict.ACCEPTED
        return codes.verdict(
            status,
            permanent=self._config.permanent_statuses,
            temporary=self._config.temporary_statuses,
        )

    def outcome(self, unit: Unit, answer: p.Pdu) -> Reference | SubmitFailure:
        """What an answer says of a segment."""
        judged = self.verdict(answer.status)
        if judged is codes.Verdict.ACCEPTED:
            return self._accepted(unit, answer)
        text = answer.find(p.Tag.ADDITIONAL_STATUS_INFO_TEXT) or b""
        said = text.rstrip(b"\0").decode("latin-1")
        failure = codes.failure(
            answer.status, judged, text=said, retry_after=RETRY_THROTTLED
        )
        if judged is codes.Verdict.VENDOR and self._is_enough(unit.segment_id):
            return PermanentFailure(failure.reason, carrier_code=failure.carrier_code)
        return failure

    def _accepted(self, unit: Unit, answer: p.Pdu) -> Reference | SubmitFailure:
        if not isinstance(answer, p.SmResp) or not answer.message_id:
            return OutcomeUnknown("accepted without a message id")
        if self._refusals:
            self._refusals.pop(unit.segment_id, None)
        return Reference(
            line=self._config.line,
            value=self._book.reference(answer.message_id, unit.destination.digits),
            accepted_at=self._clock.now(),
            spelled=answer.message_id,
        )

    def _is_enough(self, segment: SegmentId) -> bool:
        """Whether a refusal that each carrier means otherwise was met often enough."""
        tries = self._refusals.pop(segment, 0) + 1
        if tries > codes.VENDOR_RETRIES:
            return True
        self._refusals[segment] = tries
        if len(self._refusals) > _MOST_REFUSED:
            del self._refusals[next(iter(self._refusals))]
        return False
