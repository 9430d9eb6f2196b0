"""The people of a test: users of the target who log in, have second factors, and want to do things that need one.

What they do stands in attempt.py; the same rules hold here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.attempt import Attempt
from conformance.binding import at_path, fill, session_of
from conformance.calls import TOKEN_CREATION
from conformance.combining import Combining
from conformance.enrolment import Enrolment
from conformance.events import Facts
from conformance.factors import Authenticator, Factor, Passphrase
from conformance.findings import MISSING
from conformance.flooding import Flood
from conformance.flow import carry_out, step_up
from conformance.generated import Generated
from conformance.guard import Guard
from conformance.inbox import Inbox
from conformance.mails import Mails
from conformance.model import Account, Answer, Call, Challenged, Granted, Json, Protected, Refused, Reply, Session
from conformance.outcomes import Ended, Inconclusive, NotApplicable
from conformance.oversight import Oversight
from conformance.recorder import Recorder
from conformance.replies import describe, mentions, unauthorized
from conformance.setting_names import DEFAULTS, NAMES
from conformance.sign_in import SignIn
from conformance.together import Together

if TYPE_CHECKING:
    from conformance.provider import Provider


class User:
    """A test account at work: its session and its factors. ``by`` is the factor that it is challenged by."""

    def __init__(self, account: Account, recorder: Recorder, facts: Facts, provider: Provider) -> None:
        self.account = account
        self.facts = facts
        self.recorder = recorder
        self.provider = provider
        self.session: Session | None = None
        self.sessions: list[Session] = []
        self.proved: set[str] = set()
        """The tokens of the sessions whose login was proved with a code: a success, which a target may remember."""
        self.login: Reply | None = None
        self.inbox = Inbox(self)
        self.mails = Mails(self)
        self.passphrase = Passphrase(self)
        self.flood = Flood(self)
        self.oversight = Oversight(self)
        self.authenticator = (
            Authenticator(self, account.totp_secret, account.totp_used) if account.totp_secret else None
        )
        self.by: Factor = self.authenticator or self.passphrase
        self.guard = Guard(recorder, account.refused)

    def __repr__(self) -> str:
        return self.account.name

    def log_in(self) -> None:
        """Begin a session, with a code where the login asks for one."""
        call = self.recorder.binding.login_call(self.account.username, self.account.password)
        self.login = None
        reply = carry_out(step_up(call), self.recorder.send, self._answer_login)
        self.guard.count(reply)
        self.login = self.login or reply
        self.session = self.keep_session(reply)
        if isinstance(self.login, Challenged):
            self.proved.add(self.session.token)

    @property
    def session_is_proved(self) -> bool:
        """Whether the login of the present session was proved with a code."""
        return self.session is not None and self.session.token in self.proved

    def keep_session(self, reply: Reply) -> Session:
        """The session that a login has opened."""
        session = session_of(self.recorder.binding, reply) if isinstance(reply, Granted) else None
        if not session:
            raise Inconclusive(f"the test account {self.account.name} cannot log in: {describe(reply)}")
        self.sessions.append(session)
        return self.recorder.keep(session, self.account.name)

    def another_session(self) -> Session:
        """A second session of the same user, beside the present one."""
        before = self.session
        self.log_in()
        other, self.session = self.session, before
        if unauthorized(self.call(self.recorder.binding.me)):
            raise NotApplicable("the target ends a user's session when the user logs in again")
        return other or Session("", "")

    def sessions_apart(self, number: int) -> list[Session]:
        """So many sessions of which no success opens another. Where the target remembers none the present one will do."""
        if self.session and self.facts.trust_window is False:
            return [self.session] * number
        return [self.another_session() for _ in range(number)]

    def log_out(self, session: Session | None = None) -> None:
        """End a session, or the present one, where the target has a route for it."""
        reply = self.recorder.send(Call(self.recorder.binding.logout, session=session or self.session))
        if not isinstance(reply, Granted):
            raise NotApplicable(f"the target has no logout that works: {describe(reply)}")

    def session_without_rights(self, kind: str, other: User) -> Session | None:
        """Credentials that are none: left out, made up, or those of two users mixed."""
        own, foreign = self.session, other.session
        if kind == "mixed" and not self.recorder.binding.sessions_name_their_user:
            raise NotApplicable("a session of this target is a token alone, so that those of two users cannot be mixed")
        if kind == "none" or not own or not foreign:
            return None
        return Session(self.recorder.word() if kind == "made up" else foreign.token, own.user_id)

    def personal_token(self, *, bypass: bool) -> Session:
        """A personal access token, made with the second factor that it takes."""
        body = {"tokenName": "{nonce}", "bypassTwoFactor": bypass}
        granted = self.attempt(replace(TOKEN_CREATION, body=body)).accept_if_allowed()
        token = granted.body.get("token")
        if not isinstance(token, str) or not self.session:
            raise NotApplicable("the target gives no personal access token")
        return self.recorder.keep(Session(token, self.session.user_id), f"{self.account.name}.personal")

    def generated(self, operation: str, *, valid: bool) -> Generated:
        """Requests of an operation that nobody thought of."""
        return Generated(self, operation, valid=valid)

    def sign_in(self) -> SignIn:
        """A login whose outcome is in question."""
        return SignIn(self)

    def factor(self, method: str) -> Factor:
        """The user's factor of a method."""
        factors: dict[str, Factor] = {"email": self.inbox, "password": self.passphrase}
        return self.enrolled if method == "totp" else factors[method]

    def new_session(self) -> None:
        """Go on as the same user in a session that no earlier success has made trusted."""
        self.log_in()
        if self.facts.protected == len(self.recorder.binding.protected) and self.by is self.inbox:
            self.enable_email()

    def enable_email(self) -> Reply:
        """Switch email 2FA on. Without an authenticator it is what the user is challenged by from now on; with one, the
        target may want to see it first. Where this ends the session, or makes it a trusted one, the user logs in again."""
        reply = self.call(self.recorder.binding.enable_email)
        if self.authenticator and isinstance(reply, Challenged) and reply.asks_for == "totp":
            reply = self.call(self.recorder.binding.enable_email, answer=self._answer_login(reply))
            self.guard.count(reply)
            if self.facts.trust_window:
                self.log_in()
        if not self.authenticator:
            self.by = self.inbox
        if self.facts.enabling_ends_session:
            self.log_in()
        return reply

    def enable_email_as(self, session: Session | None) -> Reply:
        """Switch email 2FA on with other credentials, or none."""
        return self.recorder.send(Call(self.recorder.binding.enable_email, session=session))

    def enable_email_naming(self, other: User) -> Reply:
        """Switch email 2FA on, and name somebody else in the body."""
        account = other.account
        return self.call(self.recorder.binding.enable_email, {"userId": account.user_id, "username": account.username})

    def enrol(self) -> Authenticator:
        """Get an authenticator, and confirm it. A given account has one already."""
        if self.authenticator and self.account.given:
            return self.authenticator
        authenticator, enrolment = self.begin_enrolment()
        backup_codes = _confirmed(authenticator, enrolment)
        if backup_codes is not None:
            authenticator.learn(backup_codes)
            self.authenticator = self.by = authenticator
            return authenticator
        why = describe(enrolment.last) if enrolment.last else "no reply"
        raise Inconclusive(f"the authenticator is not taken: {why}", blocked_by="totp.challenge")

    def try_another_authenticator(self) -> Authenticator | None:
        """Begin one beside the one that there is, and confirm it. None if the target does not take it."""
        enrolment = Enrolment(self.recorder, self.session, self.facts.enrolment)
        secret = enrolment.begin(self.account.name)
        other = Authenticator(self, secret) if secret else None
        return other if other and _confirmed(other, enrolment) is not None else None

    def begin_enrolment(self) -> tuple[Authenticator, Enrolment]:
        """Get an authenticator that is not confirmed yet."""
        enrolment = Enrolment(self.recorder, self.session, self.facts.enrolment)
        secret = enrolment.begin(self.account.name)
        if not secret:
            raise enrolment.missing()
        return Authenticator(self, secret), enrolment

    def start_enrolment(self, routes: str) -> Reply:
        """What the start of an enrolment by these routes is answered with, where the target knows it."""
        return Enrolment(self.recorder, self.session, routes).start(self.account.name)

    @property
    def enrolled(self) -> Authenticator:
        """The user's authenticator."""
        if not self.authenticator:
            raise Inconclusive(f"{self.account.name} has no authenticator")
        return self.authenticator

    def attempt(self, protected: Protected, by: Factor | None = None) -> Attempt:
        """One thing that the user wants to do, and that needs a second factor."""
        return Attempt(self, protected, self.recorder.word(), by or self.by, self.session)

    def attempt_on(self, other: User, protected: Protected) -> Attempt:
        """What the user wants to do to somebody else, with a call that names its user."""
        named = fill(protected.body, user_id=other.account.user_id, username=other.account.username)
        if named == protected.body:
            raise NotApplicable(f"{protected.route} names no user")
        return self.attempt(replace(protected, body=named))

    def at_once(self, protected: Protected, *others: User) -> Together:
        """The same thing that several users want to do at the same time, or one of them several times."""
        return Together(self.attempt(protected), *(other.attempt(protected) for other in others))

    def attempt_documented(self, protected: Protected) -> Attempt:
        """One of the product's protected calls, with all that has to come before it."""
        if self.account.given and not protected.reversible:
            raise NotApplicable(f"{protected.route} cannot be undone, and a given account is left as it was found")
        return self.attempt(protected).prepared()

    def combine(self, protected: Protected, sheet: str, **others: User) -> str:
        """Try the combinations of a sheet: which values together fail, if any do. ``others`` by the states of their accounts."""
        return Combining(protected, {sheet.partition("-")[0]: self, **others}).judge(sheet)

    def call(self, route: str, body: Json = None, answer: Answer | None = None) -> Reply:
        """A call in the user's session."""
        return self.recorder.send(Call(route, body, session=self.session, answer=answer))

    def visit(self, session: Session | None = None, answer: Answer | None = None) -> Reply:
        """A call that asks for no second factor and for a session that lives: the user's, or another."""
        me = self.recorder.binding.me
        reply = self.recorder.send(Call(me, session=session or self.session, answer=answer))
        if reply.status in MISSING:
            raise NotApplicable(f"the target has no {me}: name a call like it with binding.me")
        return reply

    def stale_answer(self, method: str) -> Answer:
        """What a client may still have at hand from an earlier challenge."""
        answers = {"email": "123456", "totp": "654321"}
        code = answers.get(method) or self.passphrase.digest(self.recorder.word())
        return Answer(code, method)

    def is_verified(self) -> bool:
        """Whether the admin sees the user's address as a verified one, whatever was asked for."""
        reply = self.provider.call(self.recorder, f"GET users.info?userId={self.account.user_id}")
        return isinstance(reply, Granted) and at_path(reply.body, "user.emails.0.verified") is True

    def grow_older(self, seconds: float) -> None:
        """Let time pass."""
        self.recorder.wait(seconds, "the account to be older than a setting")

    def admin_setting(self, name: str) -> int:
        """What a setting of the target is; the product's default where it cannot be read."""
        reply = self.provider.call(self.recorder, f"GET settings/{NAMES[name]}")
        value = reply.body.get("value") if isinstance(reply, Granted) else None
        return value if isinstance(value, int) else DEFAULTS[name]

    def is_named_in(self, reply: Reply) -> bool:
        """Whether a reply tells this user's id, address or username. A username that is a plain word may stand for anything."""
        account = self.account
        names = (account.user_id, account.email, "" if account.username.isalpha() else account.username)
        return any(name and mentions(reply, name) for name in names)

    def is_shown_address_in(self, reply: Reply) -> bool:
        """Whether a reply shows this user's address. One that is the username, too, is known to whoever asks by that."""
        return self.account.email != self.account.username.lower() and mentions(reply, self.account.email)

    def spare(self, wrong: int = 1) -> None:
        """Send no codes, of which so many may be refused, beyond what the target's owner allows for one account."""
        self.guard.spare(wrong)

    def note(self, answer: Answer, reply: Reply) -> None:
        """Remember what became of an answer."""
        self.guard.count(reply)
        if isinstance(reply, Refused):
            self.inbox.expect(reply)
        if isinstance(reply, Granted):
            self.inbox.use(answer)
            self.recorder.renewals.keep(answer)

    def name_codes(self) -> None:
        """Read the mail that was left unread, if a reply may have shown its code: without a name it would be written down
        as it is."""
        layout = self.recorder.world.layout
        if layout and self.account.email and self.recorder.may_show(layout.form):
            with suppress(Ended):
                self.inbox.await_all()
                self.inbox.catch_up()

    def _answer_login(self, challenged: Challenged) -> Answer:
        self.login = challenged
        self.guard.spare_right()
        if self.authenticator and challenged.challenge.method != "email":
            spare = self.authenticator.spare_code() if self.facts.backup_codes else None
            return self.authenticator.answer(spare) if spare else self.authenticator.right(challenged)
        self.inbox.expect(challenged)
        answer = self.inbox.right(challenged)
        self.inbox.use(answer)
        return answer


def _confirmed(authenticator: Authenticator, enrolment: Enrolment) -> list[str] | None:
    """The backup codes that came with the confirmation, or None if no code of the authenticator is taken."""
    told = (enrolment.confirm(code.compact) for code in authenticator.confirming())
    return next((codes for codes in told if codes is not None), None)
