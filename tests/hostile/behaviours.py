"""Every behaviour by name, and what a run may make of it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Final, Literal

from . import bodies, connections, framing
from .proxy import Answer

Expected = Literal["right", "unsure", "any"]
"""right: the verdicts are those of the target itself. unsure: the network may be to blame, so that nothing may be called
broken. any: the replies are wrong, and may be called so."""


@dataclass(frozen=True)
class Behaviour:
    what: str
    answer: Answer
    expected: Expected = "any"


def right(what: str, answer: Answer) -> Behaviour:
    return Behaviour(what, answer, "right")


def unsure(what: str, answer: Answer) -> Behaviour:
    return Behaviour(what, answer, "unsure")


CONNECTIONS: Final = {
    "silent": unsure("Nothing is answered.", connections.says_nothing),
    "hangs-in-status": unsure("The status line stops in its middle.", connections.hangs_in_status),
    "hangs-in-headers": unsure("The headers stop in their middle.", connections.hangs_in_headers),
    "hangs-in-body": unsure("The body stops in its middle.", connections.hangs_in_body),
    "hangs-in-chunk": unsure("A chunk stops in its middle.", connections.hangs_in_chunk),
    "announces-gigabytes": unsure("Eight gigabytes are announced, and do not come.", connections.announces_gigabytes),
    "closes": unsure("The connection ends instead of an answer.", connections.closes),
    "closes-in-headers": unsure("The connection ends in the headers.", connections.closes_in_headers),
    "closes-in-body": unsure("The connection ends in the body.", connections.closes_in_body),
    "closes-in-chunk": unsure("The connection ends in a chunk.", connections.closes_in_chunk),
    "resets": unsure("The connection is reset instead of an answer.", connections.resets),
    "resets-in-body": unsure("The connection is reset in the body.", connections.resets_in_body),
    "half-closes": unsure("One direction is closed in the body, and the other stays open.", connections.half_closes),
    "drips-headers": unsure("The headers come at one octet a second.", connections.drips_headers),
    "drips-body": unsure("The body comes at one octet a second.", connections.drips_body),
    "drips-for-ever": unsure("A body of no length comes at one octet a second.", connections.drips_for_ever),
    "drips-and-resets": unsure("A few octets drip, then the connection is reset.", connections.drips_and_resets),
    "gigabyte": unsure("The body is a gigabyte long.", connections.gigabyte),
    "endless-body": unsure("The body of no length does not end.", connections.endless_body),
    "endless-chunks": unsure("The chunks do not end.", connections.endless_chunks),
    "endless-trailers": unsure("The trailers after the body do not end.", connections.endless_trailers),
    "endless-header": unsure("A header does not end.", connections.endless_header),
    "endless-headers": unsure("The headers do not end.", connections.endless_headers),
    "endless-status": unsure("The status line does not end.", connections.endless_status),
    "continues-for-ever": unsure("100 Continue comes again and again.", connections.continues_for_ever),
    "processes-slowly": unsure("102 Processing comes now and then, and never an answer.", connections.processes_slowly),
    "closes-unsaid": unsure("Each connection is closed after a reply.", connections.closes_without_saying_so),
    "resets-after-reply": unsure("Each connection is reset after a reply.", connections.resets_after_reply),
    "closes-at-third": unsure("Every third request ends its connection.", connections.closes_at_third),
    "restarts": unsure("For a while every connection is reset.", connections.goes_down_for_a_while),
}

FRAMING: Final = {
    "chunks": right("Replies come in chunks.", framing.in_chunks()),
    "chunks-extended": right("Chunks have extensions.", framing.in_chunks(1, b";a=b;c")),
    "trailers": right("Trailers follow the chunks.", framing.in_chunks(trailers=b"X-Trailer: 1\r\nX-Other: 2\r\n")),
    "continue-first": right("100 and 103 come before each reply.", framing.continues_first),
    "single-octets": right("Every octet comes in a packet of its own.", framing.in_single_octets),
    "http-1.0": right("The version is HTTP/1.0.", framing.old(b"HTTP/1.0")),
    "until-close": right("The end of the connection is the end of the reply.", framing.old(b"HTTP/1.1")),
    "headers-otherwise": right("Headers are in capitals, and no reason is given.", framing.spells_headers_otherwise),
    "gzip": right("Replies are compressed, though nobody asked for it.", framing.compressed(b"gzip")),
    "deflate": right("The same with deflate.", framing.compressed(b"deflate")),
    "no-keep-alive": right("Keep-Alive: timeout=0.", framing.with_headers(b"Keep-Alive: timeout=0")),
    "long-keep-alive": right("Keep-Alive: timeout=999999999.", framing.with_headers(b"Keep-Alive: timeout=999999999")),
    "cookies-huge": right(
        "Cookies of 60 kB come with each reply.", framing.with_headers(b"Set-Cookie: a=" + b"x" * 60_000)
    ),
    "cookies-foreign": right(
        "Cookies for other domains come.",
        framing.with_headers(
            b"Set-Cookie: " + framing.COOKIE + b"; Domain=example.com", b"Set-Cookie: " + framing.COOKIE
        ),
    ),
    "folded-header": Behaviour("A header goes on in the next line.", framing.with_headers(b"X-Folded: a", b" b")),
    "latin-1-header": right("A header holds octets beyond ASCII.", framing.with_headers(b"X-Name: \xe9\xff")),
    "retry-after-absurd": right("Retry-After is absurd.", framing.with_headers(b"Retry-After: " + b"9" * 400)),
    "date-absurd": Behaviour(
        "The clock is of the year 9999.", framing.with_headers(b"Date: Fri, 31 Dec 9999 23:59:59 GMT")
    ),
    "date-old": Behaviour("The clock is of 1970.", framing.with_headers(b"Date: Thu, 01 Jan 1970 00:00:00 GMT")),
    "date-broken": Behaviour("The date is none.", framing.with_headers(b"Date: Fri, 99 Foo -1 99:99:99 +9999")),
    "header-huge": unsure("A header has a megabyte.", framing.with_headers(b"X-Huge: " + b"x" * 10**6)),
    "headers-by-thousands": unsure("There are 20,000 headers.", framing.with_headers(*[b"X-Many: 1234"] * 20_000)),
    "header-with-nul": Behaviour("A header holds NUL.", framing.with_headers(b"X-Nul: a\0b")),
    "header-with-cr": Behaviour("A header holds a bare CR.", framing.with_headers(b"X-Cr: a\rX-Injected: 1")),
    "header-without-name": Behaviour("A header has no name.", framing.with_headers(b": nameless")),
    "header-without-colon": Behaviour("A header has no colon.", framing.with_headers(b"no colon here")),
    "length-short": Behaviour("Content-Length is too small.", framing.too_short),
    "length-long": unsure("Content-Length is too large.", framing.too_long),
    "length-negative": Behaviour("Content-Length is negative.", framing.with_length(b"Content-Length: -5")),
    "length-twice": Behaviour(
        "There are two lengths.", framing.with_length(b"Content-Length: 2", b"Content-Length: 20000")
    ),
    "length-wordy": Behaviour("Content-Length is no number.", framing.with_length(b"Content-Length: ten")),
    "length-beyond-numbers": unsure(
        "Content-Length has 4,999 digits.", framing.with_length(b"Content-Length: " + b"9" * 4999)
    ),
    "length-and-chunks": Behaviour("There are a length and chunks.", framing.length_and_chunks),
    "chunks-bad": Behaviour(
        "The size of a chunk is no number.",
        framing.says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    ),
    "chunks-beyond-numbers": unsure(
        "The size of a chunk has 16 digits.",
        framing.says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}", then_close=False),
    ),
    "coding-unknown": Behaviour("Transfer-Encoding is unknown.", framing.with_length(b"Transfer-Encoding: brr")),
    "junk-after": Behaviour("A reply that nobody asked for follows.", framing.with_junk_after),
    "split": Behaviour("A header holds the head of another reply.", framing.split_reply),
    "http-0.9": Behaviour("The body comes without status and headers.", framing.without_head),
    "http-2": Behaviour(
        "The answer is HTTP/2.", framing.says(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    ),
    "http-2-frames": Behaviour(
        "The answer is frames of HTTP/2.", framing.says(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" * 9)
    ),
    "smtp": Behaviour("The server speaks SMTP.", framing.says(b"220 mail.example.org ESMTP\r\n")),
    "ssh": Behaviour("The server speaks SSH.", framing.says(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "nul-octets": Behaviour("The answer is NULs.", framing.says(b"\0" * 5000)),
    "switches": Behaviour(
        "101 switches to another protocol.",
        framing.says(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\njunk", then_close=False),
    ),
    "status-999": Behaviour("The status is 999.", framing.status(b"HTTP/1.1 999 What", b"{}")),
    "status-000": Behaviour("The status is 000.", framing.status(b"HTTP/1.1 000 What", b"{}")),
    "status-word": Behaviour("The status is a word.", framing.status(b"HTTP/1.1 abc What", b"{}")),
    "status-long": Behaviour("The status has five digits.", framing.status(b"HTTP/1.1 20000 What", b"{}")),
    "204-with-body": Behaviour("204 comes with a body.", framing.status(b"HTTP/1.1 204 No", b'{"success": true}')),
    "304-with-body": Behaviour("304 comes with a body.", framing.status(b"HTTP/1.1 304 No", b'{"success": true}')),
    "gzip-bomb": unsure("Of 100 kB compressed would come 100 MB.", framing.bomb(b"gzip")),
    "deflate-bomb": unsure("The same, said to be deflate.", framing.bomb(b"deflate")),
    "gzip-bomb-nested": unsure("A bomb within a bomb.", framing.bomb(b"gzip, gzip", layers=2)),
    "gzip-broken": unsure("What is compressed is cut.", framing.compressed(b"gzip", broken=True)),
    "gzip-twice": unsure("Replies are compressed twice.", framing.compressed(b"gzip, gzip", layers=2)),
    "br": unsure("The coding is br, the octets are not.", framing.bomb(b"br")),
    "zstd": unsure("The coding is zstd, the octets are not.", framing.bomb(b"zstd")),
    "redirect-loop": Behaviour("Every request is sent to itself.", framing.redirect(302, b"/api/v1/me")),
    "redirect-307": Behaviour("The same, with the body.", framing.redirect(307, b"/api/v1/me")),
    "redirect-odd": Behaviour("The new place is no URL.", framing.redirect(301, b"gopher://\xff:99999999/\\..")),
}

BODIES: Final = {
    "empty": Behaviour("No reply has a body.", bodies.always(b"")),
    "html": Behaviour("Each reply is a page of a gateway.", bodies.always(b"<html><h1>502 Bad Gateway</h1></html>")),
    "json-list": Behaviour("Each reply is a list.", bodies.always(b"[[]]")),
    "json-null": Behaviour("Each reply is null.", bodies.always(b"null")),
    "json-text": Behaviour("Each reply is a text.", bodies.always(b'"totp-required"')),
    "json-number": Behaviour("Each reply is a number of 5,000 digits.", bodies.always(b"1" * 5000)),
    "json-deep": Behaviour("Each reply has 100,000 lists, one in another.", bodies.always(bodies.nested(100_000))),
    "json-deep-objects": Behaviour(
        "Each reply has 50,000 objects, one in another.", bodies.always(bodies.nested(50_000, b'{"a":', b"}"))
    ),
    "json-deep-member": Behaviour("A member is 900 lists deep.", bodies.within(b'"x":' + bodies.nested(900))),
    "json-deep-details": Behaviour(
        "The details are 400 objects deep.", bodies.within(b'"details":' + bodies.nested(400, b'{"details":', b"}"))
    ),
    "json-nan": Behaviour("A member is NaN.", bodies.within(b'"x":NaN')),
    "json-infinite": Behaviour("A member is Infinity.", bodies.within(b'"x":-Infinity')),
    "json-beyond-floats": Behaviour("A member is 1e999.", bodies.within(b'"x":1e999,"codeExpires":1e999')),
    "json-numbers-huge": Behaviour("All numbers are huge.", bodies.remade(bodies.numbers)),
    "json-numbers-infinite": Behaviour(
        "All numbers are beyond floats.",
        bodies.remade(lambda value: float("inf") if isinstance(value, int | float) else value),
    ),
    "json-all-null": Behaviour("All values are null.", bodies.remade(lambda _: None)),
    "json-all-lists": Behaviour("All values are lists.", bodies.remade(lambda value: [value])),
    "json-all-objects": Behaviour("All values are objects.", bodies.remade(lambda value: {"": value})),
    "json-all-numbers": Behaviour("All values are numbers.", bodies.remade(lambda _: 7)),
    "json-all-empty": Behaviour("All values are empty texts.", bodies.remade(lambda _: "")),
    "json-all-true": Behaviour("All values are true.", bodies.remade(lambda _: True)),
    "json-texts-odd": Behaviour("All texts end in a lone surrogate, NUL and HTML.", bodies.remade(bodies.texts)),
    "json-names-twice": Behaviour("Every member comes twice, and is null then.", bodies.rewritten(bodies.twice)),
    "json-cut": Behaviour("Each body is cut in its middle.", bodies.rewritten(lambda body: body[: len(body) // 2])),
    "utf-8-broken": Behaviour("A text is no UTF-8.", bodies.within(b'"x":"\xff\xfe\xc3("')),
    "utf-16": Behaviour("Replies are UTF-16.", bodies.rewritten(lambda body: body.decode().encode("utf-16"))),
    "utf-16-bare": Behaviour(
        "The same without a mark.", bodies.rewritten(lambda body: body.decode().encode("utf-16-le"))
    ),
    "utf-8-mark": Behaviour(
        "Replies begin with a byte order mark.", bodies.rewritten(lambda body: b"\xef\xbb\xbf" + body)
    ),
    "two-megabytes": Behaviour(
        "Each reply has almost two megabytes.", bodies.within(b'"x":"' + b"y" * 1_900_000 + b'"')
    ),
    "a-million-members": Behaviour(
        "Each reply has 100,000 members.", bodies.within(b",".join(b'"m%d":%d' % (nth, nth) for nth in range(100_000)))
    ),
    "octets": Behaviour("Each reply is a picture.", bodies.always(gzip.compress(b"picture", mtime=0) * 50)),
}

BEHAVIOURS: Final[dict[str, Behaviour]] = CONNECTIONS | FRAMING | BODIES
