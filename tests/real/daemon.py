"""A server of the system's as a child of the tests: awaited until it listens, ended whatever happens."""

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

START, STOP = 20.0, 5.0  # seconds


def plain_user() -> pwd.struct_passwd:
    """Whoever runs the tests, but never root: Dovecot and Exim deliver no mail as root."""
    return pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")


def free_ports(count: int) -> list[int]:
    """Held all at once, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def daemon(command: Sequence[str], port: int, log: Path, user: pwd.struct_passwd | None) -> Iterator[None]:
    """The command, which stays in the foreground and listens on the port; without a user it runs as whoever we are."""
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user and not os.getuid() else {}
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", start_new_session=True, **identity
        )
    try:
        await_port(process, port, log)
        yield
    finally:
        end(process)


def await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START
    while not listens(port):
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.02)
        if process.returncode is not None or time.monotonic() > deadline:
            fate = "does not listen" if process.returncode is None else f"ended with {process.returncode}"
            raise RuntimeError(f"{process.args} {fate}; it wrote:\n{log.read_text(errors='replace')[-2000:]}")


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def end(process: subprocess.Popen[bytes]) -> None:
    """The daemon is asked first, so that it ends its own children; what is left of its session is then killed."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=STOP)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
