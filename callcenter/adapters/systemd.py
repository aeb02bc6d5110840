"""Telling systemd that we are ready and alive (sd_notify(3)), without its library."""

import socket
from collections.abc import Mapping
from contextlib import suppress


class Notifier:
    """Sends states to the service manager; without one it does nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Take the environment: NOTIFY_SOCKET says where to."""
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._socket: socket.socket | None = None
        if self._address.startswith(("/", "@")):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.settimeout(0)
        if self._address.startswith("@"):
            self._address = "\0" + self._address[1:]

    def ready(self) -> None:
        """The service has started."""
        self._send("READY=1")

    def alive(self) -> None:
        """The service still works; if this is not said for WatchdogSec it is started anew."""
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Let ``systemctl status`` show a line."""
        self._send(f"STATUS={' '.join(text.split())}")

    def stopping(self) -> None:
        """The service is about to end."""
        self._send("STOPPING=1")

    def close(self) -> None:
        """Release the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, state: str) -> None:
        if self._socket is not None:
            # Whoever does not listen must not stop the service.
            with suppress(OSError):
                self._socket.sendto(state.encode(), self._address)
