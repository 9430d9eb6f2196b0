"""How the preflight gets to an account: each right that the admin lacks is told by its route."""

import pytest

from conformance.accounts import Admin
from conformance.admission import ByAdmin
from conformance.findings import Findings, Stopped
from conformance.model import Response

from .script import Answered, Script, answer, granted, user

MADE, FOUND = granted(user={"_id": "u9"}), granted(user={"_id": "u9"})
DENIED, GONE = answer(403, {"success": False, "error": "unauthorized"}), answer(404, {"success": False})
PAGE = Answered(Response(403, (), b"<html>Forbidden</html>"))


def admission(*answers: Answered) -> tuple[ByAdmin, Findings]:
    alice, findings = user(Script(list(answers))), Findings()
    assert isinstance(alice.provider, Admin)
    return ByAdmin(alice.provider, alice.recorder, findings), findings


def test_an_admin_with_every_right_lends_an_account_and_takes_it_back() -> None:
    by_admin, findings = admission(MADE, FOUND, granted())
    by_admin.give_back(by_admin.borrow())

    assert [(finding.id, finding.verdict) for finding in findings] == [("accounts", "pass"), ("admin-rights", "pass")]


@pytest.mark.parametrize(
    ("answers", "check", "words"),
    [
        ([DENIED], "admin-rights", "users.create is refused: status 403"),
        ([GONE], "routes", "the target has no users.create"),
        ([PAGE], "access-proxy", "not the target answers users.create"),
        ([MADE, DENIED], "admin-rights", "users.info is refused: status 403"),
        ([MADE, GONE], "routes", "the target has no users.info"),
        ([MADE, FOUND, DENIED], "admin-rights", "users.delete is refused: status 403"),
        ([MADE, FOUND, GONE], "routes", "the target has no users.delete"),
    ],
)
def test_a_right_that_is_lacking_is_told_by_its_route(answers: list[Answered], check: str, words: str) -> None:
    by_admin, findings = admission(*answers)
    with pytest.raises(Stopped):
        by_admin.give_back(by_admin.borrow())

    assert (findings[-1].id, findings[-1].verdict) == (check, "fail")
    assert words in findings[-1].finding
    assert findings[-1].remedy
