"""The protocol part of the preflight: one account walks through challenge, mail, wrong code, resend, right code, old code.

Nothing is judged here. What is learned are the facts that let a test say in one line why it cannot go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from conformance.attempt import Attempt
from conformance.events import Facts, Finding
from conformance.findings import MISSING
from conformance.mail import Candidate, Letter, alike, may_show_unread_codes
from conformance.model import Call, Challenge, Challenged, Code, Granted, Refused, Reply, Unintelligible
from conformance.outcomes import Inconclusive, Untested
from conformance.replies import describe, unauthorized
from conformance.users import User
from conformance.world import Live, Receipt

RequireRoute = Callable[[str, Reply], None]

_SOME_CODE: Final = Code("123456", "123456")
_TRIES: Final = 2
"""Codes that may be tried before one is right: with the guess and the old code after it, three wrong ones at most."""

_ABOUT: Final = 2
"""Points by which one word may look more like a code than another, and that one be the code."""


_NO_MAIL: Final = (
    "check that the target sends mail (its SMTP settings), that mail to mailbox.address reaches mailbox.folder, "
    "and that mailbox.deadline is long enough"
)

HOPEFUL: Final = Facts(
    challenged=True,
    challenged_again=True,
    mail_arrives=True,
    resend_arrives=True,
    code_shown=True,
    code_works=True,
    guess_refused=True,
)
"""What holds of a target until something else is found."""


class Probe:
    """What the walk showed. Facts that it could not find out stay hopeful, so that each test finds out for itself."""

    def __init__(self) -> None:
        self.facts = HOPEFUL
        self.challenge: Challenge | None = None
        self.refusal: Challenge | None = None
        self.bare: dict[str, bool] = {}
        """Whether each call that was made without a code was challenged, by route."""
        self.findings: list[Finding] = []

    def run(self, user: User, live: Live, require_route: RequireRoute) -> None:
        """Walk. What stands in the way is a finding; none of them stops a run."""
        try:
            user.log_in()
            require_route("users.2fa.enableEmail", user.enable_email())
            self._look_whether_the_session_lives(user)
            if live.postbox:
                self._walk(user, live, require_route)
                self._try_login(user)
            disable = Call(user.recorder.binding.disable_email, session=user.session)
            require_route("users.2fa.disableEmail", user.recorder.send(disable))
        except (Inconclusive, Untested) as blocked:
            self._note("flow", f"could not be walked to its end: {blocked.reason}")

    def _look_whether_the_session_lives(self, user: User) -> None:
        if unauthorized(user.call(user.recorder.binding.me)):
            self._learn(user, enabling_ends_session=True)
            user.log_in()

    def _try_login(self, user: User) -> None:
        login = user.recorder.binding.login_call(user.account.username, user.account.password)
        self._learn(user, login_challenged=isinstance(user.recorder.send(login), Challenged))

    def _walk(self, user: User, live: Live, require_route: RequireRoute) -> None:
        """Find the call that the suites use: the first that is challenged and that the account may make."""
        challenged = False
        for index, protected in enumerate(user.recorder.binding.candidates):
            attempt = user.attempt(protected)
            reply = attempt.bare()
            if user.account.given and reply.status in MISSING:
                continue  # only an admin's target has to have it
            require_route(protected.route.rpartition("/")[2], reply)
            if isinstance(reply, Unintelligible):
                return
            if isinstance(reply, Challenged | Granted):
                self.bare[protected.route] = isinstance(reply, Challenged)
            if isinstance(reply, Challenged):
                challenged = True
                self._learn(user, protected=index)
                if self._step_up(attempt, live, require_route):
                    return
        self._learn(user, challenged=challenged, code_works=not challenged)

    def _step_up(self, attempt: Attempt, live: Live, require_route: RequireRoute) -> bool:
        """From the first mail to the old code. False if the call is refused for another reason than its code."""
        user = attempt.user
        first = user.inbox.receive()
        self._learn(user, mail_arrives=first.read is not None, mail_delay=first.after if first.read else None)
        again = attempt.bare()
        self._learn(user, challenged_again=not isinstance(again, Granted))
        if isinstance(again, Challenged):
            self.challenge = again.challenge
            if again.challenge.code_generated is True:
                user.inbox.receive()
        user.inbox.catch_up()
        require_route("users.2fa.sendEmailCode", user.inbox.ask_for_code())
        second = user.inbox.receive()
        self._learn(user, resend_arrives=second.read is not None)
        if not first.read and second.read:
            self._learn(user, mail_arrives=user.inbox.another_comes())
        if not first.read and not second.read:
            finding = "no mail came, neither after a challenge nor after a resend"
            self._note("mail", f"{finding}, within {live.mail_deadline:g} s each", _NO_MAIL)
            self._look_for_other_mail(user, live)
            return True
        self._pass("mail", f"a mail came after {first.after if first.read else second.after:.1f} s")
        accepted = self._find_code(attempt, live)
        if isinstance(accepted, Refused) and not accepted.invalid:
            self._note("right-code", f"accepted, but then the call is refused: {describe(accepted)}")
            return False
        self._learn(user, code_works=isinstance(accepted, Granted | Unintelligible) and accepted.status < 300)
        if self.facts.code_works:
            self._pass("right-code", "the code from the mail works")
            self._look_back(attempt, first)
        else:
            self._note("right-code", "no code from the mail was accepted")
        return True

    def _look_for_other_mail(self, user: User, live: Live) -> None:
        """Whether any mail of this target reaches the mailbox: the proof that a code was not mailed, rather than lost."""
        account = user.provider.guest(user.recorder)
        if not account:
            return
        welcome = live.letter(account.email, 0, time.monotonic() + live.mail_deadline)
        user.provider.give_back(User(account, user.recorder, self.facts, user.provider))
        if welcome:
            self._pass("other-mail", "a mail that greets a new user came: the target's mail does reach the mailbox")

    def _find_code(self, attempt: Attempt, live: Live) -> Reply | None:
        """Try what the mails show, likeliest first, and remember where the right code stood."""
        user, tried, reply = attempt.user, list[Code](), None
        live.searched = True
        while len(tried) < _TRIES:
            letters = live.letters(user.account.email)
            live.learn_mails(letters)
            ways = _ways(_ranked(live, letters), alike(live.rank(letters[-1])) if letters else [])
            candidate, code = next((way for way in ways if way[1] not in tried), (None, None))
            if not candidate or not code:
                break
            tried.append(code)
            user.recorder.secrets.add_code(code.displayed, code.compact, f"probe.candidate#{len(tried)}")
            reply = attempt.answer(code)
            if not isinstance(reply, Refused) or not reply.invalid:
                live.layout = candidate.layout
                user.inbox.unused = [one for one in user.inbox.unused if candidate.layout.fits(one)]
                self._learn(user, compact=code.displayed != candidate.code.displayed)
                return reply
        letters = live.letters(user.account.email)
        unread = reply is None and may_show_unread_codes(letters)
        self._learn(
            user, code_shown=reply is not None, code_unread=unread, code_doubtful=_are_rivals(_ranked(live, letters))
        )
        return reply

    def _look_back(self, attempt: Attempt, first: Receipt) -> None:
        """After the right code: is this session trusted now, is a wrong code refused, does the code before it still work?"""
        user, trusted = attempt.user, False
        if attempt.protected.read_back:
            trusted = isinstance(attempt.bare(), Granted)
            self._learn(user, trust_window=trusted)
        if trusted or not attempt.protected.read_back:
            user.new_session()
        again = user.attempt(attempt.protected)
        challenged = again.bare()
        self._learn(user, login_trusted=isinstance(challenged, Granted) and user.session_is_proved)
        if not isinstance(challenged, Challenged):
            return
        refused = again.answer(user.inbox.guess(first.code or _SOME_CODE))
        self.refusal = refused.challenge if isinstance(refused, Refused) and refused.invalid else None
        self._learn(user, guess_refused=not isinstance(refused, Granted))
        if self.facts.guess_refused:
            self._learn(user, refusal_trusted=isinstance(again.bare(), Granted))
        if self.facts.guess_refused and first.code and first.code in user.inbox.unused:
            self._learn(user, several_codes=isinstance(again.answer(first.code), Granted))

    def _learn(self, user: User, **facts: Any) -> None:
        self.facts = user.facts = replace(self.facts, **facts)

    def _pass(self, check: str, finding: str) -> None:
        self.findings.append(Finding(check, "pass", finding))

    def _note(self, check: str, finding: str, remedy: str = "the suites say which requirement this is about") -> None:
        self.findings.append(Finding(check, "note", finding, remedy))


def _ranked(live: Live, letters: list[Letter]) -> list[Candidate]:
    """What may be the code in any of some mails: what stands in the surest place first, and in one place that of the latest
    mail. A code of letters alone looks less like one than its neighbours, and may be the only one that still works."""
    found = [candidate for letter in reversed(letters) for candidate in live.rank(letter)]
    surest: dict[str, int] = {}
    for candidate in found:
        surest[candidate.layout.before] = max(candidate.score, surest.get(candidate.layout.before, 0))
    return sorted(found, key=lambda candidate: -surest[candidate.layout.before])


def _are_rivals(ranked: list[Candidate]) -> bool:
    """Whether in several places stand words that look about as much like the code, and none that surely is one."""
    likely = [candidate for candidate in ranked if candidate.score >= ranked[0].score - _ABOUT]
    return len({candidate.layout.before for candidate in likely}) > 1 and not any(one.sure for one in ranked)


def _ways(ranked: list[Candidate], rivals: list[Candidate]) -> Iterator[tuple[Candidate, Code]]:
    """Each candidate as it is displayed, then without what groups it; before that, all that one mail shows alike."""
    if len(rivals) > 1:
        yield from ((rival, rival.code) for rival in rivals)
    for candidate in ranked:
        yield candidate, candidate.code
        if candidate.code.displayed != candidate.code.compact:
            yield candidate, Code(candidate.code.compact, candidate.code.compact)
