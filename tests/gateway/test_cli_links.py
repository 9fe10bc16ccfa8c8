"""`seventy links`: what a person sees of each way to a carrier."""

import pytest

from gateway.cli.links import LONGEST_LINE, say_link, say_links

Captured = pytest.CaptureFixture[str]

MODEM: dict[str, object] = {
    "id": "sim1",
    "kind": "modem",
    "state": "up",
    "reason": None,
    "detail": None,
    "operator": "Virtual Operator of the North",
    "smsc": "+79160000000",
    "window": 1,
    "in_flight": 0,
    "rate_per_s": None,
    "last_error": None,
    "dispatch": {"queue": 4, "sent_last_minute": 9, "in_doubt": 0, "rate_per_s": 0.2},
}
CARRIER = MODEM | {
    "id": "carrier",
    "kind": "smpp",
    "operator": None,
    "smsc": "SMSC",
    "window": 40,
    "in_flight": 12,
    "rate_per_s": 97.03,
    "last_error": "0x00000058 ESME_RTHROTTLED: " + "too fast, " * 20,
    "dispatch": {"queue": 5120, "sent_last_minute": 5810, "in_doubt": 3},
}


def test_a_link_has_a_line_that_fits(capsys: Captured) -> None:
    say_links([MODEM, CARRIER])
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["LINK", "KIND", "STATE"]
    assert head.endswith("LAST ERROR")
    assert all(len(line) <= LONGEST_LINE for line in [head, *lines])
    assert lines[0].split() == [
        *("sim1", "modem", "up", "Virtual", "Opera…"),
        *("0/1", "0.2", "4", "9", "0", "-"),
    ]
    assert lines[1].split()[:9] == [
        *("carrier", "smpp", "up", "SMSC", "12/40", "97.03", "5120", "5810", "3")
    ]
    assert "0x00000058" in lines[1]
    assert lines[1].endswith("…")


def test_who_is_not_well_says_why_below(capsys: Captured) -> None:
    degraded = CARRIER | {"reason": "degraded", "detail": "11 of 20 were refused"}
    down = MODEM | {"state": "down", "reason": "port_missing", "detail": None}
    say_links([degraded, down])
    _, first, second, *below = capsys.readouterr().out.splitlines()
    assert first.split()[2] == "degraded"
    assert second.split()[2] == "down"
    assert below == [
        "carrier: degraded: 11 of 20 were refused",
        "sim1: port_missing",
    ]


def test_a_link_that_tells_little_has_dashes(capsys: Captured) -> None:
    say_links([{"id": "sim2", "kind": "modem", "state": "starting"}])
    _, line = capsys.readouterr().out.splitlines()
    assert line.split() == ["sim2", "modem", "starting", *["-"] * 7]


def test_one_link_is_shown_whole_with_its_lane(capsys: Captured) -> None:
    say_link(CARRIER)
    shown = capsys.readouterr().out
    assert "last_error" in shown
    assert "too fast, too fast" in shown
    assert shown.index("lane") < shown.index("sent_last_minute")
