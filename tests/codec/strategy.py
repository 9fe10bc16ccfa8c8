"""What hypothesis draws for this room: texts of every alphabet, headers, TPDUs."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from gateway.codec.address import Address, NumberingPlan, TypeOfNumber
from gateway.codec.dcs import Alphabet, decode_dcs, encode_dcs
from gateway.codec.gsm7 import Language, locking_places, single_places
from gateway.codec.timestamp import ServiceTime, service_time
from gateway.codec.tpdu import Deliver
from gateway.codec.udh import Element
from gateway.codec.user_data import UserData

_PLAIN = "".join(locking_places(Language.DEFAULT))
_ESCAPED = "".join(single_places(Language.DEFAULT))


def _characters_of(language: Language) -> str:
    return "".join({**locking_places(language), **single_places(language)})


languages = st.sampled_from(list(Language))
language_sets = st.frozensets(languages, max_size=4)

plain_texts = st.text(_PLAIN, max_size=500)
escaped_texts = st.text(_PLAIN + _ESCAPED * 12, max_size=400)
national_texts = languages.flatmap(
    lambda language: st.text(_characters_of(language), max_size=400)
)
two_language_texts = st.tuples(languages, languages).flatmap(
    lambda pair: st.text("".join(map(_characters_of, pair)), max_size=400)
)
ucs2_texts = st.text(
    st.sampled_from("жЩїґ€漢\u0301 a") | st.sampled_from("😀🇺🇦👩‍🚀𐍈"), max_size=300
)
any_texts = st.text(max_size=200)
texts = st.one_of(
    plain_texts,
    escaped_texts,
    national_texts,
    two_language_texts,
    ucs2_texts,
    any_texts,
)

octet = st.integers(0, 255)
headers = st.lists(
    st.builds(Element, id=octet, data=st.binary(max_size=12)), max_size=4
).map(tuple)

digits = st.text("0123456789*#abc", min_size=1, max_size=20)
numbers = st.builds(
    Address,
    digits=digits,
    ton=st.sampled_from([t for t in TypeOfNumber if t is not t.ALPHANUMERIC]),
    npi=st.sampled_from(NumberingPlan),
)
# A name of eight characters that ends in "@" cannot be told from one of seven.
names = st.builds(
    Address,
    digits=st.text(_PLAIN, min_size=1, max_size=11).filter(lambda n: n[-1] != "@"),
    ton=st.just(TypeOfNumber.ALPHANUMERIC),
    npi=st.just(NumberingPlan.UNKNOWN),
)
addresses = numbers | names

service_times: st.SearchStrategy[ServiceTime] = st.builds(
    service_time,
    st.datetimes(
        datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis wants the bounds naive
        datetime(2067, 12, 30),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    st.integers(-79, 79),
)


@st.composite
def user_data(draw: st.DrawFn) -> UserData:
    """User data of any alphabet with any header, full segments included."""
    alphabet = draw(st.sampled_from(Alphabet))
    header = draw(headers)
    free_octets = 140 - sum(2 + len(e.data) for e in header) - bool(header)
    if alphabet is Alphabet.GSM7:
        size = free_octets * 8 // 7
        units = draw(st.binary(max_size=size)).translate(bytes(range(128)) * 2)
    else:
        units = draw(st.binary(max_size=free_octets))
    return UserData(alphabet=alphabet, header=header, units=units)


@st.composite
def delivers(draw: st.DrawFn) -> Deliver:
    body = draw(user_data())
    message_class = draw(st.none() | st.integers(0, 3))
    return Deliver(
        originator=draw(addresses),
        user_data=body,
        coding=decode_dcs(encode_dcs(body.alphabet, message_class=message_class)),
        protocol_id=draw(octet),
        service_time=draw(service_times),
        more_to_send=draw(st.booleans()),
        status_report_indication=draw(st.booleans()),
        reply_path=draw(st.booleans()),
    )
