"""The error tree, and the outcomes of one submission attempt.

    GatewayError
      ConfigError(path, reason)
      SubmitFailure(reason, carrier_code)
        TemporaryFailure(scope, retry_after)   scope: message, destination, link
        PermanentFailure(scope)
        OutcomeUnknown                         it may have been sent
      LinkLost                                 the supervisor's business
      StoreError
        StoreBusy                              say "later" to the caller
        StoreConflict                          the caller's premise is stale
        StoreFull                              no space: refuse, keep receiving
        StoreBroken                            stop
      RequestRefused(code, field)
        Unauthorized, NotFound, Forbidden, Invalid, Conflict, TooMany, Unavailable

`DecodeError` lives in `gateway.codec`: a peer's octets are wrong.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class GatewayError(Exception):
    """Anything this product raises on purpose."""


class ConfigError(GatewayError):
    """One problem in the configuration, at a key path such as `modem[0].port`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Scope(StrEnum):
    """What a failure is about: it decides what waits and whose attempt it costs."""

    MESSAGE = "message"
    DESTINATION = "destination"
    LINK = "link"


class SubmitFailure(GatewayError):
    """A link did not get a segment accepted; `carrier_code` is the carrier's own."""

    def __init__(self, reason: str, *, carrier_code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.carrier_code = carrier_code


class TemporaryFailure(SubmitFailure):
    """Proven not sent; another try later may succeed.

    Scope LINK costs the message no attempt; DESTINATION delays that address only.
    """

    def __init__(
        self,
        reason: str,
        *,
        scope: Scope,
        retry_after: timedelta | None = None,
        carrier_code: str | None = None,
    ) -> None:
        super().__init__(reason, carrier_code=carrier_code)
        self.scope = scope
        self.retry_after = retry_after


class PermanentFailure(SubmitFailure):
    """Proven not sent, and another try would end the same."""


class OutcomeUnknown(SubmitFailure):
    """The octets may have left and no answer came: it may have been sent."""


class LinkLost(GatewayError):
    """The link's connection is gone; its supervisor starts it anew."""


class StoreError(GatewayError):
    """The store could not do what was asked."""


class StoreBusy(StoreError):
    """The write queue is full or the file is locked: later."""


class StoreConflict(StoreError):
    """The caller's premise is stale (a unique key exists, a state has moved)."""


class StoreFull(StoreError):
    """The disk is full: nothing was written."""


class StoreBroken(StoreError):
    """The file cannot be trusted any more: the process has to end."""


class RequestRefused(GatewayError):
    """A caller's request is refused: a stable code, plain words, the field.

    `more` is what else the caller is told, JSON values by name.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field
        self.more = more or {}


class Unauthorized(RequestRefused):
    """Nobody we know is asking."""


class NotFound(RequestRefused):
    """No such thing, or not for this caller."""


class Forbidden(RequestRefused):
    """The caller may not do this."""


class Invalid(RequestRefused):
    """A field has a value that cannot be."""


class Conflict(RequestRefused):
    """Too late, or already otherwise."""


class TooMany(RequestRefused):
    """Over a limit; `retry_after` says when to come again."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        retry_after: timedelta = timedelta(seconds=1),
    ) -> None:
        super().__init__(code, detail, field=field)
        self.retry_after = retry_after


class Unavailable(RequestRefused):
    """The box cannot take this now (write queue full, no space)."""
