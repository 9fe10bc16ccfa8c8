"""The unit files are judged by systemd's own tools; the notifications by a socket."""

import os
import re
import socket
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.systemd import Notifier, watchdog_interval

UNITS = Path(__file__).parents[2] / "systemd"
SERVICES = sorted(UNITS.glob("*.service")) + sorted(UNITS.glob("*.timer"))


def listener(address: str) -> socket.socket:
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(address)
    heard.settimeout(5)
    return heard


def test_each_notification_is_one_datagram(tmp_path: Path) -> None:
    with listener(str(tmp_path / "notify")) as heard:
        notifier = Notifier.from_environment(
            {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        )
        notifier.ready("2 links\nup")
        notifier.status("1 link up")
        notifier.watchdog()
        notifier.stopping("stopping")
        assert [heard.recv(200) for _ in range(4)] == [
            b"READY=1\nSTATUS=2 links up",
            b"STATUS=1 link up",
            b"WATCHDOG=1",
            b"STOPPING=1\nSTATUS=stopping",
        ]


def test_an_abstract_address_is_written_with_an_at_sign() -> None:
    name = f"seventy-test-{os.getpid()}"
    with listener(f"\0{name}") as heard:
        Notifier(f"@{name}").watchdog()
        assert heard.recv(100) == b"WATCHDOG=1"


def test_without_a_manager_nothing_is_told() -> None:
    Notifier.from_environment({}).ready("all well")


def test_a_manager_that_went_away_stops_nothing(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "gone")).watchdog()


@pytest.mark.parametrize(
    ("environment", "interval"),
    [
        ({"WATCHDOG_USEC": "30000000"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_for_the_process_it_names(
    environment: dict[str, str], interval: timedelta | None
) -> None:
    assert watchdog_interval(environment, 7) == interval


def said(*command: str | Path) -> str:
    """Everything a tool printed; it must have succeeded."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_systemd_has_nothing_to_say_of_a_unit(unit: Path) -> None:
    assert said("systemd-analyze", "verify", unit) == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["seventy.service", "seventy-backup.service"])
def test_the_exposure_of_a_unit_is_at_most_2(name: str) -> None:
    # The tool takes the threshold in tenths.
    said("systemd-analyze", "security", "--offline=yes", "--threshold=20", UNITS / name)


@pytest.mark.slow
def test_the_user_is_made_as_written() -> None:
    told = said("systemd-sysusers", "--dry-run", UNITS / "seventy.sysusers")
    assert "Creating user 'seventy'" in told


@pytest.mark.slow
def test_the_directories_are_made_as_written(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text(
        f"root:x:0:0::/:/bin/sh\nseventy:x:{os.getuid()}:{os.getgid()}::/:/bin/sh\n"
    )
    (tmp_path / "etc" / "group").write_text(f"root:x:0:\nseventy:x:{os.getgid()}:\n")
    command = ("systemd-tmpfiles", "--create", f"--root={tmp_path}")
    assert said(*command, UNITS / "seventy.tmpfiles") == ""
    made = {
        str(path.relative_to(tmp_path)): path.stat().st_mode & 0o777
        for path in tmp_path.rglob("*seventy*")
    }
    assert made == {"etc/seventy": 0o750, "var/lib/seventy": 0o700}


def settings(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (UNITS / unit).read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def test_the_drivers_are_loaded_before_the_device_classes_are_resolved() -> None:
    unit = settings("seventy.service")
    modules = "modprobe@usbserial.service modprobe@cdc_acm.service"
    assert unit["Wants"] == [modules]
    assert unit["After"][0].startswith(modules)
    assert unit["DeviceAllow"] == ["char-ttyUSB rw", "char-ttyACM rw"]
    assert unit["DevicePolicy"] == ["closed"]
    assert "PrivateDevices" not in unit


def test_a_stop_waits_longer_than_the_slowest_submission() -> None:
    assert settings("seventy.service")["TimeoutStopSec"] == ["150"]


def test_the_user_is_a_real_one_that_may_use_serial_ports() -> None:
    unit = settings("seventy.service")
    assert (unit["User"], unit["SupplementaryGroups"]) == (["seventy"], ["dialout"])
    assert "DynamicUser" not in unit


RULES = [
    line
    for line in (UNITS / "77-seventy-modems.rules").read_text().splitlines()
    if line and not line.startswith("#")
]


def test_every_udev_rule_is_a_list_of_comparisons_and_assignments() -> None:
    item = r'[A-Z]+(\{[A-Za-z_.]+\})?(==|!=|=|\+=|:=)"[^"]*"'
    for rule in RULES:
        assert re.fullmatch(rf"{item}(, {item})*", rule), rule


def test_every_udev_jump_has_its_label() -> None:
    text = "\n".join(RULES)
    assert set(re.findall(r'GOTO="(\w+)"', text)) == set(
        re.findall(r'LABEL="(\w+)"', text)
    )


def test_ports_are_named_by_path_and_interface_property() -> None:
    (link,) = [rule for rule in RULES if "SYMLINK" in rule]
    assert "$env{ID_PATH}" in link
    assert "$env{ID_USB_INTERFACE_NUM}" in link
    text = "\n".join(RULES)
    assert "ATTR" not in text
    assert "ID_SERIAL" not in text
    assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in text
    assert 'ENV{ID_MM_PORT_IGNORE}="1"' in text


def _udevadm_can_verify() -> bool:
    done = subprocess.run(
        ["udevadm", "verify", "--help"], capture_output=True, check=False
    )
    return done.returncode == 0


@pytest.mark.slow
def test_udev_has_nothing_to_say_of_the_rules() -> None:
    # udevadm learned to verify in version 254; before, the tests above have to do.
    if _udevadm_can_verify():
        said("udevadm", "verify", "--resolve-names=never", *UNITS.glob("*.rules"))
