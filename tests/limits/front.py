"""What stands before a lab as a load balancer would: it passes bytes on, counts connections, and can go down."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

PATIENCE = 120.0
"""Seconds after which a condition counts as never met."""


class Front:
    """On one port of 127.0.0.1 for as long as the context lasts. Without a lab behind it, it hears and never answers."""

    def __init__(self, behind: tuple[str, int] | None = None) -> None:
        self.connections = 0
        self.messages = 0
        """How often a client has sent something."""
        self.turned_away = 0
        self._behind = behind
        self._is_ill = False
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_down()

    def go_down(self) -> None:
        """Refuse new connections, and break those that there are."""
        with suppress(OSError):  # wakes the thread that accepts
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._changed:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                if not self._behind:
                    one.close()

    def be_ill(self, connections: int) -> None:
        """Break every connection that there is, and so many that are made then."""
        with self._changed:
            self._is_ill = True
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            assert self._changed.wait_for(lambda: self.turned_away >= connections, PATIENCE)
            self._is_ill = False

    def wait_for(self, messages: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.messages >= messages, PATIENCE)

    def _accept(self) -> None:
        with suppress(OSError):  # it is closed
            while True:
                client, _ = self._listener.accept()
                with self._changed:
                    self.connections += 1
                    if self._is_ill:
                        client.close()
                        self.turned_away += 1
                        self._changed.notify_all()
                        continue
                    self._open.add(client)
                if self._behind:
                    server = socket.create_connection(self._behind)
                    with self._changed:
                        self._open.add(server)
                    threading.Thread(target=self._pass_on, args=[client, server, True], daemon=True).start()
                    threading.Thread(target=self._pass_on, args=[server, client, False], daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, counts: bool) -> None:
        with suppress(OSError):  # either side has gone
            while chunk := one.recv(65536):
                other.sendall(chunk)
                if counts:
                    with self._changed:
                        self.messages += 1
                        self._changed.notify_all()
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._changed:
            self._open.discard(one)
        one.close()
