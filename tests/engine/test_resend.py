"""Resends: the mail that they bring, whom they are asked for, and what is asked in place of a name."""

from dataclasses import replace

import pytest

from conformance.binding import UPDATE
from conformance.model import Code, Refused
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, Script, answer, challenge, error, granted, throttled, user

FIRST, SECOND = Code("111-111", "111111"), Code("222-222", "222222")
RESEND = "users.2fa.sendEmailCode"


def test_a_resend_reads_the_announced_mail_first() -> None:
    """Else the challenge's code, which the resend may have replaced, would pass for the new one."""
    script = Script([challenge(codeGenerated=True), granted("222-222")], late=["111-111"])
    alice = user(script)
    alice.attempt(UPDATE).challenge()

    assert alice.inbox.resend() == SECOND
    assert alice.inbox.unused == [FIRST, SECOND]


def test_a_resend_whose_announced_mail_is_known_not_to_come_does_not_wait_for_it() -> None:
    script = Script([challenge(codeGenerated=True), granted("222-222")], late=["111-111"])
    alice = user(script, replace(KNOWING, mail_arrives=False))
    alice.attempt(UPDATE).challenge()

    assert alice.inbox.resend() == SECOND
    assert script.late == ["111-111"]


def test_a_resend_that_sends_nothing_gives_no_code() -> None:
    assert user(Script([granted()])).inbox.resend() is None


def test_a_resend_of_the_same_code_is_no_new_one() -> None:
    alice = user(Script([challenge("111-111"), granted("111-111")]))
    code = alice.attempt(UPDATE).code()
    with pytest.raises(Inconclusive) as ended:
        alice.inbox.resent(instead_of=code)

    assert ended.value.blocked_by == "resend.new-code"


def test_a_test_that_needs_a_resend_does_not_go_on_without_its_mail() -> None:
    with pytest.raises(Inconclusive) as ended:
        user(Script([granted()])).inbox.resent()
    assert ended.value.blocked_by == "mail.arrives"


def test_where_resends_send_nothing_another_requirement_says_so() -> None:
    script = Script([])
    with pytest.raises(Inconclusive) as ended:
        user(script, replace(KNOWING, resend_arrives=False)).inbox.resent()

    assert ended.value.blocked_by == "resend.mails"
    assert script.requests == []


def test_a_resent_mail_that_comes_is_one() -> None:
    script = Script([granted("111-111")])

    assert user(script).inbox.gets_resent_mail()
    assert script.paths == [RESEND]


def test_a_second_resend_may_bring_the_mail() -> None:
    script = Script([granted(), granted("111-111")])

    assert user(script).inbox.gets_resent_mail()
    assert script.paths == [RESEND, RESEND]


def test_a_mail_from_before_is_no_resent_one() -> None:
    script = Script([granted(), granted()], mails=["111-111"])

    assert not user(script).inbox.gets_resent_mail()


def test_a_resent_mail_is_missing_only_with_proof() -> None:
    """Where no mail of this run has come at all, the way to the mailbox may be what is broken."""
    assert not user(Script([granted(), granted()], proof=True)).inbox.gets_resent_mail()
    with pytest.raises(Inconclusive) as ended:
        user(Script([granted(), granted()], proof=False)).inbox.gets_resent_mail()
    assert ended.value.blocked_by == "mail.arrives"


@pytest.mark.parametrize("name", ["qa+alice@example.org", "TWOFA-ALICE"])
def test_a_resend_may_be_asked_for_under_another_name(name: str) -> None:
    script = Script([granted("111-111")])

    assert user(script).inbox.gets_resent_mail(name)
    assert script.bodies == [{"emailOrUsername": name}]


def test_nobody_is_asked_for_twice_where_it_is_the_name_that_is_refused() -> None:
    """A form would be asked for only because the JSON was not understood."""
    script = Script([error("error-invalid-user")])

    assert isinstance(user(script).inbox.ask_for_code("nobody"), Refused)
    assert len(script.requests) == 1


@pytest.mark.parametrize("name", [5, {"$gt": ""}, ["twofa-alice"], True])
def test_what_is_no_name_is_not_sent_as_a_form(name: object) -> None:
    script = Script([answer(400, {"success": False})])
    user(script).inbox.ask_for_code(name)

    assert script.bodies == [{"emailOrUsername": name}]


def test_mails_to_somebody_are_counted_once_a_later_mail_has_come() -> None:
    """A mail that must not come cannot be waited for: but it would have come before the one that was asked for last."""
    script = Script([granted()], mails=["999-999"], late=["111-111"])

    assert user(script).inbox.mails_to("qa+bob@example.org") == 2
    assert script.paths == [RESEND]
    assert script.late == []


def test_mails_are_not_counted_where_the_later_mail_does_not_come() -> None:
    with pytest.raises(Inconclusive) as ended:
        user(Script([granted()])).inbox.mails_to("qa+bob@example.org")
    assert ended.value.blocked_by == "mail.arrives"


