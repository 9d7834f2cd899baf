"""Notification of a supervisor (systemd, `Type=notify`) when the server answers and when it stops."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress

ADDRESS = "NOTIFY_SOCKET"
READY, STOPPING = "READY=1", "STOPPING=1"


def notify(state: str, environ: Mapping[str, str]) -> None:
    """Send `state` to the socket that the environment names; do nothing if it names none."""
    address = environ.get(ADDRESS, "")
    if not address.startswith(("/", "@")):
        return
    name = "\0" + address[1:] if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.connect(name)
        sender.sendall(state.encode())
