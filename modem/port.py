"""The seam of octets: a serial line, a TCP or a unix socket, owned by one thread.

The thread moves octets and nothing else; what comes is handed to the event loop. A
port is opened exclusively, writes are bounded in time, and an end of file, a hang-up
or an error ends it at once with `LinkLost`. This is pyserial's only importer.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import selectors
import socket
import termios
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import serial

from gateway.core.clock import SystemClock
from gateway.core.errors import LinkLost
from modem.config import FlowControl

_log = logging.getLogger(__name__)

Value = TypeVar("Value", bytes, str)

_READ_OCTETS = 4096
_CONNECT_S = 5.0
_CLOSE_S = 0.3


class PortBusy(LinkLost):
    """Somebody else has the port open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSettings:
    """How to open a port, and how gently to write to it."""

    baud: int = 115200
    flow_control: FlowControl = FlowControl.NONE
    write_timeout_s: float = 5.0
    write_piece_octets: int | None = None
    write_pause_s: float = 0.0


class Port(Protocol):
    """Octets both ways; calls are made on the event loop."""

    @property
    def name(self) -> str:
        """What is open, for a log and a person."""
        ...

    def start(
        self, on_octets: Callable[[bytes], None], on_end: Callable[[str], None]
    ) -> None:
        """Begin to read; `on_end` is called at most once, with the reason."""
        ...

    def write(self, octets: bytes) -> None:
        """Queue octets; a failure is told through `on_end`."""
        ...

    def close(self) -> None:
        """Stop the thread and let the descriptor go; safe to repeat."""
        ...


class ThreadedPort:
    """A descriptor and the thread that owns it."""

    def __init__(
        self, name: str, descriptor: int, settings: PortSettings, release: object
    ) -> None:
        self._name = name
        self._descriptor = descriptor
        self._settings = settings
        self._release = release  # keeps the opener's object alive
        self._outgoing: deque[bytes] = deque()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._descriptor, False)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_octets: Callable[[bytes], None] | None = None
        self._on_end: Callable[[str], None] | None = None

    @property
    def name(self) -> str:
        return self._name

    def start(
        self, on_octets: Callable[[bytes], None], on_end: Callable[[str], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_octets, self._on_end = on_octets, on_end
        self._thread = threading.Thread(
            target=self._work, name=f"port {self._name}", daemon=True
        )
        self._thread.start()

    def write(self, octets: bytes) -> None:
        if octets and not self._closing.is_set():
            self._outgoing.append(octets)
            self._wake()

    def close(self) -> None:
        if self._closing.is_set():
            return
        self._closing.set()
        if self._thread is None:
            self._free()
        else:
            self._wake()
            self._thread.join(timeout=_CLOSE_S)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b"\0")

    def _free(self) -> None:
        with contextlib.suppress(OSError, termios.error):
            # A stuck modem would make the kernel wait for it on closing.
            termios.tcflush(self._descriptor, termios.TCOFLUSH)
        close = getattr(self._release, "close", None)
        with contextlib.suppress(OSError, serial.SerialException):
            if close is not None:
                close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _work(self) -> None:
        reason = "closed"
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._descriptor, selectors.EVENT_READ)
                selector.register(self._wake_read, selectors.EVENT_READ)
                while not self._closing.is_set():
                    for key, _ in selector.select():
                        self._serve(key.fd)
                    self._write_all()
        except (OSError, LinkLost) as problem:
            reason = str(problem) or type(problem).__name__
        finally:
            ended_by_itself = not self._closing.is_set()
            self._closing.set()
            self._free()
        if ended_by_itself:
            self._tell(self._on_end, reason)

    def _serve(self, descriptor: int) -> None:
        if descriptor == self._wake_read:
            os.read(self._wake_read, 64)
            return
        try:
            octets = os.read(self._descriptor, _READ_OCTETS)
        except BlockingIOError:
            return
        if not octets:
            raise LinkLost("the port hung up")
        self._tell(self._on_octets, octets)

    def _write_all(self) -> None:
        while self._outgoing and not self._closing.is_set():
            octets = self._outgoing.popleft()
            piece = self._settings.write_piece_octets or len(octets)
            for start in range(0, len(octets), piece):
                self._write_piece(octets[start : start + piece])
                if self._settings.write_pause_s and len(octets) > piece:
                    self._closing.wait(self._settings.write_pause_s)

    def _write_piece(self, octets: bytes) -> None:
        rest = memoryview(octets)
        clock = SystemClock()
        give_up = clock.monotonic() + self._settings.write_timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(
                self._descriptor, selectors.EVENT_READ | selectors.EVENT_WRITE
            )
            selector.register(self._wake_read, selectors.EVENT_READ)
            while rest and not self._closing.is_set():
                left_s = give_up - clock.monotonic()
                if left_s <= 0:
                    raise LinkLost("the port takes no octets")
                for key, events in selector.select(left_s):
                    if events & selectors.EVENT_READ:
                        self._serve(key.fd)
                    if events & selectors.EVENT_WRITE:
                        with contextlib.suppress(BlockingIOError):
                            rest = rest[os.write(self._descriptor, rest) :]

    def _tell(self, listener: Callable[[Value], None] | None, value: Value) -> None:
        loop = self._loop
        if loop is not None and listener is not None:
            # The loop may be closing while the last octets arrive.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(listener, value)


async def open_port(place: str, settings: PortSettings) -> ThreadedPort:
    """Open a device path, `tcp:host:port` or `unix:path`, for us alone.

    Raises `LinkLost`, as `PortBusy` when another holds it. Opening may block in the
    kernel, so it is done in a thread.
    """
    opening = asyncio.to_thread(_open, place, settings)
    try:
        return await opening
    except (OSError, serial.SerialException, ValueError) as problem:
        raise LinkLost(f"{place} cannot be opened: {problem}") from problem


def _open(place: str, settings: PortSettings) -> ThreadedPort:
    if place.startswith(("tcp:", "unix:")):
        connection = _connect(place)
        return ThreadedPort(place, connection.fileno(), settings, connection)
    line = serial.Serial(
        baudrate=settings.baud,
        rtscts=settings.flow_control is FlowControl.RTSCTS,
        xonxoff=settings.flow_control is FlowControl.XONXOFF,
        timeout=0,
        write_timeout=settings.write_timeout_s,
        exclusive=True,
    )
    line.port = place
    try:
        line.open()
    except serial.SerialException as problem:
        busy = "exclusively lock" in str(problem) or "Errno 16" in str(problem)
        if busy:
            raise PortBusy(f"{place} is open in another program") from problem
        raise
    descriptor = line.fileno()
    try:
        fcntl.ioctl(descriptor, termios.TIOCEXCL)
    except OSError:
        line.close()
        raise
    return ThreadedPort(place, descriptor, settings, line)


def _connect(place: str) -> socket.socket:
    kind, _, address = place.partition(":")
    if kind == "tcp":
        host, _, number = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(number)), _CONNECT_S)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_CONNECT_S)
    # The kernel writes an abstract address with a leading NUL.
    name = "\0" + address[1:] if address.startswith("@") else address
    try:
        connection.connect(name)
    except OSError:
        connection.close()
        raise
    return connection