def test_a_flood_counts_what_came_of_it() -> None:
    script = Script([granted("111-111"), granted(), granted("222-222", "333-333")], mails=["999-999"])

    assert user(script).inbox.flood(3) == 3
    assert script.paths == [RESEND] * 3


def test_a_flood_is_waited_for_until_a_mail_fails_to_come() -> None:
    script = Script([granted("111-111"), granted(), granted()], late=["222-222", "333-333"])

    assert user(script).inbox.flood(3) == 3


def test_a_flood_that_ends_in_silence_was_limited() -> None:
    script = Script([granted("111-111"), granted(), granted()], late=["222-222"])

    assert user(script).inbox.flood(3) == 2


def test_a_flood_ends_where_the_target_has_enough_of_it() -> None:
    script = Script([granted("111-111"), throttled("60")])

    assert user(script).inbox.flood(30) == 1
    assert len(script.requests) == 2


def test_a_mail_that_comes_twice_makes_no_flood() -> None:
    script = Script([granted("111-111", "111-111"), throttled("60")])

    assert user(script).inbox.flood(30) == 1


def test_a_flood_does_not_end_at_a_refusal() -> None:
    """Only a limit says that it is enough: a server may refuse one call and mail with the next."""
    script = Script([error("error-invalid-user"), granted("111-111")])

    assert user(script).inbox.flood(2) == 1


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("anything", {"$gt": ""}),
        ("an expression", {"$regex": "^twofa-alice$"}),
        ("one of", {"$in": ["twofa-alice"]}),
        ("equal", {"$eq": "twofa-alice"}),
    ],
)
def test_a_pattern_finds_the_user_of_the_test(kind: str, question: object) -> None:
    assert user(Script([])).inbox.pattern(kind) == question


def test_the_addresses_of_a_resend_are_told_once_its_mail_has_come() -> None:
    script = Script([granted("111-111", emails=["QA+alice@example.org"])])

    assert user(script).inbox.addresses_of_resend() == ["qa+alice@example.org"]


def test_a_resend_that_lists_no_addresses_leaves_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable, match="lists no addresses"):
        user(Script([granted("111-111")])).inbox.addresses_of_resend()


def test_addresses_without_a_mail_are_not_judged() -> None:
    with pytest.raises(Inconclusive) as ended:
        user(Script([granted(emails=["a@b"])])).inbox.addresses_of_resend()
    assert ended.value.blocked_by == "mail.arrives"


def test_a_resend_is_asked_for_by_get_with_the_name_in_the_query() -> None:
    script = Script([answer(404, {"success": False})])
    user(script).inbox.ask_by_get()

    assert (script.requests[0].verb, script.paths) == ("GET", [f"{RESEND}?emailOrUsername=twofa-alice"])
    assert script.requests[0].body == b""


def test_the_outline_of_a_resend_tells_known_names_from_unknown_ones_by_status_form_and_headers() -> None:
    first = answer(200, {"success": True, "emails": ["a@b"]}, headers=(("X-Found", "1"),))
    script = Script([first, error("error-invalid-user")])
    alice = user(script)

    assert alice.inbox.outline_of_resend("alice") == (200, {"success": "bool", "emails": "list"}, {"x-found"})
    assert alice.inbox.outline_of_resend("nobody")[0] == 400


def test_nobody_has_a_name_or_an_address_that_nobody_has() -> None:
    inbox = user(Script([])).inbox
    names = [inbox.nobody("name"), inbox.nobody("name"), inbox.nobody("address"), inbox.strange_address()]

    assert len({*names, "twofa-alice", "qa+alice@example.org"}) == 6
    assert "@" not in names[0]
    assert all(name.startswith("qa+alice.") and name.endswith("@example.org") for name in names[2:])


def test_two_codes_are_asked_for_at_once() -> None:
    script = Script([granted("111-111"), granted("222-222")])
    alice = user(script)

    assert set(alice.inbox.resent_at_once()) == {FIRST, SECOND}
    assert script.paths == [RESEND] * 2


def test_two_codes_are_asked_for_by_forms_where_the_target_takes_no_json() -> None:
    refused = error("invalid-params")
    script = Script([refused, refused, granted("111-111"), granted("222-222")])

    assert set(user(script).inbox.resent_at_once()) == {FIRST, SECOND}
    assert script.requests[-1].body == b"emailOrUsername=twofa-alice"


def test_two_resends_that_send_one_mail_show_nothing() -> None:
    with pytest.raises(Inconclusive, match="one mail"):
        user(Script([granted("111-111"), granted()])).inbox.resent_at_once()
    with pytest.raises(Inconclusive) as ended:
        user(Script([]), replace(KNOWING, resend_arrives=False)).inbox.resent_at_once()
    assert ended.value.blocked_by == "resend.mails"


def test_a_count_is_told_where_no_new_code_is_made() -> None:
    assert user(Script([challenge(codeCount=2)])).attempt(UPDATE).says.standing_code_count() == 2
    with pytest.raises(NotApplicable, match="every challenge makes a new code"):
        user(Script([challenge("111-111", codeCount=2)])).attempt(UPDATE).says.standing_code_count()
