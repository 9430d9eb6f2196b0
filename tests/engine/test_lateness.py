"""How late mails come: by the clock of their sender, and by those who waited for them."""

import math

from conformance.lateness import Lateness
from conformance.mail import open_letter, read_message

USUAL = 10.0


def test_mails_that_come_in_time_are_not_late() -> None:
    lateness = Lateness(USUAL)
    lateness.note(4.0, at=100.0)
    lateness.note_sent(1_000.0, at=100.0)
    lateness.note_sent(1_050.0, at=154.0)

    assert lateness.at(154.0) == 0.0


def test_the_latest_of_late_counts() -> None:
    lateness = Lateness(USUAL)
    lateness.note(7.0, at=100.0)
    lateness.note(6.0, at=109.0)

    assert (lateness.at(109.0), lateness.at(111.0)) == (7.0, 6.0)


def test_what_is_known_last_holds_until_more_is_known() -> None:
    """Where nothing comes any more, they are not in time again."""
    lateness = Lateness(USUAL)
    lateness.note(7.0, at=100.0)

    assert lateness.at(1_000.0) == 7.0
    lateness.note(0.1, at=1_001.0)
    assert lateness.at(1_001.0) == 0.0


def test_a_sender_s_clock_may_show_any_time() -> None:
    """The first mail took no less than none, the second 20 s more, of which one may be that of the whole seconds in a Date."""
    lateness = Lateness(USUAL)
    lateness.note_sent(5.0, at=100.0)
    lateness.note_sent(6.0, at=121.0)

    assert lateness.at(121.0) == 19.0


def test_a_clock_that_stands_still_tells_nothing() -> None:
    lateness = Lateness(USUAL)
    for moment in (100.0, 130.0, 160.0):
        lateness.note_sent(5.0, at=moment)

    assert lateness.at(160.0) == 0.0


def test_one_mail_of_another_hour_makes_no_other_late() -> None:
    lateness = Lateness(USUAL)
    lateness.note_sent(1_000.0, at=100.0)
    lateness.note_sent(4_601.0, at=101.0)
    lateness.note_sent(1_020.0, at=120.0)

    assert lateness.at(120.0) == 0.0


def sent(date: bytes) -> float | None:
    return open_letter(read_message(b"Date: " + date + b"\r\n\r\nhello")).sent


def test_a_mail_says_when_it_was_sent() -> None:
    assert sent(b"Tue, 01 Dec 2026 12:00:00 +0100") == 1_796_122_800.0
    assert sent(b"soon") is sent(b"Tue, 01 Dec 99999 12:00:00 +0100") is sent(b"") is None
    assert open_letter(read_message(b"Subject: x\r\n\r\nhello")).sent is None
    assert math.isfinite(sent(b"Tue, 01 Dec 2026 12:00:00 -0000") or math.nan)
