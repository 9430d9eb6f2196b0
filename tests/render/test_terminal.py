"""The end of a run, on a screen and in a log file."""

import pytest

from conformance.events import Finding
from conformance.render import terminal

from .samples import ONE_OF_EACH, log, report


def test_a_failure_has_expected_and_actual() -> None:
    made = report(log({"challenge.required": "fail"}, reason="status 200\nno challenge"))

    assert terminal.plain(made).splitlines()[:6] == [
        "FAIL challenge.required",
        "  expected: A call without a code is answered with a challenge. (MUST by the page, S01)",
        "  actual: status 200",
        "  | no challenge",
        "  tests: test_challenge_required",
        "  exchanges: 1",
    ]


def test_what_one_requirement_blocks_is_one_line() -> None:
    made = report(log(dict.fromkeys(("challenge.required", "mail.arrives", "effect.once"), "inconclusive")))

    assert "3 inconclusive, blocked by challenge.error-text" in terminal.plain(made).splitlines()
    assert "mail.arrives" not in terminal.plain(made)


def test_a_few_that_nothing_blocks_are_named() -> None:
    made = report(log({"mail.arrives": "untested", "effect.once": "untested"}, reason="limit"))

    assert "2 untested (mail.arrives, effect.once), limit" in terminal.plain(made).splitlines()
    assert "6 untested, not selected" in terminal.plain(made).splitlines()


def test_a_failed_preflight_comes_first_with_its_remedy() -> None:
    finding = Finding("mailbox", "fail", "the password was refused", remedy="set QA_MAIL_PASSWORD")
    made = report(log({}, findings=(Finding("reachable", "pass", "it answers"), finding)))
    lines = terminal.plain(made).splitlines()

    assert lines[:3] == [
        "PREFLIGHT mailbox",
        "  finding: the password was refused",
        "  remedy: set QA_MAIL_PASSWORD",
    ]
    assert lines[3] == "8 untested, the preflight failed"
    assert lines[-2] == "exit code 5 (preflight failed)"


def test_the_last_line_is_the_claim_with_its_scope() -> None:
    passing = dict.fromkeys([*ONE_OF_EACH, "effect.once"], "pass")
    assert terminal.plain(report(log(passing))).splitlines()[-1] == (
        "conformant: 6 MUSTs passed, 0 inapplicable, methods tested: email, totp; edition classic"
    )


def test_all_failed() -> None:
    made = report(log(dict.fromkeys([*ONE_OF_EACH, "effect.once"], "fail")))
    lines = terminal.summary(made, width=120, colour=False).splitlines()

    assert len([line for line in lines if line.startswith("FAIL ")]) == 8
    assert lines[-1].startswith("not-conformant: 0 MUSTs passed, 6 failed, 0 inapplicable")


def test_an_incomplete_run_says_so() -> None:
    made = report(log({"challenge.required": "pass"}, finished=False))

    assert "7 untested, the run was interrupted" in terminal.plain(made).splitlines()
    assert terminal.plain(made).splitlines()[-1] == (
        "undetermined: 1 MUST passed, 5 undecided, 0 inapplicable, methods tested: email; edition classic; "
        "the run is not complete"
    )


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_the_environment_changes_nothing(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = report(log(ONE_OF_EACH))
    before = [terminal.summary(made, width=100, colour=colour) for colour in (True, False)]
    for name, value in {"TERM": term, "NO_COLOR": "1", "FORCE_COLOR": "1", "COLUMNS": "30"}.items():
        monkeypatch.setenv(name, value)

    assert [terminal.summary(made, width=100, colour=colour) for colour in (True, False)] == before
    assert "\x1b[" in before[0]
    assert "\x1b" not in before[1] + terminal.plain(made)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    made = report(log(ONE_OF_EACH, reason="word " * 100 + "x" * 500))
    assert max(map(len, terminal.summary(made, width=width, colour=False).splitlines())) <= width


def test_the_table_fits_a_screen_of_80_columns_unbroken() -> None:
    lines = terminal.summary(report(log(ONE_OF_EACH)), width=80, colour=False).splitlines()
    assert next(line for line in lines if line.startswith("chapter")).split()[-1] == "untested"
