"""Speaks SMPP: to carriers as a `Link`, to applications as the SMSC they bind to."""
