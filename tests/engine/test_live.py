"""The live world: which mail is taken for the one that was waited for, and how requests and waits are paced."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import cast

import pytest

from conformance.correlation import Correlation
from conformance.mail import Layout, Letter
from conformance.mailbox import MailboxError, Postbox
from conformance.model import Code, Exchange, Request, Response
from conformance.outcomes import Inconclusive, Untested
from conformance.transport import Transport
from conformance.world import Live, Receipt
from conformance.writing import Way

KNOWN = {"alice.email#1": Code("111222", "111222")}
TO = "qa@example.org"


class Post:
    """A mailbox whose mails have all come already."""

    def __init__(self, *texts: str, trouble: str | None = None) -> None:
        self.mails = [Letter(frozenset({TO}), text, f"<{number}>") for number, text in enumerate(texts)]
        self.trouble = trouble
        self.closed = False
        self.late = 0.0

    @property
    def arrived(self) -> int:
        return len(self.mails)

    def count(self, address: str) -> int:
        return len(self.mails)

    def letters(self, address: str) -> list[Letter]:
        return self.mails

    def wait(self, address: str, after: int, deadline: float, stop: object) -> Letter | None:
        if self.trouble:
            raise MailboxError(self.trouble)
        return self.mails[after] if after < len(self.mails) else None

    def close(self) -> None:
        self.closed = True


class Queue(Post):
    """A mailbox whose mails come in vain waits: how late they are at each, and None where the next one has come then."""

    def __init__(self, text: str, *late: float | None) -> None:
        super().__init__("Welcome!")
        self.due, self.then = Letter(frozenset({TO}), text, "<due>"), list(late)
        self.waits = 0

    def wait(self, address: str, after: int, deadline: float, stop: object) -> Letter | None:
        self.waits += 1
        late = self.then.pop(0) if self.then else self.late
        if late is None:
            self.mails.append(self.due)
        self.late = late or 0.0
        time.sleep(max(0.0, deadline - time.monotonic()))
        return super().wait(address, after, deadline, stop)


class Wire:
    """A target that answers everything with 200."""

    closed = False

    def exchange(self, request: Request) -> Exchange:
        self.heard = request
        return Exchange(request, Response(200, (), b"{}"), None, 0.0, 0.0)

    def close(self) -> None:
        self.closed = True


def live(post: Post | None, wire: Wire | None = None) -> Live:
    transport = cast(Transport, wire or Wire())
    return Live(transport, cast(Postbox, post) if post else None, per_second=1e9, mail_deadline=0.01)


def received(*texts: str, after: int = 0, known: dict[str, Code] | None = None) -> Receipt:
    return live(Post(*texts)).receive("test_x", TO, after, known or {}, "alice.email#2")


def test_the_first_mail_that_shows_a_code_is_taken() -> None:
    receipt = received("Your code: 333444", "Your code: 555666")

    assert (receipt.read, receipt.name, receipt.code) == (1, "alice.email#2", Code("333444", "333444"))
    assert receipt.proof


def test_a_mail_that_was_read_is_not_read_again() -> None:
    assert received("Your code: 333444", "Your code: 555666", after=1).code == Code("555666", "555666")


def test_a_mail_that_comes_twice_is_passed_over() -> None:
    """Relays deliver a mail twice now and then: its code is used, and the one that is waited for comes after it."""
    receipt = received("Your code: 111222", "Your code: 333444", known=KNOWN)

    assert (receipt.read, receipt.code) == (2, Code("333444", "333444"))


def test_a_mail_that_comes_twice_is_passed_over_though_its_code_looks_like_a_word() -> None:
    known = {"alice.email#1": Code("QWERTZUI", "QWERTZUI")}
    receipt = received("Enter QWERTZUI to go on.", "Enter ASDFGHJK to go on.", known=known)

    assert (receipt.read, receipt.code) == (2, Code("ASDFGHJK", "ASDFGHJK"))


def test_a_mail_that_shows_no_code_is_passed_over() -> None:
    receipt = received("Welcome, alice!", "Your code: 333444")

    assert (receipt.read, receipt.code) == (2, Code("333444", "333444"))


def test_a_known_code_is_taken_where_nothing_else_comes() -> None:
    receipt = received("Your code: 111222", known=KNOWN)

    assert (receipt.read, receipt.name, receipt.code) == (1, "alice.email#1", Code("111222", "111222"))


TWO = "Your code is 111-222.\nYour code is 333-444."


def test_of_several_codes_at_the_known_place_the_new_one_is_taken() -> None:
    """A mail may quote an older one."""
    world = live(Post("Your code is 111-222.", TWO))
    world.layout = Layout("Your code is", "999-999")
    codes = [world.receive("test_x", TO, after, {}, "alice.email#1").code for after in (0, 1)]

    assert codes == [Code("111-222", "111222"), Code("333-444", "333444")]


def test_several_new_codes_at_the_known_place_leave_open_which_is_meant() -> None:
    world = live(Post(TWO))
    world.layout = Layout("Your code is", "999-999")

    world.searched = True
    with pytest.raises(Inconclusive, match="several codes"):
        world.receive("test_x", TO, 0, {}, "alice.email#1")


@pytest.mark.parametrize("searched", [False, True])
def test_without_a_known_place_codes_that_look_alike_are_tried_by_the_preflight_only(searched: bool) -> None:
    world = live(Post("Your backup code:\n111-222\nYour code:\n333-444"))
    world.searched = searched
    if not searched:
        assert world.receive("test_x", TO, 0, {}, "alice.email#1").code == Code("111-222", "111222")
        return
    with pytest.raises(Inconclusive, match="several codes"):
        world.receive("test_x", TO, 0, {}, "alice.email#1")


def test_a_mail_without_a_code_is_a_mail_all_the_same() -> None:
    receipt = received("Welcome, alice!")

    assert (receipt.read, receipt.name, receipt.code, receipt.proof) == (1, None, None, True)


@pytest.mark.parametrize(("texts", "proof"), [((), False), (("Welcome!",), True)])
def test_no_mail_is_proof_only_where_other_mail_has_come(texts: tuple[str, ...], proof: bool) -> None:
    receipt = received(*texts, after=len(texts))

    assert (receipt.read, receipt.code, receipt.proof) == (None, None, proof)


def test_a_mail_is_waited_for_for_as_long_as_others_are_late() -> None:
    """Each of them takes 10 ms, in time. What is asked for while a target sends many is as late as they are."""
    due = live(Queue("Your code: 333444", 0.01, 0.02, None)).receive("test_x", TO, 1, {}, "alice.email#2")

    assert due.code == Code("333444", "333444")
    assert due.after >= 0.01 + 2 * 0.01


def test_that_it_did_not_come_is_proof_once_later_ones_have_come() -> None:
    missing = live(Queue("", 0.01, 0.0)).receive("test_x", TO, 1, {}, "alice.email#2")

    assert (missing.read, missing.proof) == (None, True)


def test_mails_that_come_later_and_later_prove_nothing() -> None:
    post = Queue("", 1.0, 2.0, 3.0)
    missing = live(post).receive("test_x", TO, 1, {}, "alice.email#2")

    assert (missing.read, missing.proof) == (None, False)
    assert post.waits == 2, "at most four deadlines"


def test_only_mails_that_show_a_code_are_counted_as_such() -> None:
    world = live(Post("Your code is 123-456", "Your settings were changed, see ticket 482913."))
    world.layout = Layout("your code is", "999-999")

    assert (world.mail_count("test_x", TO), world.code_mail_count("test_x", TO)) == (2, 1)


NOTICE = "Call 030 123456 if somebody asks for a code (case 2026-0417)."


@pytest.mark.parametrize("after", [0, 1])
def test_the_numbers_of_a_notice_are_no_code_once_codes_are_known(after: int) -> None:
    world = live(Post(NOTICE, "Your code is 123-456", NOTICE))
    world.layout = Layout("your code is", "999-999")

    assert world.receive("test_x", TO, after, {}, "alice.email#1").code == Code("123-456", "123456")
    assert world.receive("test_x", TO, 2, {}, "alice.email#2").code is None
    assert world.code_mail_count("test_x", TO) == 1


def test_a_mail_in_other_words_shows_a_code_where_it_is_written_like_one() -> None:
    world = live(Post("Enter 123-456 now", "Enter 123456 now"))
    world.layout = Layout("your code is", "999-999")

    assert world.receive("test_x", TO, 0, {}, "alice.email#1").code == Code("123-456", "123456")
    assert world.receive("test_x", TO, 1, {}, "alice.email#1").code is None


def test_what_is_there_is_read_without_waiting() -> None:
    """A mail without a code must not be waited past: the next one may never come."""
    deadlines: list[float] = []

    class Patient(Post):
        def wait(self, address: str, after: int, deadline: float, stop: object) -> Letter | None:
            deadlines.append(deadline - time.monotonic())
            return super().wait(address, after, deadline, stop)

    world = live(Patient("Welcome, alice!"))
    world.layout, world.mail_deadline = Layout("your code is", "999-999"), 60.0
    receipt = world.receive("test_x", TO, 0, {}, "alice.email#1", wait=False)

    assert (receipt.read, receipt.code) == (1, None)
    assert max(deadlines) <= 0


def test_a_code_that_came_is_a_secret_at_once() -> None:
    world = live(Post("Your code: 333-444"))
    world.receive("test_x", TO, 0, {}, "alice.email#1")

    assert world.secrets.redact("333-444 and 333444") == "«alice.email#1» and «alice.email#1»"


def test_words_that_all_mails_show_are_learned() -> None:
    texts = ("Line 654321 is yours. Your code: 111222", "Line 654321 is yours. Your code: 333444")
    world = live(Post(*texts))
    world.learn_mails(world.letters(TO))

    assert world.common == {"654321"}
    assert [candidate.code.displayed for candidate in world.rank(world.letters(TO)[1])] == ["333444"]


def test_a_code_that_never_changes_is_still_seen() -> None:
    """Where two mails differ in nothing, what they share may be the code."""
    world = live(Post("Your code: 314159", "Your code: 314159"))
    world.learn_mails(world.letters(TO))

    assert world.common == frozenset()


def test_without_a_mailbox_there_is_no_code() -> None:
    with pytest.raises(Inconclusive, match=r"describe one in \[mailbox\]"):
        live(None).receive("test_x", TO, 0, {}, "alice.email#1")


def test_a_mailbox_in_trouble_is_not_the_target_s_fault() -> None:
    with pytest.raises(Inconclusive, match="refuses the login"):
        live(Post(trouble="imap.example.org refuses the login")).receive("test_x", TO, 0, {}, "alice.email#1")


def test_a_run_that_is_stopped_makes_no_more_requests() -> None:
    world = live(Post("Your code: 333444"))
    world.stopping.set()

    with pytest.raises(Untested, match="interrupted"):
        world.exchange("test_x", Request("GET", "/", (), b""))
    with pytest.raises(Untested, match="interrupted"):
        world.receive("test_x", TO, 0, {}, "alice.email#1")


class Dead(Wire):
    """A target that answers nothing."""

    def __init__(self) -> None:
        self.asked = 0

    def exchange(self, request: Request) -> Exchange:
        self.asked += 1
        return Exchange(request, None, "the connection broke", 0.0, 0.0)


@pytest.mark.parametrize(("way", "asked"), [(Way(), 1), (Way("fresh"), 20), (Way("kept"), 20)])
def test_a_target_is_deaf_that_answers_no_plain_request(way: Way, asked: int) -> None:
    """It may have its reasons not to answer odd bytes: they say nothing about the next request."""
    wire = Dead()
    world = live(None, wire)
    world.try_again()  # nobody waits for it any more
    for _ in range(20):
        with suppress(Inconclusive):
            world.exchange("test_x", Request("GET", "/", (), b"", way))

    assert wire.asked == asked


class Talkative(Wire):
    """A target whose replies are as long as the path that it is asked for."""

    def exchange(self, request: Request) -> Exchange:
        return Exchange(request, Response(200, (), b"x" * int(request.path[1:])), None, 0.0, 0.0)


def test_long_replies_are_kept_until_there_are_too_many() -> None:
    """All of them are evidence, and stay in memory; short ones are what cleaning up needs."""
    world = live(None, Talkative())
    replies = [world.exchange("test_x", Request("GET", "/1000000", (), b"")) for _ in range(30)]
    kept = [exchange.response is not None for exchange in replies]

    assert kept == sorted(kept, reverse=True)
    assert 0 < sum(kept) < 30
    assert "no more long replies are kept" in (replies[-1].fault or "")
    assert world.exchange("test_x", Request("GET", "/1000", (), b"")).response


def test_a_password_is_new_each_time_and_a_secret_from_the_start() -> None:
    world = live(None)
    password, other = world.password("alice.password"), world.password("bob.password")

    assert password != other
    assert world.secrets.redact(f"{password} {other}") == "«alice.password» «bob.password»"


def test_closing_a_world_closes_what_it_holds() -> None:
    post, wire = Post(), Wire()
    live(post, wire).close()

    assert post.closed
    assert wire.closed


@pytest.mark.parametrize("way", [Way(), Way("fresh"), Way("kept", unsent=3)])
def test_every_request_tells_its_run_and_its_test_where_that_is_wanted(way: Way) -> None:
    wire, request = Wire(), Request("GET", "/", (("x-2fa-code", "1"),), b"", way)
    world = Live(
        cast(Transport, wire), None, per_second=1e9, mail_deadline=1, correlation=Correlation("X-Test-Run", "abcdef")
    )
    exchange = world.exchange("test_x[a-b]", request)

    assert wire.heard.headers == (("X-Test-Run", "abcdef/test_x[a-b]"), ("x-2fa-code", "1"))
    assert wire.heard.way == way
    assert exchange.request == request


@pytest.mark.parametrize(
    ("test", "value"), [("test_é\n", "run/test_%C3%A9%0A"), ('test_x["a;b"]', "run/test_x[%22a%3Bb%22]")]
)
def test_a_test_s_name_in_a_header_is_plain_ascii(test: str, value: str) -> None:
    marked = Correlation("X-Test-Run", "run").mark(test, Request("GET", "/", (), b""))

    assert marked.headers == (("X-Test-Run", value),)


def test_nobody_who_does_not_ask_for_it_gets_a_header_more() -> None:
    wire, request = Wire(), Request("GET", "/", (), b"")
    live(None, wire).exchange("test_x", request)

    assert wire.heard == request


def test_requests_wait_for_their_turn_whoever_makes_them() -> None:
    """The pace is the whole run's: however many threads ask, so many requests take their time."""
    world = Live(cast(Transport, Wire()), None, per_second=200, mail_deadline=0.01)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as together:
        list(together.map(lambda _: world.exchange("test_x", Request("GET", "/", (), b"")), range(21)))

    assert time.monotonic() - began >= 20 / 200
