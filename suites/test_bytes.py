"""The bytes of a call: headers that stand twice, among blanks or too long; bodies of another type, or of another length."""

import pytest

from conformance import Granted, Protected, Unanswered, User, requirement
from conformance.oddities import AMONG, BLANKS, BODIES, HARD, ODD, ORDERS, PAIRS, WRONG
from conformance.writing import Connection, Lines


@requirement("bytes.wrong-code")
@pytest.mark.parametrize("lines", WRONG.values(), ids=WRONG)
def test_a_wrong_code_is_refused_however_it_is_written(alice: User, protected: Protected, lines: Lines) -> None:
    """What a server cannot read it must not take for right."""
    taken = alice.attempt(protected).takes_wrong(lines)

    assert not taken


@requirement("bytes.right-among-wrong")
@pytest.mark.parametrize("lines", AMONG.values(), ids=AMONG)
def test_a_right_code_between_wrong_ones_is_refused(alice: User, protected: Protected, lines: Lines) -> None:
    """Whoever may send a hundred codes in one call needs a hundredth of the calls to guess one."""
    taken = alice.attempt(protected).takes_several(lines)

    assert not taken


@requirement("bytes.two-codes")
@pytest.mark.parametrize("lines", PAIRS.values(), ids=PAIRS)
def test_of_two_codes_none_is_picked(alice: User, protected: Protected, lines: Lines) -> None:
    """What counts guesses, in front of the server or within it, may look at the other one."""
    taken = alice.attempt(protected).takes_several(lines)

    assert not taken


@requirement("bytes.other-digits")
def test_a_code_in_other_digits_is_not_taken(alice: User, protected: Protected) -> None:
    """What counts guesses, in front of the server or within it, may take the same code for many."""
    taken = alice.attempt(protected).takes_wide()

    assert not taken


@requirement("bytes.blanks")
@pytest.mark.parametrize("lines", BLANKS.values(), ids=BLANKS)
def test_blanks_around_a_value_are_no_part_of_it(alice: User, protected: Protected, lines: Lines) -> None:
    """Proxies and clients put them there as they like. Without any the line is right, too: the control."""
    reply = alice.attempt(protected).right_in(lines)

    assert isinstance(reply, Granted)


@requirement("bytes.order")
@pytest.mark.parametrize("first", [False, True], ids=["behind the others", "before the others"])
@pytest.mark.parametrize("lines", ORDERS.values(), ids=ORDERS)
def test_the_order_of_the_headers_does_not_matter(alice: User, protected: Protected, lines: Lines, first: bool) -> None:
    """Clients and proxies keep headers in tables that have an order of their own."""
    reply = alice.attempt(protected).right_in(lines, first=first)

    assert isinstance(reply, Granted)


@requirement("bytes.odd-header")
@pytest.mark.parametrize("connection", ["fresh", "kept"])
@pytest.mark.parametrize("lines", ODD.values(), ids=ODD)
def test_an_odd_header_is_no_server_error(
    alice: User, protected: Protected, lines: Lines, connection: Connection
) -> None:
    """A server error is a fault that nobody has thought of, and often more than that."""
    reply = alice.attempt(protected).wrong_in(lines, connection)

    assert reply.status < 500


@requirement("bytes.answered")
@pytest.mark.parametrize("lines", HARD.values(), ids=HARD)
def test_an_odd_header_is_answered(alice: User, protected: Protected, lines: Lines) -> None:
    """A client that gets no answer tries again, and its user never learns what was wrong."""
    reply = alice.attempt(protected).wrong_if_heard(lines)

    assert not isinstance(reply, Unanswered)


@requirement("bytes.unasked")
@pytest.mark.parametrize("kind", BODIES)
def test_no_other_body_gets_round_the_second_factor(alice: User, protected: Protected, kind: str) -> None:
    """Where each type of body has a reader of its own, one of them may stand in front of the check."""
    changed = alice.attempt(protected).changes(kind)

    assert not changed


@requirement("bytes.odd-body")
@pytest.mark.parametrize("kind", BODIES)
def test_a_body_of_another_type_is_no_server_error(alice: User, protected: Protected, kind: str) -> None:
    """A server error is a fault that nobody has thought of, and often more than that."""
    reply = alice.attempt(protected).bare_as(kind)

    assert reply.status < 500


@requirement("bytes.incomplete")
def test_a_call_that_breaks_off_is_not_carried_out(alice: User, protected: Protected) -> None:
    """What was cut off on its way may be the half of something else. The control shows that the whole call can be carried
    out."""
    attempt = alice.attempt(protected)
    attempt.break_off()
    carried_out = attempt.effect.shows_later()
    attempt.accept()

    assert not carried_out


@requirement("bytes.beyond")
def test_what_stands_beyond_the_length_of_a_body_is_no_part_of_it(alice: User, protected: Protected) -> None:
    """Where two servers in a row do not agree on where a call ends, one caller's bytes begin another's call. The control
    shows that the whole call can be carried out."""
    attempt = alice.attempt(protected)
    attempt.run_over()
    carried_out = attempt.effect.shows_later()
    attempt.accept()

    assert not carried_out
