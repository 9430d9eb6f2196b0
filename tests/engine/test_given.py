"""Given accounts: who gets which, who waits, what a pool can never give, and what is left of a test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest

from conformance.binding import Binding
from conformance.condition import Condition, put_back, rest
from conformance.given import Given
from conformance.model import Account
from conformance.outcomes import Inconclusive, NotApplicable, Untested
from conformance.pool import Pool, Recorded, need
from conformance.recorder import Recorder
from conformance.users import User

from .script import KNOWING, Answered, Script, answer, challenge, granted, invalid

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def account(username: str, email: str = "", totp_secret: str = "", password: str = "") -> Account:
    return Account(username, username, password or f"of {username}", email, "u1", given=True, totp_secret=totp_secret)


def mailed(*usernames: str) -> list[Account]:
    return [account(name, f"{name}@example.org") for name in usernames]


def usernames(accounts: list[Account]) -> list[str]:
    return [account.username for account in accounts]


PLAIN = account("plain")
APP = account("app", totp_secret=SECRET)
BOTH = account("both", "both@example.org", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


class TestWhoGetsWhich:
    def take(self, accounts: list[Account], *names: str, mailed: bool = False) -> list[str]:
        return usernames(Pool(accounts, threading.Event()).take("test", names, mailed=mailed))

    def test_everybody_gets_an_account_of_the_right_kind(self) -> None:
        pool = [APP, BOTH, PLAIN, *mailed("one", "two")]

        assert self.take(pool, "alice", "bob", "dave", "carol", "erin") == ["one", "two", "plain", "app", "both"]

    def test_whoever_needs_nobody_waits_for_nobody(self) -> None:
        assert self.take([]) == []

    def test_whoever_could_be_others_is_spared(self) -> None:
        assert self.take([*mailed("one"), PLAIN], "dave") == ["plain"]
        assert self.take([BOTH, APP], "carol") == ["app"]

    def test_who_is_looked_for_by_mail_has_an_address(self) -> None:
        assert self.take([PLAIN, *mailed("one")], "dave", mailed=True) == ["one"]

    def test_one_who_has_to_be_someone_else_does_not_stand_in_the_way(self) -> None:
        """Whoever comes first must not take the only account that the next one could have."""
        assert self.take([*mailed("one"), PLAIN], "dave", "alice") == ["plain", "one"]
        assert self.take([BOTH, APP], "carol", "erin") == ["app", "both"]

    def test_the_one_that_has_rested_longest_is_next(self) -> None:
        pool = Pool(mailed("one", "two"), threading.Event())
        (first,) = pool.take("test", ["alice"], mailed=True)
        pool.give_back(first)

        assert usernames(pool.take("test", ["alice"], mailed=True)) == ["two"]


LACKS = [
    ([PLAIN], ["alice"], False, "for alice: add an [[account]] with an email and no totp_secret"),
    (mailed("one"), ["alice", "bob"], False, "for alice and bob: add an [[account]] with an email and no totp_secret"),
    (mailed("one"), ["carol"], False, "for carol: add an [[account]] with a totp_secret"),
    ([APP], ["carol"], True, "for carol: add an [[account]] with an email and a totp_secret"),
    ([APP], ["erin"], False, "for erin: add an [[account]] with an email and a totp_secret"),
    ([APP, BOTH], ["dave"], False, "for dave: add an [[account]] with no totp_secret"),
    (mailed("one"), ["frank"], False, "frank is a user whose address is not verified"),
    (mailed("one"), ["root"], False, "root is an administrator"),
    (
        [replace(PLAIN, password="same"), account("other", password="same")],
        ["dave", "judy"],
        False,
        "for dave and judy: add an [[account]] with no totp_secret, and another password than the others",
    ),
    (
        [APP, account("twin", totp_secret=SECRET)],
        ["carol", "ida"],
        False,
        "for carol and ida: add an [[account]] with a totp_secret, and another totp_secret than the others",
    ),
]


@pytest.mark.parametrize(("accounts", "names", "by_mail", "reason"), LACKS, ids=[lack[3] for lack in LACKS])
def test_what_a_pool_can_never_give_is_inapplicable_and_says_what_to_add(
    accounts: list[Account], names: list[str], by_mail: bool, reason: str
) -> None:
    with pytest.raises(NotApplicable) as lacking:
        need(accounts, names, mailed=by_mail)

    assert reason in lacking.value.reason


@pytest.mark.parametrize("names", [[], ["alice"], ["alice", "bob"], ["dave", "alice"], ["dave", "judy"]])
def test_what_a_pool_can_give_is_not_refused(names: list[str]) -> None:
    need(mailed("one", "two"), names, mailed=True)


def until(holds: Callable[[], bool]) -> None:
    """Let other threads go on until something is so."""
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)


class TestWaiting:
    def test_an_account_that_is_out_is_waited_for(self) -> None:
        pool = Pool(mailed("one"), threading.Event())
        held = pool.take("first", ["alice"], mailed=True)
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(pool.take, "second", ["alice"], mailed=True)
            until(lambda: pool.waiting == 1)
            assert not waiting.done()
            pool.give_back(held[0])
            assert waiting.result(timeout=5) == held

    def test_who_waits_for_two_holds_none(self) -> None:
        pool = Pool(mailed("one", "two"), threading.Event())
        held = pool.take("first", ["alice"], mailed=True)
        with ThreadPoolExecutor() as threads:
            both = threads.submit(pool.take, "second", ["alice", "bob"], mailed=True)
            until(lambda: pool.waiting == 1)
            assert len(pool.take("third", ["dave"], mailed=True)) == 1
            for given in mailed("one", "two"):
                pool.give_back(given)
            assert len(both.result(timeout=5)) == 2
        assert len(held) == 1

    def test_tests_that_want_several_never_wait_for_each_other(self) -> None:
        """As many as threads, in any order, over a pool that is only just large enough."""
        pool = Pool([*mailed("one", "two"), PLAIN], threading.Event())
        wishes = [["alice", "bob"], ["bob", "alice"], ["dave", "alice"], ["alice"], ["dave", "judy"], ["dave"]] * 30
        Random(7).shuffle(wishes)
        out: set[str] = set()

        def perform(names: list[str]) -> None:
            leased = pool.take("test", names, mailed=False)
            assert not out & set(usernames(leased))
            out.update(usernames(leased))
            threading.Event().wait(0.001)  # long enough for others to come between
            out.difference_update(usernames(leased))
            for given in leased:
                pool.give_back(given)

        with ThreadPoolExecutor(16) as threads:
            for done in [threads.submit(perform, names) for names in wishes]:
                done.result(timeout=30)

    def test_an_interrupt_ends_the_wait(self) -> None:
        stopping = threading.Event()
        pool = Pool(mailed("one"), stopping)
        pool.take("first", ["alice"], mailed=True)
        stopping.set()
        with pytest.raises(Untested):
            pool.take("second", ["alice"], mailed=True)


def test_a_recorded_run_gives_the_accounts_that_were_leased() -> None:
    leases = Recorded(mailed("one", "two"), {"test": ("two", "one")})

    assert usernames(leases.take("test", ["alice", "bob"], mailed=True)) == ["two", "one"]
    with pytest.raises(Inconclusive):
        leases.take("another", ["alice"], mailed=True)


def user(script: Script, given: Account) -> User:
    return User(given, Recorder("test", script, Binding(), seed=7), KNOWING, Given([given], script.secrets))


def login(number: int) -> Answered:
    return granted(data={"authToken": f"token-of-one-{number}", "userId": "u1"})


def me(*, on: bool | None) -> Answered:
    return granted(**({} if on is None else {"services": {"email2fa": {"enabled": on}}}))


(ONE,) = mailed("one")


class TestRest:
    def test_email_that_is_off_stays_as_it_is(self) -> None:
        script = Script([login(1), me(on=False)])

        assert rest(user(script, ONE))
        assert script.paths == ["login", "me"]

    def test_email_that_is_on_is_switched_off_in_a_session_of_its_own(self) -> None:
        """The success may be remembered, and the session after it must be challenged."""
        script = Script([login(1), me(on=True), challenge("111-111"), granted(), login(2)])
        one = user(script, ONE)

        assert rest(one)
        assert script.paths == ["login", "me", "users.2fa.disableEmail", "users.2fa.disableEmail", "login"]
        assert one.session and one.session.token == "token-of-one-2"

    def test_where_the_account_does_not_say_the_call_itself_tells(self) -> None:
        off = Script([login(1), me(on=None), answer(400, {"errorType": "totp-required", "details": {}})])

        assert rest(user(off, ONE))
        assert off.paths[-1] == "users.2fa.disableEmail"

    def test_mails_of_earlier_tests_are_not_read(self) -> None:
        script = Script([challenge("222-222"), login(1), me(on=False)], mails=["111-111"])
        rest(user(script, ONE))

        assert b'"code":"222-222"' in script.requests[1].body

    def test_a_code_of_an_earlier_test_is_not_waited_for(self) -> None:
        """The challenge announces no mail, and the code that is out is not known: a resend brings another."""
        script = Script([challenge(codeGenerated=False), granted("222-222"), login(1), me(on=False)])
        rest(user(script, ONE))

        assert script.paths[1] == "users.2fa.sendEmailCode"
        assert b'"code":"222-222"' in script.requests[2].body

    def test_a_late_mail_of_an_earlier_test_costs_a_second_try(self) -> None:
        stale = [challenge("111-111"), invalid(), challenge("222-222"), login(1), me(on=False)]
        script = Script(stale)

        assert rest(user(script, ONE))
        assert b'"code":"222-222"' in script.requests[3].body

    def test_email_that_cannot_be_switched_off_is_told(self) -> None:
        refused = answer(403, {"success": False, "error": "no"})

        assert not rest(user(Script([login(1), me(on=True), refused]), ONE))


class TestPuttingBack:
    def test_what_is_as_it_was_is_left_alone(self) -> None:
        name = granted(user={"name": "One"})
        script = Script([login(1), me(on=False), name, granted(tokens=[])])

        assert put_back(user(script, ONE), Condition(False, ((0, "One"),), frozenset())) == []
        assert script.paths == ["login", "me", "users.info?userId=u1", "users.getPersonalAccessTokens"]

    def test_name_tokens_and_email_go_back(self) -> None:
        seen = [granted(user={"name": "xyz"}), granted(), granted(tokens=[{"name": "old"}, {"name": "new"}])]
        script = Script([login(1), me(on=False), *seen, granted(), granted()])

        assert put_back(user(script, ONE), Condition(True, ((0, "One"),), frozenset({"old"}))) == []
        assert script.requests[3].body == b'{"userId":"u1","data":{"name":"One"}}'
        assert script.requests[5].body == b'{"tokenName":"new"}'
        assert script.paths[-1] == "users.2fa.enableEmail"

    def test_what_does_not_go_back_is_named(self) -> None:
        refused = answer(403, {"success": False, "error": "no"})
        seen = [granted(user={"name": "xyz"}), refused, granted(tokens=[])]
        script = Script([login(1), me(on=False), *seen, refused])

        assert put_back(user(script, ONE), Condition(True, ((0, "One"),), frozenset())) == [
            "has another name",
            "email 2FA is off",
        ]

    def test_who_cannot_log_in_any_more_is_named(self) -> None:
        refused = answer(401, {"status": "error", "error": "Unauthorized"})
        (reason,) = put_back(user(Script([refused]), ONE), Condition(True, (), frozenset()))

        assert "cannot log in" in reason


def test_nobody_of_the_given_accounts_is_an_administrator() -> None:
    given = Given([ONE], Script([]).secrets)
    with pytest.raises(NotApplicable, match="it takes an administrator"):
        given.call(Recorder("test", Script([]), Binding(), seed=7), "GET me")
    assert given.session is None


def test_what_a_report_holds_of_an_account_is_no_secret() -> None:
    script = Script([])
    secret = account("one", "one@example.org", SECRET, "pass word")
    script.secrets.add(secret.password, "account.password#1")
    script.secrets.add(SECRET, "account.totp_secret#1")

    assert Given([secret], script.secrets).as_evidence() == (
        {
            "username": "one",
            "user_id": "u1",
            "email": "one@example.org",
            "password": "«account.password#1»",
            "totp_secret": "«account.totp_secret#1»",
        },
    )
