"""Drives GSM modems over AT commands; a `Link` for `gateway.engine`."""
