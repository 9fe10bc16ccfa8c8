"""What the specifications promise: 3GPP TS 27.005 and 27.007, nothing else."""

from modem.profile import Profile

GENERIC = Profile(name="generic")
