"""The configuration: every key judged, every problem with its key and its line."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config import Config, ConfigProblems, Problem, find, load, read
from gateway.config.document import NotToml, parse, spell
from gateway.config.reader import Secrets
from gateway.config.section import (
    ClassSection,
    GatewaySection,
    PolicySection,
    RetentionSection,
    RouteSection,
)
from gateway.core.message import MessageClass, OnUnknown
from gateway.core.policy import Order
from gateway.store.config import StoreConfig
from modem.config import ModemConfig
from smpp.config import BindConfig
from web.config import HttpConfig

LEAST = '[gateway]\ndata_dir = "/var/lib/seventy"\n'
MODEM = '[[modem]]\nname = "sim1"\nport = "/dev/ttyUSB0"\n'


def settled(
    text: str, environment: dict[str, str] | None = None, beside: Path = Path("/etc")
) -> Config:
    secrets = Secrets(environment=environment or {}, directories=(beside,))
    return read(text, name="test.toml", secrets=secrets)


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigProblems) as raised:
        settled(text)
    return list(raised.value.problems)


def test_a_data_directory_is_all_that_must_be_given() -> None:
    config = settled(LEAST)
    assert config.store.path == Path("/var/lib/seventy/seventy.db")
    assert config.http.address == ("127.0.0.1", 8070)
    assert config.modems == ()


def test_all_problems_come_at_once_with_key_and_line() -> None:
    text = (
        "[gateway]\n"  # 1
        'data_dir = ""\n'  # 2
        'regoin = "RU"\n'  # 3
        "[http]\n"  # 4
        'listen = "here"\n'  # 5
        "[[modem]]\n"  # 6
        'name = "a"\n'  # 7
        "port = 5\n"  # 8
        "[[modem]]\n"  # 9
        'name = "b"\n'  # 10
        'port = "/dev/ttyUSB0"\n'  # 11
        'msisdn = "8916"\n'  # 12
        'smsc = "no"\n'  # 13
        "[class.otp]\n"  # 14
        'on_unknown = "later"\n'  # 15
        "[smsc]\n"  # 16
    )
    assert [(found.path, found.line) for found in problems(text)] == [
        ("gateway.data_dir", 2),
        ("gateway.regoin", 3),
        ("http.listen", 5),
        ("modem[0].port", 8),
        ("modem[1].msisdn", 12),
        ("modem[1].smsc", 13),
        ("class.otp.on_unknown", 15),
        ("smsc", 16),
    ]


def test_a_misspelt_key_is_told_the_right_one() -> None:
    (found,) = problems(LEAST + 'regoin = "RU"\n')
    assert found.reason.endswith("did you mean region?")


KEYS = [
    *(("gateway", GatewaySection, field.name) for field in fields(GatewaySection)),
    *(("policy", PolicySection, field.name) for field in fields(PolicySection)),
    *(("retention", RetentionSection, f.name) for f in fields(RetentionSection)),
    *(("class.bulk", ClassSection, field.name) for field in fields(ClassSection)),
    *(("store", StoreConfig, f.name) for f in fields(StoreConfig) if f.name != "path"),
    *(
        ("http", HttpConfig, name)
        for name in sorted(
            {f.name for f in fields(HttpConfig)} - {"public_url", "limits"}
        )
    ),
    *(("[modem]", ModemConfig, field.name) for field in fields(ModemConfig)),
    *(("[smpp]", BindConfig, field.name) for field in fields(BindConfig)),
    *(
        ("[route]", RouteSection, field.name.removesuffix("_"))
        for field in fields(RouteSection)
    ),
]
WRONG = {
    "a wrong type": "[[{}]]",
    "an empty value": '""',
    "an over-long value": f'"{"x" * 2000}"',
    "a control character": '"a\\u0007b"',
    "a date": "2026-01-01",
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("section", "owner", "key"), KEYS)
def test_each_key_names_itself_when_its_value_cannot_be(
    section: str, owner: type, key: str, wrong: str
) -> None:
    base = {
        "gateway": "",
        "[modem]": LEAST,
        "[smpp]": LEAST,
        "[route]": LEAST + MODEM,
    }.get(section, LEAST)
    found = problems(f"{base}[{section}]\n{key} = {WRONG[wrong]}\n")
    path = section.strip("[]") + ("[0]" if section.startswith("[") else "")
    assert f"{path}.{key}" in {f.path.removesuffix("[0]") for f in found}
    assert all(f.reason for f in found)


@pytest.mark.parametrize("section", ["gateway", "http", "store", "policy", "class"])
def test_an_unknown_key_of_any_section_is_a_problem(section: str) -> None:
    text = LEAST + ("" if section == "gateway" else f"[{section}]\n") + "nothing = 1\n"
    assert [found.path for found in problems(text)] == [f"{section}.nothing"]


def test_what_is_not_toml_is_said_with_its_line() -> None:
    (found,) = problems("[gateway]\ndata_dir = /var\n")
    assert (found.path, found.line) == ("file", 2)


def test_two_modems_of_one_name_are_a_problem() -> None:
    (found,) = problems(LEAST + MODEM + MODEM)
    assert (found.path, found.line) == ("modem[1].name", 7)


def test_a_route_to_no_link_is_a_problem() -> None:
    (found,) = problems(LEAST + MODEM + '[[route]]\nlinks = ["sim1", "sim2"]\n')
    assert "'sim2'" in found.reason


def test_a_route_takes_one_prefix_or_many() -> None:
    one = settled(LEAST + MODEM + '[[route]]\nlinks = ["sim1"]\nprefix = "+7916"\n')
    many = settled(
        LEAST + MODEM + '[[route]]\nlinks = ["sim1"]\nprefix = ["+7916", "8"]\n'
    )
    assert one.policy.routes[0].prefixes == ("+7916",)
    assert many.policy.routes[0].prefixes == ("+7916", "8")


def test_a_route_may_ask_for_sender_queue_and_class() -> None:
    config = settled(
        LEAST + MODEM + '[[route]]\nlinks = ["sim1"]\nsender = ["BANK", "+7495*"]\n'
        'queue = "support"\nclass = ["otp", "alert"]\n'
        '[[route]]\nlinks = ["sim1"]\nclass = "bulk"\norder = "cheapest"\n'
    )
    first, second = config.policy.routes
    assert first.senders == ("BANK", "+7495*")
    assert first.queues == ("support",)
    assert first.classes == (MessageClass.OTP, MessageClass.ALERT)
    assert first.order is Order.GIVEN
    assert second.classes == (MessageClass.BULK,)
    assert (second.senders, second.queues, second.order) == ((), (), Order.CHEAPEST)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("sender", '["B*NK"]', "its beginning and *"),
        ("sender", '["Банк"]', "its beginning and *"),
        ("queue", '["no blank"]', "name of a queue"),
        ("class", '["otp", "fast"]', "must be normal or otp or alert or bulk"),
        ("order", '"best"', "must be given or cheapest or spread"),
        ("spread", '"yes"', "true or false"),
    ],
)
def test_a_bad_value_of_a_route_names_key_and_line(
    key: str, value: str, words: str
) -> None:
    (found,) = problems(
        LEAST + MODEM + f'[[route]]\nlinks = ["sim1"]\n{key} = {value}\n'
    )
    assert found.path.startswith(f"route[0].{key}")
    assert found.line == 8
    assert words in found.reason


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        ("", Order.GIVEN),
        ("spread = false", Order.GIVEN),
        ("spread = true", Order.SPREAD),
        ('order = "spread"', Order.SPREAD),
        ('order = "spread"\nspread = true', Order.SPREAD),
        ('order = "cheapest"\nspread = false', Order.CHEAPEST),
    ],
)
def test_spread_is_short_for_an_order(keys: str, order: Order) -> None:
    config = settled(LEAST + MODEM + f'[[route]]\nlinks = ["sim1"]\n{keys}\n')
    assert config.policy.routes[0].order is order


@pytest.mark.parametrize(
    "keys", ['order = "given"\nspread = true', 'order = "spread"\nspread = false']
)
def test_an_order_that_spread_contradicts_is_a_problem(keys: str) -> None:
    (found,) = problems(LEAST + MODEM + f'[[route]]\nlinks = ["sim1"]\n{keys}\n')
    assert (found.path, found.line) == ("route[0].order", 8)


def test_the_cost_of_a_link_is_in_thousandths() -> None:
    carrier = '[[smpp]]\nname = "carrier"\nhost = "h"\nsystem_id = "s"\ncost = 1200\n'
    config = settled(LEAST + MODEM + carrier)
    assert config.policy.costs == {"sim1": 0, "carrier": 1200}
    for value in ("-1", "1.5", "1000001"):
        (found,) = problems(LEAST + MODEM + f"cost = {value}\n")
        assert (found.path, found.line) == ("modem[0].cost", 6)
        (found,) = problems(LEAST + carrier.replace("1200", value))
        assert (found.path, found.line) == ("smpp[0].cost", 7)


def test_a_class_keeps_what_is_not_given() -> None:
    config = settled(LEAST + "[class.otp]\nvalidity_s = 60\n")
    policy = config.policy.classes[MessageClass.OTP]
    assert policy.validity == timedelta(seconds=60)
    assert policy.on_unknown is OnUnknown.RESEND


def test_a_secret_may_stand_in_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "sim1.pin").write_text("1234\n", encoding="utf-8")
    config = settled(LEAST + MODEM + 'pin_file = "sim1.pin"\n', beside=tmp_path)
    (modem,) = config.modems
    assert (tmp_path / "sim1.pin") == modem.pin_file or modem.pin == "1234"


def test_a_secret_may_come_from_the_environment_and_is_never_shown() -> None:
    config = settled(LEAST + MODEM, {"SEVENTY_MODEM_SIM1_PIN": "1234"})
    assert config.modems[0].pin == "1234"
    assert "1234" not in repr(config)


def test_a_systemd_credential_comes_before_a_file_beside(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "secret_sim1.pin").write_text("9999", encoding="utf-8")
    file = tmp_path / "seventy.toml"
    file.write_text(LEAST + MODEM + 'pin_file = "secret_sim1.pin"\n', encoding="utf-8")
    config = load(file, {"CREDENTIALS_DIRECTORY": str(credentials)})
    assert config.modems[0].pin_file == credentials / "secret_sim1.pin"


def test_a_list_of_days_may_be_for_ever() -> None:
    config = settled(LEAST + '[retention]\nmessages_days = "forever"\n')
    assert config.policy.retention.messages is None


def test_the_file_is_found_as_given_then_by_variable(tmp_path: Path) -> None:
    given = tmp_path / "given.toml"
    assert find(given, {"SEVENTY_CONFIG": "/other"}) == given
    assert find(None, {"SEVENTY_CONFIG": "/other"}) == Path("/other")


def test_a_file_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems, match="cannot be read"):
        load(tmp_path / "none.toml", {})


def test_a_file_that_is_not_text_is_one_problem(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigProblems, match="not UTF-8"):
        load(file, {})


def test_every_key_has_its_line_through_strings_and_lists() -> None:
    document = parse(
        'a = """\nnot = 1\n[no]\n"""\n'  # 1-4
        "b = [ # [\n  '[x]',\n]\n"  # 5-7
        "# c = 1\n"  # 8
        "[t.'u v']\n"  # 9
        'x.y = {p = "}"}\n'  # 10
        "[[t.list]]\r\n"  # 11
        "k = 1\n"  # 12
        "[[t.list]]\n"  # 13
        "[t.list.sub]\n"  # 14
        "k = 2\n"  # 15
    )
    lines = {spell(path): line for path, line in document.lines.items()}
    assert lines == {
        "a": 1,
        "b": 5,
        "t.u v": 9,
        "t.u v.x": 10,
        "t.u v.x.y": 10,
        "t.list[0]": 11,
        "t.list[0].k": 12,
        "t.list[1]": 13,
        "t.list[1].sub": 14,
        "t.list[1].sub.k": 15,
    }
    assert document.line(("t", "list", 1, "sub", "none", 3)) == 14


def test_a_text_that_ends_too_early_is_placed_at_its_end() -> None:
    with pytest.raises(NotToml) as raised:
        parse('a = 1\nb = "')
    assert raised.value.line == 2
