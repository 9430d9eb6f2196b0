"""The lab as its users see it: start, target file, HTTP, mail, stop."""

import ast
import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic, time
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope
from imap_tools import MailBox, MailBoxUnencrypted

import conformance.lab
from conformance.lab import FAULTS, VARIANTS, Lab
from conformance.lab.background import BackgroundLoop
from conformance.lab.messages import Request, Response

PATIENCE = 10


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def client(lab: Lab) -> httpx.Client:
    return httpx.Client(base_url=lab.base_url + "/api/v1/", timeout=PATIENCE)


def admin(lab: Lab, http: httpx.Client) -> dict[str, str]:
    access = lab.target()["provisioning"]
    answer = http.post("login", json={"user": access["username"], "password": access["password"]})
    data = answer.json()["data"]
    return {"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]}


def enrolled(lab: Lab, http: httpx.Client, name: str) -> dict[str, str]:
    address = lab.target()["mailbox"]["address"].format(tag=name) if lab.mail else f"{name}@elsewhere.test"
    user = {"name": name, "email": address, "username": name, "password": "pw", "verified": True}
    assert http.post("users.create", json=user, headers=admin(lab, http)).status_code == 200
    data = http.post("login", json={"user": name, "password": "pw"}).json()["data"]
    who = {"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]}
    assert http.post("users.2fa.enableEmail", headers=who).json() == {"success": True}
    return who


def mailed_code(box: Any, name: str) -> str:
    end = monotonic() + PATIENCE
    while monotonic() < end:
        for message in box.fetch(f'HEADER Delivered-To "qa+{name}@lab.test"', mark_seen=False):
            return str(re.findall(r"\d{3}-\d{3}", message.text)[0])
    raise AssertionError("no mail")


def test_a_proxy_tells_for_whom_it_passes_a_request_on() -> None:
    """What is counted by address is counted by that one."""
    asked: list[Any] = []
    with Lab(witness=asked.append) as lab, client(lab) as http:
        http.get("info", headers={"X-Forwarded-For": "198.51.100.7"})
        http.get("info")

    assert [one.request.client for one in asked] == ["198.51.100.7", "127.0.0.1"]


@pytest.mark.parametrize("edition", ["classic", "current"])
@pytest.mark.parametrize("security", ["plain", "tls"])
def test_a_whole_step_up(edition: str, security: str) -> None:
    with Lab(edition) as lab, client(lab) as http:
        who = enrolled(lab, http, "alice")
        assert http.post("users.2fa.disableEmail", headers=who).json()["errorType"] == "totp-required"
        described = lab.target(security)["mailbox"]
        if security == "plain":
            box: MailBox | MailBoxUnencrypted = MailBoxUnencrypted(described["host"], described["port"])
        else:
            import ssl

            context = ssl.create_default_context(cafile=described["ca_file"])
            box = MailBox(described["host"], described["port"], ssl_context=context)
        with box.login(described["username"], described["password"], described["folder"]):
            headers = {**who, "x-2fa-code": mailed_code(box, "alice"), "x-2fa-method": "email"}
        assert http.post("users.2fa.disableEmail", headers=headers).json() == {"success": True}


def test_the_target_file_has_the_shape_that_the_engine_reads(lab: Lab) -> None:
    target = lab.target()
    assert set(target) == {"target", "provisioning", "mailbox", "limits"}
    assert set(target["target"]) == {"name", "base_url", "timeout"}
    assert set(target["provisioning"]) == {"kind", "username", "password"}
    plain = {"host", "port", "security", "username", "password", "folder", "address", "deadline"}
    assert set(target["mailbox"]) == plain
    assert set(lab.target("tls")["mailbox"]) == plain | {"ca_file"}
    assert lab.target("tls")["mailbox"]["port"] != target["mailbox"]["port"]
    assert target["limits"]["mails"] == 4000


def test_header_names_reach_the_server_as_written() -> None:
    with Lab(faults=("hd-case",)) as lab, client(lab) as http:
        who = enrolled(lab, http, "alice")
        http.post("users.2fa.disableEmail", headers=who)
        account = lab.state.accounts[who["X-User-Id"]]
        code = account.codes[-1].text
        capital = http.post("users.2fa.disableEmail", headers={**who, "X-2FA-Code": code, "x-2fa-method": "email"})
        assert capital.json()["errorType"] == "totp-required"
        lower = http.post("users.2fa.disableEmail", headers={**who, "x-2fa-code": code, "x-2fa-method": "email"})
        assert lower.status_code == 200


def test_repeated_headers_and_raw_bodies_arrive(lab: Lab) -> None:
    with socket.create_connection(lab.address, timeout=PATIENCE) as raw:
        body = b'{"user":"nobody","password":"\xff"}'
        head = b"POST /api/v1/login HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nContent-Type: application/json\r\n"
        raw.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 401")
    assert answer.lower().count(b"\r\ndate:") == 1


def written(lab: Lab, request: bytes) -> bytes:
    """What the server says to these bytes, up to the end of the connection."""
    host, _, port = lab.base_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_blanks_around_a_value_and_bytes_behind_a_body_reach_the_server() -> None:
    seen: list[Request] = []

    def watch(request: Request) -> Request:
        seen.append(request)
        return request

    with Lab() as lab:
        lab.running.site.state = replace(lab.state, rules=replace(lab.rules, receive=watch))
        head = b"POST /api/v1/login HTTP/1.1\r\nHost: a\r\nX-Blank: \t b \r\nContent-Length: %d\r\n\r\n"
        written(lab, head % 2 + b"{}more")
        written(lab, head % 9 + b"{}")

    assert [(request.body, request.beyond, request.whole) for request in seen] == [
        (b"{}", b"more", True),
        (b"{}", b"", False),
    ]
    assert ("X-Blank", " \t b ") in seen[0].headers
    assert seen[0].values("x-blank") == ["b"]


def test_a_server_may_hang_up_without_an_answer() -> None:
    with Lab() as lab:
        lab.running.site.state = replace(lab.state, rules=replace(lab.rules, dress=lambda *_: Response(0)))
        with pytest.raises((ConnectionError, httpx.RemoteProtocolError, httpx.ReadError)):
            client(lab).get("me")


def test_labs_run_side_by_side_and_again() -> None:
    before = set(threading.enumerate())
    with Lab("classic") as one, Lab("current") as two:
        assert one.address != two.address
        for lab, version in ((one, "4.8.7"), (two, "8.6.1")):
            assert httpx.get(lab.base_url + "/api/info").json()["version"] == version
    with pytest.raises(RuntimeError):
        _ = one.base_url
    with one:
        assert httpx.get(one.base_url + "/api/info").status_code == 200
    assert set(threading.enumerate()) <= before


def test_the_clock_can_be_off() -> None:
    for lab, offset in ((Lab(clock_offset=-100), -100), (Lab(variants=("clock-ahead",)), 8)):
        with lab:
            date = parsedate_to_datetime(httpx.get(lab.base_url + "/api/info").headers["Date"])
        assert abs(date.timestamp() - time() - offset) < 5


def test_mail_can_go_elsewhere() -> None:
    arrived: list[str] = []
    got = threading.Event()

    class Sink:
        async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:
            arrived.extend(envelope.rcpt_tos)
            got.set()
            return "250 OK"

    async def listen() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(Sink(), hostname="sink", loop=loop), "127.0.0.1", 0)

    async def close(server: asyncio.Server) -> None:
        server.close()

    background = BackgroundLoop("sink")
    sink = background.result(listen())
    with Lab(smtp=("127.0.0.1", sink.sockets[0].getsockname()[1])) as lab, client(lab) as http:
        assert "mailbox" not in lab.target()
        http.post("users.2fa.disableEmail", headers=enrolled(lab, http, "alice"))
        assert got.wait(PATIENCE)
    background.result(close(sink))
    background.stop()
    assert arrived == ["alice@elsewhere.test"]


def test_a_dead_mail_server_blocks_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Lab(smtp=("127.0.0.1", port)) as lab, client(lab) as http:
        who = enrolled(lab, http, "alice")
        assert http.post("users.2fa.disableEmail", headers=who).json()["details"]["codeGenerated"] is True


def test_an_unknown_fault_is_told() -> None:
    with pytest.raises(KeyError, match="no-such"):
        Lab(faults=("no-such",))


def test_the_lab_imports_nothing_of_the_engine() -> None:
    for path in Path(conformance.lab.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("conformance") or name.startswith("conformance.lab"), (path.name, name)


SHELL = {"__init__", "app", "background", "mail", "target", "target_file"}


def test_pure_modules_touch_nothing() -> None:
    forbidden = {"time", "os", "random", "socket", "pathlib", "asyncio", "threading", "secrets", "uuid"}
    for path in Path(conformance.lab.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())) if path.stem not in SHELL else ():
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not {name.split(".")[0] for name in names} & forbidden, path.name


def test_catalogues_load_without_servers() -> None:
    program = (
        "import sys, json; from conformance.lab import FAULTS, VARIANTS;"
        "heavy = {'uvicorn', 'pymap', 'aiosmtpd', 'trustme'} & set(sys.modules);"
        "print(json.dumps([len(FAULTS), len(VARIANTS), sorted(heavy)]))"
    )
    root = Path(conformance.lab.__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert json.loads(ran.stdout) == [len(FAULTS), len(VARIANTS), []]
