"""Settings of the target: changed for a phase, and put back whatever came between."""

import pytest

from conformance.events import Event, Exchanged
from conformance.outcomes import Inconclusive
from conformance.phases import Phases
from conformance.setting_names import NAMES
from conformance.target_settings import Settings, phases

from .script import Answered, Script, answer, error, granted, user

OFF, BRIEF = ("email", False), ("code_expiration", "brief")
REFUSED = error("error-action-not-allowed")


def found(value: object) -> Answered:
    return granted(_id="x", value=value)


def settings(script: Script) -> Settings:
    alice = user(script)
    return Settings(alice.provider, alice.recorder, 7)


def written(script: Script) -> list[tuple[str, object]]:
    """What was written, in its order: short names and values."""
    short = {name: alias for alias, name in NAMES.items()}
    return [
        (short[path.rpartition("/")[2]], body["value"])
        for path, body, request in zip(script.paths, script.bodies, script.requests, strict=True)
        if request.verb == "POST"
    ]


def test_a_setting_is_read_before_it_is_changed_and_the_admin_does_both() -> None:
    script = Script([found(True), granted()])
    settings(script).change((OFF,))

    assert [(request.verb, path) for request, path in zip(script.requests, script.paths, strict=True)] == [
        ("GET", f"settings/{NAMES['email']}"),
        ("POST", f"settings/{NAMES['email']}"),
    ]
    assert {dict(request.headers)["X-Auth-Token"] for request in script.requests} == {"token-of-admin"}


def test_what_was_found_is_put_back() -> None:
    script = Script([found(True), granted(), found(600), granted(), granted(), granted()])
    changed = settings(script)
    changed.change((OFF, BRIEF))

    assert changed.put_back() == {}
    assert written(script) == [("email", False), ("code_expiration", 7), ("email", True), ("code_expiration", 600)]


def test_a_brief_time_is_what_the_preflight_measured() -> None:
    script = Script([found(600), granted()])
    settings(script).change((BRIEF,))

    assert written(script) == [("code_expiration", 7)]


@pytest.mark.parametrize("value", [False, 0, "", None])
def test_a_value_that_counts_as_nothing_is_put_back_like_any_other(value: object) -> None:
    script = Script([found(value), granted(), granted()])
    changed = settings(script)
    changed.change((("maximum", 3),))
    changed.put_back()

    assert written(script) == [("maximum", 3), ("maximum", value)]


def test_a_change_that_is_refused_midway_is_put_back_as_far_as_it_went() -> None:
    script = Script([found(True), granted(), REFUSED, granted()])
    changed = settings(script)
    with pytest.raises(Inconclusive, match=rf"{NAMES['code_expiration']} cannot be read: status 400"):
        changed.change((OFF, BRIEF, ("maximum", 1)))

    assert changed.put_back() == {}
    assert written(script) == [("email", False), ("email", True)]


def test_a_setting_that_may_be_read_but_not_written_is_written_back_all_the_same() -> None:
    """A reply that says no is no proof that nothing was done."""
    script = Script([found(True), REFUSED, granted()])
    changed = settings(script)
    with pytest.raises(Inconclusive, match=rf"{NAMES['email']} cannot be changed: status 400"):
        changed.change((OFF,))

    assert changed.put_back() == {}
    assert written(script) == [("email", False), ("email", True)]


def test_what_would_not_go_back_is_named_and_does_not_stop_the_others() -> None:
    script = Script([found(True), granted(), found(600), granted(), REFUSED, granted()])
    changed = settings(script)
    changed.change((OFF, BRIEF))

    assert changed.put_back() == {NAMES["email"]: True}
    assert written(script)[-1] == ("code_expiration", 600)


def test_what_would_not_go_back_is_tried_again() -> None:
    script = Script([found(True), granted(), REFUSED, granted()])
    changed = settings(script)
    changed.change((OFF,))
    changed.put_back()

    assert changed.put_back() == {}
    assert written(script) == [("email", False), ("email", True), ("email", True)]


def test_what_was_found_first_is_what_is_put_back() -> None:
    script = Script([found(True), granted(), found(False), granted(), granted()])
    changed = settings(script)
    changed.change((OFF,))
    changed.change((OFF,))
    changed.put_back()

    assert written(script)[-1] == ("email", True)


def test_phases_begin_with_the_target_as_it_is_and_come_once_each() -> None:
    needed = {"a": (OFF, BRIEF), "b": (), "c": (OFF,), "d": (), "e": (OFF,), "f": (BRIEF,)}

    assert phases(needed) == [(), (BRIEF,), (OFF,), (OFF, BRIEF)]


def test_phases_are_in_the_same_order_whatever_the_order_of_the_tests() -> None:
    needed = {"a": (OFF,), "b": (), "c": (BRIEF,)}

    assert phases(dict(reversed(needed.items()))) == phases(needed)


class Log:
    """Phases on a script, and what they write down."""

    def __init__(self, script: Script) -> None:
        self.events: list[Event] = []
        alice = user(script)
        self.phases = Phases(alice.provider, alice.recorder, self.events.extend, 7)


def test_a_phase_is_entered_and_left_and_what_it_did_is_written_down() -> None:
    script = Script([found(True), granted(), granted()])
    log = Log(script)
    log.phases.enter((OFF,))

    assert not log.phases.refused
    assert [type(event) for event in log.events] == [Exchanged, Exchanged]
    log.phases.leave()
    assert written(script)[-1] == ("email", True)
    assert len(log.events) == len(script.requests)
    assert log.phases.stuck == ()


def test_what_one_phase_could_not_put_back_is_put_back_after_the_next() -> None:
    script = Script([found(True), granted(), REFUSED, found(600), granted(), granted(), granted()])
    log = Log(script)
    log.phases.enter((OFF,))
    log.phases.leave()
    assert log.phases.stuck == (NAMES["email"],)
    log.phases.enter((BRIEF,))
    log.phases.leave()

    assert log.phases.stuck == ()
    assert ("email", True) in written(script)[-2:]


def test_a_phase_that_is_refused_says_so_and_what_it_did_is_written_down() -> None:
    script = Script([answer(403, {"success": False})])
    log = Log(script)
    log.phases.enter((OFF,))

    assert log.phases.refused
    assert len(log.events) == 1
    log.phases.leave()
    assert not log.phases.refused
    assert written(script) == []


def test_a_phase_that_would_not_go_back_is_named() -> None:
    script = Script([found(True), granted(), REFUSED])
    log = Log(script)
    log.phases.enter((OFF,))
    log.phases.leave()

    assert log.phases.stuck == (NAMES["email"],)


def test_without_a_phase_there_is_nothing_to_put_back() -> None:
    script = Script([])
    Log(script).phases.leave()

    assert script.requests == []
