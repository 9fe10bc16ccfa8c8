"""Speaks SMPP to carriers; a `Link` for `gateway.engine`."""
