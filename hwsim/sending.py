"""How a phone puts a text on the air: alphabet, reference, order, what goes missing.

Relies on the wire codec. Everything is explicit, so that a test says exactly which
segments leave, in which order; nothing here is by chance but the shuffle, which is
drawn from the caller's source.

Spec: modem.md 10.13 g
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from hwsim.wire import WireError
from hwsim.wire.sms import Alphabet, UserData, segment_octets, segment_text

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """Numbers of segments count from 1; ``order`` may name one twice or leave one out.

    ``locking`` and ``single`` are national languages of 23.038; ``data`` goes in place
    of the text, to ``ports`` (destination, source) when given.
    """

    shuffle: bool = False
    order: tuple[int, ...] = ()
    duplicate: tuple[int, ...] = ()
    drop: tuple[int, ...] = ()
    reference: int | None = None
    wide_reference: bool = False
    alphabet: Alphabet | None = None
    locking: int = 0
    single: int = 0
    message_class: int | None = None
    protocol_id: int = 0
    data: bytes | None = None
    ports: tuple[int, int] | None = None
    delay_s: float = 0.0


def build_segments(text: str, options: SendOptions, reference: int) -> list[UserData]:
    """The message as it should arrive; WireError when it cannot be sent so."""
    if options.data is not None:
        return segment_octets(
            options.data,
            reference=reference,
            wide=options.wide_reference,
            ports=options.ports,
        )
    try:
        return segment_text(
            text,
            reference=reference,
            wide=options.wide_reference,
            alphabet=options.alphabet,
            locking=options.locking,
            single=options.single,
            message_class=options.message_class,
        )
    except UnicodeEncodeError as error:
        raise WireError(f"half a surrogate pair at character {error.start}") from None


def arrange(
    segments: Sequence[UserData], options: SendOptions, chance: random.Random
) -> list[UserData]:
    """The segments that leave, in their order.

    ``order`` as given, else all in order, shuffled if asked; a duplicate follows at
    the end.
    """
    numbers = list(options.order or range(1, len(segments) + 1))
    named = {*numbers, *options.duplicate, *options.drop}
    strangers = sorted(named - set(range(1, len(segments) + 1)))
    if strangers:
        raise WireError(f"no segment {strangers[0]}, there are {len(segments)}")
    if options.shuffle and not options.order:
        numbers = shuffled(numbers, chance)
    numbers = [number for number in numbers if number not in options.drop]
    numbers += options.duplicate
    return [segments[number - 1] for number in numbers]


def shuffled(items: Sequence[Item], chance: random.Random) -> list[Item]:
    """Another order than the given one, when there is one."""
    mixed = list(items)
    while mixed == list(items) and any(item != items[0] for item in items):
        chance.shuffle(mixed)
    return mixed
