"""Ports are known by their USB path and interface, whatever their number."""

from pathlib import Path

from gateway.core.ids import LinkId
from modem.config import ModemConfig
from modem.usb import (
    Known,
    ModemRegistry,
    SerialPlace,
    candidates,
    serial_places,
    usb_path_of,
)

ONE, TWO = LinkId("one"), LinkId("two")


def tree(root: Path) -> tuple[Path, Path]:
    """A stick with three ports on 1-1.4 and a serial line of the board."""
    sys_root, dev_root = root / "sys", root / "dev"
    (sys_root / "class" / "tty").mkdir(parents=True)
    dev_root.mkdir()
    device = sys_root / "devices" / "usb1" / "1-1.4"
    for number in range(3):
        node = device / f"1-1.4:1.{number}" / f"ttyUSB{number}"
        node.mkdir(parents=True)
        (node.parent / "bInterfaceNumber").write_text(f"0{number}\n")
        entry = sys_root / "class" / "tty" / f"ttyUSB{number}"
        entry.mkdir()
        (entry / "device").symlink_to(node)
        (dev_root / f"ttyUSB{number}").touch()
    (device / "idVendor").write_text("2c7c\n")
    (device / "idProduct").write_text("0125\n")
    board = sys_root / "devices" / "serial0"
    board.mkdir()
    entry = sys_root / "class" / "tty" / "ttyAMA0"
    entry.mkdir()
    (entry / "device").symlink_to(board)
    (dev_root / "ttyAMA0").touch()
    (sys_root / "class" / "tty" / "tty0").mkdir()
    return sys_root, dev_root


def test_ports_are_told_with_their_usb_path(tmp_path: Path) -> None:
    sys_root, dev_root = tree(tmp_path)
    places = serial_places(sys_root, dev_root)
    assert [(place.usb_path, place.interface) for place in places] == [
        (None, None),
        ("1-1.4", 0),
        ("1-1.4", 1),
        ("1-1.4", 2),
    ]
    assert places[1].vendor == "2c7c"
    assert usb_path_of(str(dev_root / "ttyUSB1"), places) == "1-1.4"


def test_the_vendors_command_interface_comes_first(tmp_path: Path) -> None:
    places = serial_places(*tree(tmp_path))
    config = ModemConfig(name="sim1", usb_path="1-1.4")
    names = [Path(found).name for found in candidates(config, Known(), places)]
    assert names == ["ttyUSB2", "ttyUSB0", "ttyUSB1"]


def test_a_modem_is_found_again_under_another_number(tmp_path: Path) -> None:
    places = serial_places(*tree(tmp_path))
    config = ModemConfig(name="sim1", port=str(tmp_path / "dev" / "ttyUSB7"))
    assert candidates(config, Known(), places) == ()
    known = Known(imei="861234567890123", usb_path="1-1.4")
    assert len(candidates(config, known, places)) == 3


def test_a_modem_is_looked_for_by_imei_on_every_port() -> None:
    places = (SerialPlace(device="/dev/ttyS0"), SerialPlace(device="/dev/ttyS1"))
    config = ModemConfig(name="sim1", imei="861234567890123")
    assert candidates(config, Known(), places) == ("/dev/ttyS0", "/dev/ttyS1")


def test_two_workers_never_have_one_modem(tmp_path: Path) -> None:
    port, link = tmp_path / "ttyUSB0", tmp_path / "by-id"
    port.touch()
    link.symlink_to(port)
    registry = ModemRegistry()
    assert registry.claim_port(str(port), ONE)
    assert not registry.claim_port(str(link), TWO)
    assert registry.is_taken(str(link), TWO)
    assert registry.claim_imei("861234567890123", ONE)
    assert not registry.claim_imei("861234567890123", TWO)
    registry.release(ONE)
    assert registry.claim_imei("861234567890123", TWO)
