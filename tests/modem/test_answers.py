"""The parsers on the forms that modems were seen to use."""

import pytest

from modem import answers
from modem.answers import Registration, SimState, Space


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("+CREG: 0,1", Registration.HOME),
        ("+CREG: 1", Registration.HOME),
        ("+CREG:0,5", Registration.ROAMING),
        ('+CREG: 2,1,"5E25","605F"', Registration.HOME),
        ('+CREG: 2,1,"5E25","0B88E350",7', Registration.HOME),
        ("+CREG: 2,5,4CA,81DE445", Registration.ROAMING),
        ('+CREG: 2,1,"",""', Registration.HOME),
        ('+CREG: 2,1,"0B,"0100701",7', Registration.HOME),
        ('+CREG: 2,1,"5E25', Registration.HOME),
        ("+CREG: 1,0001,0010,0", Registration.HOME),
        ('+CREG: 1,"CE00","00005449"', Registration.HOME),
        ("+CREG: 2,,", Registration.SEARCHING),
        ('+CREG:002,001,"18d8","ffff"', Registration.HOME),
        ('+CREG: 001,"0001","0010",000', Registration.HOME),
        ("+CREG: 2,1,000B,2816, B, C2816", Registration.HOME),
        ("+CREG: 2,1,  0 5, 2715", Registration.HOME),
        ('+CREG: 2, 6, "8B37","0A265185",7', Registration.HOME),
        ("+CREG: 2,7", Registration.ROAMING),
        ("+CREG: 0,0", Registration.NOT_SEARCHING),
        ("+CREG: 2,0,00,0", Registration.NOT_SEARCHING),
        ("+CREG: 0,2", Registration.SEARCHING),
        ("+CREG: 3", Registration.DENIED),
        ("+CREG: 0,4", Registration.UNKNOWN),
        ("+CREG: 0,11", Registration.EMERGENCY),
    ],
)
def test_a_registration_is_told_in_any_form(line: str, status: Registration) -> None:
    assert answers.registration([line], "+CREG") is status


def test_a_registration_is_not_made_up() -> None:
    assert answers.registration(["+CREG:"], "+CREG") is None
    assert answers.registration([], "+CREG") is None


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("+CNMI: (2),(0-1,3),(0,2),(0-1),(0)", [{2}, {0, 1, 3}, {0, 2}, {0, 1}, {0}]),
        (
            "+CNMI:(0-3),(0-3),(0-3),(0,1),(0,1)",
            [{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1}, {0, 1}],
        ),
        ("+CNMI: (0,1,2),(0,1),(0,2),(0),(1)", [{0, 1, 2}, {0, 1}, {0, 2}, {0}, {1}]),
        ("+CNMI: 2,1,0,(0-1),0", [{2}, {1}, {0}, {0, 1}, {0}]),
        ("+CNMI: ()", [set()]),
    ],
)
def test_what_cnmi_offers(line: str, allowed: list[set[int]]) -> None:
    assert [set(one) for one in answers.notification_choices([line])] == allowed


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")', ("SM", "ME")),
        ('+CPMS: (("SM","BM","SR"),("SM"))', ("SM", "BM", "SR")),
        ('+CPMS: ("SM", "ME", "SM_P", "MT"), ("SM")', ("SM", "ME", "SM_P", "MT")),
        ('+CPMS: ("ME","MT"),"ME",("SM")', ("ME", "MT")),
        ('+CPMS: "ME","MT","SM"', ("ME",)),
        ("+CPMS: (),(),()", ()),
        ("+CPMS: (),,(  )", ()),
        ("+CPMS: ", ()),
        ('+CPMS: ("SM","ME"', ("SM", "ME")),
    ],
)
def test_which_storages_can_be_read(line: str, names: tuple[str, ...]) -> None:
    assert answers.readable_storages([line]) == names


