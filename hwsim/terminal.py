"""Where a modem is plugged in: pseudo-terminals, TCP and unix sockets.

Relies on asyncio readers and on Linux pseudo-terminals. It moves octets between a
descriptor and a line; nothing here knows AT.

Spec: modem.md 10.1, 10.13 a; reliability.md FT-20, FT-53
"""

import asyncio
import contextlib
import fcntl
import os
import select
import socket
import termios
import tty
from collections import Counter
from pathlib import Path
from typing import Protocol

from hwsim.line import Line

_READ_OCTETS = 4096
# A listing of a full storage is some 100 kB.
_MAX_BACKLOG_OCTETS = 1024 * 1024
_LOOK_EVERY_S = 0.25
_WALK_EVERY_S = 1.0
_NONE = -1
_TIOCGEXCL = 0x80045440  # linux/tty ioctl; termios of Python 3.11 lacks it


class Terminal(Protocol):
    """One way into a modem."""

    @property
    def line(self) -> Line: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    async def end(self) -> None: ...

    def describe(self) -> dict[str, object]: ...


class PtyTerminal:
    """A pseudo-terminal behind a link; each opening is a new device."""

    def __init__(self, line: Line, link: Path) -> None:
        self.line = line
        self.link = link
        self.in_use = False
        self._master: int | None = None
        self._slave = _NONE
        self._device = ""
        self._backlog = bytearray()
        self._look: asyncio.TimerHandle | None = None
        self._stranger: int | None = None
        line.transport = self

    def open(self) -> None:
        """Make the device and point the link at it."""
        if self._master is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._master, self._slave = master, slave
        self._device = os.ttyname(slave)
        self.in_use = False
        _point(self.link, self._device)
        loop = asyncio.get_running_loop()
        loop.add_reader(master, self._readable)
        self._look = loop.call_later(_LOOK_EVERY_S, self._look_for_users)

    def close(self) -> None:
        """Take the device away: who has it open sees a hang-up."""
        if self._master is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._master)
        loop.remove_writer(self._master)
        self.give_back()
        for descriptor in (self._slave, self._master):
            if descriptor >= 0:
                os.close(descriptor)
        self._master, self._slave = None, _NONE
        self._backlog.clear()
        self.in_use = False
        if self._look is not None:
            self._look.cancel()
        with contextlib.suppress(OSError):
            if os.readlink(self.link) == self._device:
                self.link.unlink()

    async def end(self) -> None:
        self.close()

    def rename(self, name: str) -> None:
        """The next opening is found under another name beside the old one."""
        self.link = self.link.with_name(name)

    def take(self) -> None:
        """A foreign program opens the device for itself alone."""
        if self._master is not None and self._stranger is None:
            self._stranger = os.open(self._device, os.O_RDWR | os.O_NOCTTY)
            fcntl.flock(self._stranger, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.ioctl(self._stranger, termios.TIOCEXCL)

    def give_back(self) -> None:
        if self._stranger is not None:
            fcntl.ioctl(self._stranger, termios.TIOCNXCL)
            os.close(self._stranger)
            self._stranger = None

    def write(self, octets: bytes) -> None:
        """Send to who has the device open; while nobody has, octets are lost."""
        if self._master is None or not self.in_use:
            return
        room = _MAX_BACKLOG_OCTETS - len(self._backlog)
        self._backlog += octets[:room]
        self._flush()

    def describe(self) -> dict[str, object]:
        return {
            "kind": "pty",
            "link": str(self.link),
            "device": self._device if self._master is not None else None,
            "open": self._master is not None,
            "in_use": self.in_use,
            "openers": _OPENERS.count(self._device) if self._master is not None else 0,
        }

    def _flush(self) -> None:
        master = self._master
        if master is None:
            return
        loop = asyncio.get_running_loop()
        try:
            while self._backlog:
                sent = os.write(master, self._backlog)
                del self._backlog[:sent]
        except BlockingIOError:
            loop.add_writer(master, self._flush)
            return
        except OSError:
            self._backlog.clear()
        loop.remove_writer(master)

    def _readable(self) -> None:
        if self._master is None or self.line.stuck:
            self._pause_reading()
            return
        try:
            octets = os.read(self._master, _READ_OCTETS)
        except BlockingIOError:
            return
        except OSError:
            # Nobody has it open, not even we; the next look puts that right.
            self._pause_reading()
            return
        if octets:
            self.in_use = True
            self.line.received(octets)

    def _pause_reading(self) -> None:
        """Until the next look; a stuck modem thus lets the host's writes block."""
        if self._master is not None:
            asyncio.get_running_loop().remove_reader(self._master)

    def _look_for_users(self) -> None:
        """See whether anybody has the device open, and clean up behind the last.

        Our own descriptor keeps the device alive, but with it the exclusive flag that
        a killed user left behind; so it is closed for a moment to see who is there.
        """
        if self._master is None:
            return
        loop = asyncio.get_running_loop()
        self._look = loop.call_later(_LOOK_EVERY_S, self._look_for_users)
        if not self.line.stuck:
            loop.add_reader(self._master, self._readable)
        if self._stranger is not None:
            return
        exclusive = self._let_go()
        used = not _hung_up(self._master)
        if not self._take_hold():
            self.in_use = True
            return
        if used and exclusive:
            fcntl.ioctl(self._slave, termios.TIOCEXCL)
        if self.in_use and not used:
            self._backlog.clear()
            termios.tcflush(self._slave, termios.TCIFLUSH)
            tty.setraw(self._slave)
        self.in_use = used

    def _let_go(self) -> bool:
        """Close our own descriptor; gives whether the device was exclusive."""
        if self._slave < 0:
            return True
        exclusive = _is_exclusive(self._slave)
        fcntl.ioctl(self._slave, termios.TIOCNXCL)
        os.close(self._slave)
        self._slave = _NONE
        return exclusive

    def _take_hold(self) -> bool:
        """Open our own descriptor; False when a user shut us out this moment."""
        try:
            self._slave = os.open(self._device, os.O_RDWR | os.O_NOCTTY)
        except OSError:
            return False
        return True


def _point(link: Path, device: str) -> None:
    """Make or move a link in one step, so that it is never missing."""
    fresh = link.with_name(f".{link.name}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    fresh.symlink_to(device)
    fresh.replace(link)


def _hung_up(master: int) -> bool:
    poll = select.poll()
    poll.register(master, select.POLLIN)
    return any(events & select.POLLHUP for _, events in poll.poll(0))


def _is_exclusive(descriptor: int) -> bool:
    answer = fcntl.ioctl(descriptor, _TIOCGEXCL, b"\0\0\0\0")
    return answer != b"\0\0\0\0"


class _Openers:
    """Who has a device open; one walk through /proc serves all modems a while."""

    def __init__(self) -> None:
        self._walked_at = float("-inf")
        self._counts: Counter[str] = Counter()

    def count(self, device: str) -> int:
        """How many descriptors of other processes are on it, as far as seen."""
        now = asyncio.get_running_loop().time()
        if abs(now - self._walked_at) > _WALK_EVERY_S:
            self._walked_at = now
            self._counts = self._walk()
        return self._counts[device]

    def _walk(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for process in os.scandir("/proc"):
            if not process.name.isdecimal() or int(process.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                for descriptor in os.scandir(f"{process.path}/fd"):
                    with contextlib.suppress(OSError):
                        target = os.readlink(descriptor.path)
                        if target.startswith("/dev/pts/"):
                            counts[target] += 1
        return counts


_OPENERS = _Openers()


class SocketTerminal:
    """A listener that lets one host in at a time."""

    def __init__(self, line: Line, address: str) -> None:
        self.line = line
        self.address = address
        self.server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._plugged = True
        self._tasks: set[asyncio.Task[None]] = set()
        line.transport = self

    def open(self) -> None:
        self._plugged = True

    def close(self) -> None:
        """Unplugged: the host is cut off and nobody is let in."""
        self._plugged = False
        if self._writer is not None:
            self._writer.transport.abort()

    async def end(self) -> None:
        self.close()
        if self.server is not None:
            self.server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def write(self, octets: bytes) -> None:
        writer = self._writer
        if writer is None or writer.transport.is_closing():
            return
        if writer.transport.get_write_buffer_size() < _MAX_BACKLOG_OCTETS:
            writer.write(octets)

    def describe(self) -> dict[str, object]:
        return {
            "kind": "socket",
            "address": self.address,
            "open": self._plugged,
            "in_use": self._writer is not None,
            "openers": 0 if self._writer is None else 1,
        }

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One host, until it or the plug goes."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if not self._plugged or self._writer is not None:
            writer.transport.abort()
            return
        self._writer = writer
        try:
            while octets := await reader.read(_READ_OCTETS):
                self.line.received(octets)
        except ConnectionError:
            pass
        finally:
            self._writer = None
            writer.transport.abort()


async def listen_tcp(line: Line, host: str, port: int) -> SocketTerminal:
    terminal = SocketTerminal(line, "")
    server = await asyncio.start_server(terminal.serve, host, port)
    bound = server.sockets[0].getsockname()
    terminal.address = f"{bound[0]}:{bound[1]}"
    terminal.server = server
    return terminal


async def listen_unix(line: Line, address: str) -> SocketTerminal:
    """``@name`` is an abstract address."""
    terminal = SocketTerminal(line, address)
    path = "\0" + address[1:] if address.startswith("@") else address
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
    except OSError:
        listener.close()
        raise
    terminal.server = await asyncio.start_unix_server(terminal.serve, sock=listener)
    return terminal
