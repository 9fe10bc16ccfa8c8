"""Scenario files, read and refused."""

from pathlib import Path

import pytest

from hwsim.phone import ReportMode
from hwsim.plan import Advance, SendMessage, WantFault, WantSmscFault
from hwsim.scenario import ScenarioError, load_scenario
from hwsim.smsc_account import IdForm

_NAMES = ["generic", "huawei"]
_WHOLE = """
seed = 7
latency_s = 0.5
virtual_clock = true

[[modem]]
count = 2
personality = "huawei"
pin = "0000"
faults = [{ kind = "late_prompt", delay_s = 3 }]

[[modem]]
name = "sim-c"
msisdn = "+79160000077"

[[phone]]
msisdn = "+79991234567"
report = "permanent"

[[event]]
at_s = 10
every_s = 60
times = 5
do = "message"
from = "+79991234567"
to = "+79160000001"
text = "hello"
shuffle = true

[[event]]
do = "fault"
modem = "sim-c"
kind = "unplug"
replug_s = 5

[[event]]
do = "network_fault"
kind = "report_missing"

[[event]]
do = "call"
from = "+79991234567"
to = "+79160000001"

[[event]]
do = "phone"
msisdn = "+79991234567"
reachable = false

[[event]]
do = "plug"
modem = "sim-c"

[[account]]
system_id = "crm"
password = "pass1234"
short_codes = ["7070"]
message_id = "hex"

[[event]]
do = "smsc_fault"
kind = "throttle"
count = 3

[[event]]
do = "advance"
advance_s = 3600
every_s = 1
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_scenario_is_read(tmp_path: Path) -> None:
    scenario = load_scenario(_file(tmp_path, _WHOLE), _NAMES)
    assert (scenario.seed, scenario.latency_s, scenario.virtual_clock) == (7, 0.5, True)
    assert [modem.name for modem in scenario.modems] == ["modem1", "modem2", "sim-c"]
    assert [modem.msisdn for modem in scenario.modems] == [
        "+79160000001",
        "+79160000002",
        "+79160000077",
    ]
    assert [modem.personality for modem in scenario.modems] == [
        "huawei",
        "huawei",
        "generic",
    ]
    assert scenario.modems[0].faults[0].kind == "late_prompt"
    assert scenario.phones[0].settings.report is ReportMode.PERMANENT
    first, *_, last = scenario.events
    assert (first.at_s, first.every_s, first.times) == (10, 60, 5)
    assert isinstance(first.action, SendMessage)
    assert first.action.message.options.shuffle
    assert isinstance(scenario.events[1].action, WantFault)
    [account] = scenario.accounts
    assert (account.system_id, account.short_codes) == ("crm", ("7070",))
    assert account.message_id is IdForm.HEX
    throttle = scenario.events[-2].action
    assert isinstance(throttle, WantSmscFault)
    assert throttle.fault.count == 3
    assert last.action == Advance(advance_s=3600)
    assert last.times == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed = 'x'", "seed"),
        ("sead = 1", "sead"),
        ("[modem]", "modem"),
        ("[[modem]]\npersonality = 'x'", "modem 1: personality"),
        ("[[modem]]\ncount = 2\nname = 'x'", "modem 1: name"),
        ("[[modem]]\nfaults = [{ kind = 'x' }]", "modem 1: no fault"),
        ("[[phone]]\nmsisdn = 5", "phone 1: msisdn"),
        ("[[event]]\nat_s = 1", "event 1: do"),
        ("[[event]]\ndo = 'dance'", "event 1: do"),
        ("[[event]]\ndo = 'advance'", "event 1: advance_s"),
        ("[[event]]\ndo = 'advance'\nadvance_s = 1\ntimes = 3", "event 1: times"),
        ("[[event]]\ndo = 'phone'\nmsisdn = '900'\nx = 1", "event 1: x"),
        ("[[modem]]\n[[event]]\ndo = 'plug'\nmodem = 'x'", "event 1: modem"),
        ("[[account]]\nsystem_id = 'x'\nwindow = 0", "account 1: window"),
        ("[[event]]\ndo = 'smsc_fault'\nkind = 'x'", "event 1: no fault"),
        ("=", "scenario.toml"),
    ],
)
def test_a_wrong_scenario_says_where(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        load_scenario(_file(tmp_path, text), _NAMES)
