"""Which ports there are, which belong to one modem, and who works on what.

Reads /sys and /dev by polling; a port is known by its USB path and interface, never
by its number, which changes. The registry keeps two workers from one modem.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from gateway.core.ids import LinkId
from modem.config import ModemConfig
from modem.profiles import profile_of_vendor

_SERIAL = re.compile(r"tty(USB|ACM|S|AMA|XRUSB|HS|O)\d+|rfcomm\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialPlace:
    """One serial port; the USB fields are None when it hangs on no USB."""

    device: str
    usb_path: str | None = None
    interface: int | None = None
    vendor: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was learnt of a modem when it was last seen."""

    imei: str | None = None
    usb_path: str | None = None


class ModemRegistry:
    """Who works on which port and which IMEI, in this process."""

    def __init__(self) -> None:
        self._owners: dict[str, LinkId] = {}

    def claim_port(self, place: str, link: LinkId) -> bool:
        return self._claim(f"port {real_place(place)}", link)

    def claim_imei(self, imei: str, link: LinkId) -> bool:
        """False when another worker already has that modem."""
        return self._claim(f"imei {imei}", link)

    def is_taken(self, place: str, link: LinkId) -> bool:
        owner = self._owners.get(f"port {real_place(place)}")
        return owner is not None and owner != link

    def release(self, link: LinkId) -> None:
        """Let go of everything that `link` has."""
        mine = [key for key, owner in self._owners.items() if owner == link]
        for key in mine:
            del self._owners[key]

    def _claim(self, key: str, link: LinkId) -> bool:
        return self._owners.setdefault(key, link) == link


def real_place(place: str) -> str:
    """The device behind a link; network places are themselves."""
    if place.startswith(("tcp:", "unix:")):
        return place
    return str(Path(place).resolve())


def is_present(place: str) -> bool:
    return place.startswith(("tcp:", "unix:")) or Path(place).exists()


def serial_places(
    sys_root: Path = Path("/sys"), dev_root: Path = Path("/dev")
) -> tuple[SerialPlace, ...]:
    """Every serial port of the machine that a modem may be on."""
    folder = sys_root / "class" / "tty"
    if not folder.is_dir():
        return ()
    places = []
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        device = dev_root / entry.name
        if not _SERIAL.fullmatch(entry.name) or not (entry / "device").exists():
            continue
        if device.exists():
            places.append(_place(device, (entry / "device").resolve()))
    return tuple(places)


def candidates(
    config: ModemConfig,
    known: Known,
    places: tuple[SerialPlace, ...],
) -> tuple[str, ...]:
    """Where the configured modem may answer, best first."""
    found: list[str] = []
    if config.port is not None and is_present(config.port):
        found.append(config.port)
    by_path = config.usb_path or known.usb_path
    if by_path is not None:
        found += _ranked([place for place in places if place.usb_path == by_path])
    if (config.imei or known.imei) is not None:
        found += _ranked([place for place in places if place.usb_path is not None])
        if config.imei is not None:
            found += [place.device for place in places if place.usb_path is None]
    unique: dict[str, str] = {}
    for place in found:
        unique.setdefault(real_place(place), place)
    return tuple(unique.values())


def usb_path_of(place: str, places: tuple[SerialPlace, ...]) -> str | None:
    """The USB path of an open port."""
    device = real_place(place)
    for known in places:
        if known.device == device:
            return known.usb_path
    return None


def _ranked(places: list[SerialPlace]) -> list[str]:
    """Ports that carry commands first, by the vendor's interface numbers."""

    def rank(place: SerialPlace) -> tuple[int, str]:
        hints = profile_of_vendor(place.vendor or "").at_interfaces
        position = {number: i for i, number in enumerate(hints)}
        return position.get(place.interface or 0, len(hints)), place.device

    return [place.device for place in sorted(places, key=rank)]


def _place(device: Path, node: Path) -> SerialPlace:
    interface: int | None = None
    for folder in (node, *node.parents):
        number = _read(folder / "bInterfaceNumber")
        if number is not None:
            interface = int(number, 16)
        vendor = _read(folder / "idVendor")
        if vendor is not None:
            return SerialPlace(
                device=str(device),
                usb_path=folder.name,
                interface=interface,
                vendor=vendor,
                product=_read(folder / "idProduct"),
            )
    return SerialPlace(device=str(device))


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except OSError:
        return None
