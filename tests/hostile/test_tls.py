"""Certificates that are not to be trusted, and handshakes that do not come to an end."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from conformance.model import Exchange, Request
from conformance.transport import Transport

from . import connections, framing
from .proxy import HOST, Answer, Proxy

ASKED = Request("GET", "/api/info", (), b"")
LIMIT = 0.5
FINE = framing.status(b"HTTP/1.1 200 OK", b"{}")
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    yield path


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def asked(ca_file: Path | None, answer: Answer, tls: ssl.SSLContext | None, timeout: float = 15) -> Exchange:
    proxy = Proxy(0, answer, tls=tls)
    transport = Transport(f"https://{HOST}:{proxy.port}", ca_file=ca_file and str(ca_file), timeout=timeout)
    try:
        return transport.exchange(ASKED)
    finally:
        transport.close()
        proxy.stop()


def test_a_certificate_of_the_given_authority_is_trusted(authority: trustme.CA, ca_file: Path) -> None:
    exchange = asked(ca_file, FINE, serving(authority.issue_cert(HOST)))

    assert exchange.response and exchange.response.body == b"{}"


def test_others_are_not(authority: trustme.CA, ca_file: Path) -> None:
    certificates = {
        "of another host": (ca_file, authority.issue_cert("chat.example.org")),
        "expired": (ca_file, authority.issue_cert(HOST, not_before=LONG_AGO, not_after=LONG_AGO.replace(year=2002))),
        "of another authority": (ca_file, trustme.CA().issue_cert(HOST)),
        "of an authority that this system does not know": (None, authority.issue_cert(HOST)),
    }
    seen = {what: asked(trusted, FINE, serving(one)) for what, (trusted, one) in certificates.items()}

    assert [what for what, exchange in seen.items() if exchange.response] == []
    assert {(exchange.fault or "").partition(":")[0] for exchange in seen.values()} == {
        "the certificate is not trusted"
    }


@pytest.mark.parametrize(
    "answer",
    [connections.says_nothing, connections.resets, connections.drips_headers, connections.closes_in_headers],
)
def test_a_handshake_that_comes_to_nothing_ends(ca_file: Path, answer: Answer) -> None:
    proxy = Proxy(0, answer, reads=False)
    transport = Transport(f"https://{HOST}:{proxy.port}", ca_file=str(ca_file), timeout=LIMIT)
    try:
        exchange = transport.exchange(ASKED)
    finally:
        transport.close()
        proxy.stop()

    assert exchange.response is None
    assert exchange.fault


def test_a_reply_that_is_cut_under_tls_is_none(authority: trustme.CA, ca_file: Path) -> None:
    """Nobody has said goodbye: somebody in between may have cut it."""
    exchange = asked(ca_file, connections.resets_in_body, serving(authority.issue_cert(HOST)))

    assert exchange.response is None
