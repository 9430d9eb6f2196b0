"""The admin's session: one that a target has lost, by a restart, is begun again, and nobody is left behind for want of it."""

from __future__ import annotations

from conformance.accounts import Admin
from conformance.binding import Binding
from conformance.model import Granted, Refused
from conformance.recorder import Recorder

from .script import ADMIN, LOGIN, Answered, Script, answer, granted

LOGGED_OUT = answer(401, {"status": "error", "message": "You must be logged in to do this."})
AGAIN = granted(data={"authToken": "token-of-admin-2", "userId": "u1"})
CREATE = "users.create"


def logged_in(*answers: Answered) -> tuple[Admin, Recorder, Script]:
    script = Script([LOGIN, *answers])
    admin, recorder = Admin(ADMIN, "qa+{tag}@example.org", "run"), Recorder("test_x", script, Binding(), seed=7)
    admin.log_in(recorder)
    return admin, recorder, script


def tokens(script: Script) -> list[str | None]:
    return [dict(request.headers).get("X-Auth-Token") for request in script.requests]


def test_a_call_whose_session_was_lost_is_made_again_in_another() -> None:
    admin, recorder, script = logged_in(LOGGED_OUT, AGAIN, granted(), granted())
    replies = [admin.call(recorder, f"POST {CREATE}", {}) for _ in range(2)]

    assert [type(reply) for reply in replies] == [Granted, Granted]
    assert script.paths == ["login", CREATE, "login", CREATE, CREATE]
    assert tokens(script) == [None, "token-of-alice-1", None, "token-of-admin-2", "token-of-admin-2"]


def test_a_target_that_lets_nobody_in_is_not_asked_for_ever() -> None:
    admin, recorder, script = logged_in(*[LOGGED_OUT] * 20)
    replies = [admin.call(recorder, f"POST {CREATE}", {}) for _ in range(5)]

    assert {type(reply) for reply in replies} == {Refused}
    assert script.paths.count("login") == 4


def test_accounts_are_removed_though_the_session_was_lost() -> None:
    made = granted(user={"_id": "id-1"})
    admin, recorder, _ = logged_in(made, LOGGED_OUT, AGAIN, granted())
    admin.create(recorder, "alice")
    (alice,) = admin.remaining

    assert admin.remove(recorder, alice)
    assert not admin.remaining
