"""Segments to submit and a link's configuration, made in one line."""

from typing import Any

from gateway.codec.address import Address
from gateway.codec.segment import cut_text
from gateway.codec.user_data import UserData
from gateway.core.ids import AttemptId, MessageId, SegmentId
from gateway.core.link import SmsUnit
from smpp.config import BindConfig


def config(**changes: Any) -> BindConfig:
    return BindConfig(
        **{
            "name": "carrier",
            "host": "127.0.0.1",
            "system_id": "seventy",
            "password": "secret",
        }
        | changes
    )


def segments_of(text: str, *, wide: bool = False) -> tuple[UserData, ...]:
    return cut_text(text, reference=7, wide=wide)


def unit(
    body: UserData | str = "hello", *, to: str = "+79161234567", **more: Any
) -> SmsUnit:
    if isinstance(body, str):
        [body] = segments_of(body)
    number = more.pop("number", 1)
    return SmsUnit(
        message_id=MessageId(f"msg_{number}"),
        segment_id=SegmentId(f"seg_{number}"),
        attempt_id=AttemptId(f"att_{number}"),
        destination=Address.parse(to),
        body=body,
        **more,
    )
