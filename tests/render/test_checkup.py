"""What doctor prints: a line a check, its remedy below, and what to do next."""

import pytest

from conformance.events import Facts, Finding, Surveyed
from conformance.render.checkup import text

REACHED = Finding("target-reachable", "pass", "it answers", "never shown")
TRUSTS = Finding("trust-window", "note", "a success is remembered", "set X to 0, or have --configure-target set it")
LATE = Finding("mail", "note", "a mail took long", "wait longer")
REFUSED = Finding("admin-login", "fail", "the login is refused", "check the password")


def printed(*findings: Finding, width: int = 1000, probed: tuple[str, ...] = ("email", "new-accounts")) -> list[str]:
    surveyed = Surveyed(findings, "classic", ("classic: version 4",), "4", (), probed, Facts())
    return text(surveyed, "t.toml", width=width).splitlines()


def test_each_check_has_its_line_and_what_is_not_in_order_its_remedy() -> None:
    assert printed(REACHED, TRUSTS)[:3] == [
        "pass  target-reachable it answers",
        "note  trust-window     a success is remembered",
        "                       -> set X to 0, or have --configure-target set it",
    ]


def test_what_it_is_judged_by_and_what_can_be_tested_follow() -> None:
    assert printed(REACHED)[1:5] == [
        "",
        "edition classic: classic: version 4",
        "can be tested: email, new-accounts",
        "",
    ]
    assert "can be tested: nothing" in printed(REACHED, probed=())


def test_where_nothing_can_be_judged_there_is_nothing_to_say_of_what_could_be() -> None:
    assert printed(REFUSED)[2:-1] == [""]


RUN = "twofa-conformance run --target t.toml"
SET = f"{RUN} --configure-target"


@pytest.mark.parametrize(
    ("findings", "probed", "last"),
    [
        ([REACHED], ["new-accounts"], f"everything is in order: {RUN}"),
        ([REACHED, LATE], ["new-accounts"], f"look at mail; what can be judged as it is: {RUN}"),
        ([TRUSTS, LATE, LATE], ["new-accounts"], f"look at trust-window, mail; what can be judged as it is: {SET}"),
        ([TRUSTS], [], f"look at trust-window; what can be judged as it is: {RUN}"),
        ([TRUSTS, REFUSED], [], "repair admin-login, then: twofa-conformance doctor --target t.toml"),
    ],
)  # fmt: skip
def test_it_ends_with_what_to_do_next(findings: list[Finding], probed: list[str], last: str) -> None:
    assert printed(*findings, probed=tuple(probed))[-1] == f"next: {last}"


def test_on_a_narrow_screen_lines_go_on_below_their_own_column() -> None:
    lines = printed(Finding("clock", "note", "a b " * 20, "c d " * 20), width=40)

    assert all(len(line) <= 40 for line in lines)
    assert [line.index(line.strip()[0]) for line in lines[:2]] == [0, 12]


def test_what_a_target_says_steers_no_terminal() -> None:
    shown = "\n".join(printed(Finding("a\x1b[2J", "note", "b\u202e\nnext: done", "c\x07")))

    assert shown.replace("\n", "").isprintable()
    assert "\nnext: done" not in shown
