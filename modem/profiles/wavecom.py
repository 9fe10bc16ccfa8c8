"""Wavecom Q2, Fastrack, WISMO.

Evidence: +CPIN? and +CPMS= answers come without OK, and +CPMS takes one storage only
(gammu, smstools3 history, oFono), which is read from all; +WIND tells of the start.
"""

from modem.profile import Profile

WAVECOM = Profile(
    name="wavecom",
    maker=r"wavecom|wismo|fastrack",
    card_queries=("+CCID", "+ICCID"),
)
