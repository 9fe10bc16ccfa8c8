"""The simulator's own codecs, written from the specifications apart from ours."""


class WireError(ValueError):
    """The octets or the text do not fit the specification; says what and where."""
