"""A message body being typed behind a prompt.

Relies on asyncio for the one who waits for it. Echo and prompts are the session's.

Spec: 3GPP TS 27.005 3.5.1, 4.3
"""

import asyncio

_NUL = 0x00
_LINE_FEED = 0x0A
_CTRL_Z = 0x1A
_ESC = 0x1B
_MAX_BODY_OCTETS = 4096


class Entry:
    """A body being typed behind a prompt."""

    def __init__(self, *, text_mode: bool) -> None:
        self.body: asyncio.Future[str | None] = (
            asyncio.get_running_loop().create_future()
        )
        self.wants_prompt = False
        self._text_mode = text_mode
        self._octets = bytearray()
        self._after_line_end = False

    def put(self, octet: int, *, line_end: int, erase: int) -> bool:
        """Take an octet; gives whether it is echoed."""
        after_line_end, self._after_line_end = self._after_line_end, False
        if octet == _CTRL_Z:
            self.body.set_result(self._octets.decode("latin-1"))
            return False
        if octet == _ESC:
            self.body.set_result(None)
            return False
        if octet == _LINE_FEED and (after_line_end or not self._octets):
            return False
        if octet == _NUL:
            return False
        if octet == erase:
            if self._octets:
                self._octets.pop()
        elif octet == line_end:
            self._after_line_end = True
            if self._text_mode:
                self._keep(_LINE_FEED)
                self.wants_prompt = True
        else:
            self._keep(octet)
        return True

    def _keep(self, octet: int) -> None:
        if len(self._octets) < _MAX_BODY_OCTETS:
            self._octets.append(octet)
