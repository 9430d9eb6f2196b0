"""Mail as the world runs it, on loopback in a temporary folder: Exim or Postfix takes it by SMTP and passes it by LMTP
to Dovecot, which hands it out by IMAP over TLS. Mail to any qa+TAG@example.org arrives in one mailbox."""

import grp
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from threading import Thread
from urllib.parse import parse_qs

import trustme

from .daemon import daemon, free_ports, plain_user

HOST = "127.0.0.1"
CONFIGURATIONS = Path(__file__).with_name("etc")
USERNAME, PASSWORD, TOKEN = "qa@example.org", "correct horse battery staple", "ya29.a0-token_that.is-good"


@dataclass(frozen=True)
class MailStack:
    smtp: tuple[str, int]
    mailbox: dict[str, str | int]  # as [mailbox] in a target file
    starttls_port: int
    maildir: Path


@contextmanager
def mail_stack(dovecot: str, mta: str) -> Iterator[MailStack]:
    """The programs are given by their paths; Postfix can only be started by root."""
    transfer = postfix if Path(mta).name == "postfix" else exim
    with tempfile.TemporaryDirectory(prefix="mail-") as name:
        folder = Path(name)
        with introspection() as url:
            settings = lay_out(folder) | {"introspection": url}
            with imap(dovecot, folder, settings), transfer(mta, folder, settings):
                yield MailStack(
                    smtp=(HOST, settings["smtp"]),
                    mailbox={
                        "host": HOST,
                        "port": settings["imaps"],
                        "security": "tls",
                        "ca_file": str(folder / "ca.pem"),
                        "username": USERNAME,
                        "password": PASSWORD,
                        "folder": "INBOX",
                        "address": "qa+{tag}@example.org",
                        "deadline": 30,
                    },
                    starttls_port=settings["imap"],
                    maildir=folder / "mail" / USERNAME,
                )


@contextmanager
def introspection() -> Iterator[str]:
    """Who vouches for tokens, for the IMAP server: knows one that is good and calls every other one inactive."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            body = json.dumps({"active": asked.get("token") == [TOKEN], "username": USERNAME}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """What Dovecot asks is no business of the test's output."""

    with ThreadingHTTPServer((HOST, 0), Answer) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}/introspect"
        finally:
            server.shutdown()
            thread.join()


def lay_out(folder: Path) -> dict[str, str | int]:
    """What the daemons share: certificates, the account, ports, and a folder that belongs to the user they run as."""
    authority = trustme.CA()
    server = authority.issue_cert(HOST)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    server.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    (folder / "passwd").write_text(f"{USERNAME}:{{PLAIN}}{PASSWORD}\n")
    for directory in ("dovecot", "exim", "mail"):
        (folder / directory).mkdir()
    user = plain_user()
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, user.pw_uid, user.pw_gid)
    folder.chmod(0o711)
    group = grp.getgrgid(user.pw_gid).gr_name
    names = {"folder": str(folder), "user": user.pw_name, "uid": user.pw_uid, "group": group, "gid": user.pw_gid}
    return names | dict(zip(("smtp", "lmtp", "imap", "imaps"), free_ports(4), strict=True))


def configure(template: str, settings: dict[str, str | int], path: Path) -> Path:
    path.write_text(Template((CONFIGURATIONS / template).read_text()).substitute(settings))
    return path


def imap(dovecot: str, folder: Path, settings: dict[str, str | int]) -> AbstractContextManager[None]:
    """Dovecot's configuration changed its syntax between 2.3 and 2.4."""
    configure("oauth2.conf", settings, folder / "oauth2.conf")
    config = configure(f"dovecot-{said(dovecot, '--version')[:3]}.conf", settings, folder / "dovecot.conf")
    return daemon([dovecot, "-F", "-c", str(config)], settings["imaps"], folder / "dovecot.out", plain_user())


def exim(exim4: str, folder: Path, settings: dict[str, str | int]) -> AbstractContextManager[None]:
    config = configure("exim.conf", settings, folder / "exim.conf")
    return daemon([exim4, "-bdf", "-q5s", "-C", str(config)], settings["smtp"], folder / "exim.out", plain_user())


def postfix(program: str, folder: Path, settings: dict[str, str | int]) -> AbstractContextManager[None]:
    """Its master runs by itself: under `postfix start-fg` it leaves the session in which it could be ended."""
    config, data = folder / "postfix" / "config", folder / "postfix" / "data"
    for directory in (config, data, folder / "postfix" / "queue"):
        directory.mkdir(parents=True)
    shutil.chown(data, "postfix")
    configure("postfix-main.cf", settings, config / "main.cf")
    configure("postfix-master.cf", settings, config / "master.cf")
    subprocess.run([program, "-c", str(config), "check"], check=True)
    master = (
        Path(said(str(Path(program).with_name("postconf")), "-c", str(config), "-h", "daemon_directory")) / "master"
    )
    return daemon([str(master), "-c", str(config), "-d"], settings["smtp"], folder / "postfix.out", None)


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