def test_how_full_storages_are() -> None:
    line = '+CPMS: "ME",1,100,"MT",5,100'
    assert answers.storage_spaces([line]) == (
        Space(storage="ME", used=1, total=100),
        Space(storage="MT", used=5, total=100),
    )
    assert answers.storage_spaces(["+CPMS: 3,20,3,20,3,20"])[0].total == 20


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("+CPIN: READY", SimState.READY),
        ("+CPIN:READY", SimState.READY),
        ('+CPIN: "READY"', SimState.READY),
        ("+CPIN READY", SimState.READY),
        ("+CPIN: SIM PIN", SimState.PIN),
        ("+CPIN: SIM PUK", SimState.PUK),
        ("+CPIN: SIM PUK2", SimState.PUK),
        ("+CPIN: SIM PIN2", SimState.OTHER),
        ("+CPIN: PH-SIM PIN", SimState.OTHER),
        ("+CSQ: 3,99", None),
    ],
)
def test_what_the_sim_waits_for(line: str, state: SimState | None) -> None:
    assert answers.sim_state([line]) is state


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        (["+CMGR: 1,,28", "0791AB"], (None, 1, 28, "0791AB")),
        (['+CMGR: 0,"",28', "0791ab"], (None, 0, 28, "0791AB")),
        (["+CMGR: 28", "0791AB"], (None, None, 28, "0791AB")),
        (['+CMGR: 1,"Doe, J",28', "0791AB"], (None, 1, 28, "0791AB")),
        (["+CMGR: 3,,29", "0791AB,0"], (None, 3, 29, "0791AB")),
        (["+CMGL: 0,1,,28", "0791AB"], (0, 1, 28, "0791AB")),
        (['+CMGL:12,0,"",28', '"0791AB"'], (12, 0, 28, "0791AB")),
    ],
)
def test_a_slot_is_read_in_any_form(
    lines: list[str], held: tuple[int | None, int | None, int, str]
) -> None:
    (slot,) = answers.stored(lines)
    assert (slot.index, slot.status, slot.length_octets, slot.text) == held


def test_a_listing_may_lack_its_line_ends() -> None:
    slots = answers.stored(["+CMGL: 1,1,,28", '0791AB+CMGL: 4,0,"",28', "0791CD"])
    assert [(slot.index, slot.text) for slot in slots] == [(1, "0791AB"), (4, "0791CD")]


def test_an_empty_slot_is_none() -> None:
    assert answers.stored([]) == ()
    assert answers.stored(["+CMGR: 0,,0"]) == ()


@pytest.mark.parametrize(
    ("head", "storage", "index"),
    [
        ('"SM",3', "SM", 3),
        ('"ME", 12', "ME", 12),
        ('"SM",3,"MMS PUSH"', "SM", 3),
        (",-1", None, None),
        ('"SM",0', "SM", 0),
        ("", None, None),
    ],
)
def test_where_a_notice_points(
    head: str, storage: str | None, index: int | None
) -> None:
    slot = answers.slot(head)
    assert (slot.storage, slot.index) == (storage, index)


@pytest.mark.parametrize(
    ("line", "reference"),
    [
        ("+CMGS: 0", 0),
        ("+CMGS:255", 255),
        ('+CMGS: 9,"26/11/22,07:00:00+12"', 9),
        ("+CMGS: 300", None),
        ("+CMGS: x", None),
    ],
)
def test_a_reference_is_read(line: str, reference: int | None) -> None:
    assert answers.sent_reference([line]) == reference


def test_identities_are_found_in_what_surrounds_them() -> None:
    assert answers.imei(['+CGSN: "861234567890123"']) == "861234567890123"
    assert answers.imei(["356936001568843,NL2A62Z0N5"]) == "356936001568843"
    assert answers.imei(["0x80B886F3"]) is None
    assert answers.imsi(["+CIMI: 250010000000017"]) == "250010000000017"
    assert answers.iccid(['+CCID: "8970199000000000017F"']) == "8970199000000000017"
    assert answers.iccid(["98079109000000000071"]) == "89701990000000000017"


def test_a_caller_has_the_plus_its_type_says() -> None:
    assert answers.caller('"79161234567",145,"",0,"",0') == "+79161234567"
    assert answers.caller('"89161234567",129') == "89161234567"
    assert answers.caller('"",128,,,,1') is None
    assert answers.caller("") is None


def test_signal_is_dbm_or_not_known() -> None:
    assert answers.signal_dbm(["+CSQ: 31,99"]) == -51
    assert answers.signal_dbm(["+CSQ: 99,99"]) is None
    assert answers.signal_dbm(["+CSQ:0"]) == -113
    assert answers.signal_dbm([]) is None


def test_ussd_is_read_with_and_without_coding() -> None:
    told = answers.ussd('1,"a "quoted" word",15')
    assert told is not None
    assert (told.mode, told.text, told.coding) == (1, 'a "quoted" word', 15)
    told = answers.ussd("2")
    assert told is not None
    assert (told.mode, told.text, told.coding) == (2, "", None)
    assert answers.ussd("what") is None
