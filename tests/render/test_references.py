"""What a failing exchange is shown beside."""

import pytest

from conformance.events import Event, Exchanged, Judged
from conformance.model import Exchange, Headers, Request, Response
from conformance.render.references import Reference, references

CODE: Headers = (("x-2fa-code", "1"),)


def exchanged(seq: int, path: str = "/a", headers: Headers = (), body: bytes = b"") -> Exchanged:
    exchange = Exchange(Request("POST", path, headers, body), Response(200, (), b""), None, float(seq), 0.1)
    return Exchanged(seq, "test", exchange)


def judged(verdict: str, *exchanges: int) -> Judged:
    return Judged(f"test_{verdict}", "r", verdict, None, None, 1.0, exchanges)


def nearest(*log: Event, to: int) -> int | None:
    found = references(log)(to)
    return found and found.seq


def test_it_comes_from_a_test_that_passed() -> None:
    passed = judged("pass", 1)
    log = [exchanged(1), exchanged(2), exchanged(3), passed, judged("fail", 2), judged("warn", 3)]

    assert references(log)(2) == Reference(1, passed)
    assert references(log)(3) == Reference(1, passed)


def test_it_is_of_the_same_route() -> None:
    log = [exchanged(1, "/b"), exchanged(2, "/a"), judged("pass", 1), judged("fail", 2)]
    assert nearest(*log, to=2) is None


def test_what_follows_the_question_mark_is_no_part_of_the_route() -> None:
    log = [exchanged(1, "/a?x=1"), exchanged(2, "/a?x=2"), judged("pass", 1), judged("fail", 2)]
    assert nearest(*log, to=2) == 1


@pytest.mark.parametrize(
    ("like", "unlike"),
    [
        (exchanged(1, headers=CODE), exchanged(2)),
        (exchanged(1, headers=(("X-2FA-Code", "2"),)), exchanged(2)),
    ],
)
def test_one_with_the_same_headers_goes_before_a_nearer_one(like: Exchanged, unlike: Exchanged) -> None:
    log = [like, unlike, exchanged(3, headers=CODE), judged("pass", 1, 2), judged("fail", 3)]
    assert nearest(*log, to=3) == 1


def test_one_with_the_same_members_goes_before_a_nearer_one() -> None:
    log = [exchanged(1, body=b'{"a": 1}'), exchanged(2, body=b'{"b": 1}'), exchanged(3, body=b'{"a": 2}')]
    assert nearest(*log, judged("pass", 1, 2), judged("fail", 3), to=3) == 1


def test_where_none_is_alike_the_route_is_enough() -> None:
    log = [exchanged(1, body=b"{}"), exchanged(2, headers=CODE, body=b"\xff["), judged("pass", 1), judged("fail", 2)]
    assert nearest(*log, to=2) == 1


def test_of_those_alike_it_is_the_nearest_in_time() -> None:
    log = [*map(exchanged, (1, 4, 5, 9)), judged("pass", 1, 4, 9), judged("fail", 5)]
    assert nearest(*log, to=5) == 4


def test_an_exchange_that_is_not_in_the_log_has_none() -> None:
    assert nearest(exchanged(1), judged("pass", 1), to=7) is None
