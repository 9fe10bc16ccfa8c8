"""The known families of modems, and telling which one answers."""

from modem.profile import Profile
from modem.profiles.cinterion import CINTERION
from modem.profiles.generic import GENERIC
from modem.profiles.huawei import HUAWEI
from modem.profiles.quectel import QUECTEL
from modem.profiles.sierra import SIERRA
from modem.profiles.simcom import SIMCOM
from modem.profiles.telit import TELIT
from modem.profiles.wavecom import WAVECOM
from modem.profiles.zte import ZTE

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        GENERIC,
        QUECTEL,
        SIMCOM,
        HUAWEI,
        ZTE,
        SIERRA,
        TELIT,
        WAVECOM,
        CINTERION,
    )
}


def profile_for(identity: str) -> Profile:
    """The family of a modem that names itself `identity`; generic when unknown."""
    for profile in PROFILES.values():
        if profile.matches(identity):
            return profile
    return GENERIC


def profile_of_vendor(usb_vendor: str) -> Profile:
    """The family by USB vendor number, for choosing a port before it answers."""
    for profile in PROFILES.values():
        if usb_vendor.lower() in profile.usb_vendors:
            return profile
    return GENERIC
