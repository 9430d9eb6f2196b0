"""What is read from the peer's report, and what of it is new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from conformance import resources
from conformance.lab import Lab
from conformance.score import document, peer
from conformance.score.card import Card, FaultScore, Peer, PeerScore, VariantScore, from_json, to_json
from conformance.score.peer import USER, Job, described, failures_in, jobs, peer_of, with_peer

SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads((resources.folder("reports") / "scorecard.schema.json").read_text(encoding="utf-8"))
)

# As schemathesis 4.32.5 writes them, without what is not read.
REJECTED = (
    '{"ScenarioFinished":{"phase":"examples","status":"failure","recorder":{"label":"POST /api/v1/users.update",'
    '"cases":{"NUjy1A":{"value":{"method":"POST","path":"/api/v1/users.update","id":"NUjy1A"}}},'
    '"checks":{"NUjy1A":[{"name":"not_a_server_error","status":"success"},{"name":"positive_data_acceptance",'
    '"status":"failure","failure_info":{"failure":{"type":"RejectedPositiveData","code":"ST202",'
    '"operation":"POST /api/v1/users.update","title":"Schema-valid request rejected","severity":"medium"}}}]},'
    '"interactions":{"NUjy1A":{"request":{"method":"POST"},"response":{"status_code":400,"headers":{}}}}}}}\n'
)
UNANSWERED = (
    '{"ScenarioFinished":{"recorder":{"label":"GET /api/v1/me","checks":{"a":[{"name":"max_response_time",'
    '"status":"failure","failure_info":{"failure":{"type":"ResponseTimeExceeded","operation":"GET /api/v1/me"}}}]},'
    '"interactions":{"a":{"request":{"method":"GET"}}}}}}\n'
)
NOTHING_SENT = '{"ScenarioFinished":{"phase":"examples","status":"skip","recorder":{"label":"GET /api/v1/me"}}}\n'
ERROR = '{"NonFatalError":{"value":{"type":"ConnectionError","message":"…"},"label":"GET /api/v1/me"}}\n'
BROKEN = '{"FatalError":{"exception":{"type":"LoaderError","message":"…"}}}\n'
OTHERS = '{"Initialize":{"seed":1}}\n{"PhaseStarted":{"phase":{"name":"fuzzing"}}}\n'


@pytest.mark.parametrize(
    ("report", "found"),
    [
        (OTHERS + NOTHING_SENT, set()),
        (OTHERS + REJECTED + REJECTED, {"positive_data_acceptance POST /api/v1/users.update 400"}),
        (UNANSWERED, {"max_response_time GET /api/v1/me no reply"}),
        (ERROR + BROKEN, {"ConnectionError GET /api/v1/me", "LoaderError"}),
        (ERROR + REJECTED[:90], {"ConnectionError GET /api/v1/me"}),
    ],
)
def test_failures_are_told_apart_by_check_operation_and_status(report: str, found: set[str]) -> None:
    assert failures_in(report) == found


def fault(id: str, edition: str, seconds: float, *, detected: bool = True) -> FaultScore:
    return FaultScore(
        id=id,
        edition=edition,
        breaks=("challenge.method",),
        clauses=("S01",),
        level="must",
        profile="base",
        detected=detected,
        failed=("challenge.method",) if detected else (),
        at_right_requirement=detected,
        misattributed=(),
        first_run=detected,
        seconds=seconds,
    )


CARD = Card(
    (fault("rb-500-bad-json", "classic", 20.4, detected=False), fault("ch-errortype-typo", "current", 31.0)),
    (VariantScore("b-01", "classic", "conformant", (), 299.2),),
)


def test_the_peer_has_the_time_of_our_own_run_up_to_that_of_a_baseline() -> None:
    limits = {(job.kind, job.edition, job.limit) for job in jobs(CARD)}

    assert limits == {
        ("baseline", "classic", 240),
        ("baseline", "current", 240),
        ("fault", "classic", 21),
        ("fault", "current", 31),
        ("variant", "classic", 240),
    }
    assert len({job.key for job in jobs(CARD)}) == len(jobs(CARD))
    assert len({job.seed for job in jobs(CARD) if job.kind == "baseline"}) > 1
    assert len({job.seed for job in jobs(CARD) if job.kind != "baseline"}) == 1


def judged(job: Job) -> tuple[list[str], float]:
    """What the peer is taken to report: one failure of every server, one more of a baseline at a time, and of a fault."""
    more = {"baseline": f"chance {job.id}", "fault": f"new {job.id}", "variant": "chance 1"}
    return ["always", more[job.kind]], 3.0


def ran(job: Job) -> dict[str, Any]:
    failures, seconds = judged(job)
    return {"failures": failures, "seconds": seconds}


def test_what_any_faultless_run_of_the_edition_reports_is_not_new() -> None:
    found = peer_of(jobs(CARD), {job.key: ran(job) for job in jobs(CARD)})

    assert found.baseline["classic"] == ("always", "chance 0", "chance 1", "chance 2")
    assert [score.new_failures for score in found.scores] == [("new rb-500-bad-json",), ("new ch-errortype-typo",), ()]
    assert found.totals() == {"faults": 2, "noticed": 2, "variants": 1, "accused": 0}


def test_a_run_of_the_peer_that_was_cut_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def run_all(wanted: list[Job], at_once: int | None) -> Any:
        for job in wanted:
            asked.append(job.key)
            if len(asked) == 3:
                raise KeyboardInterrupt
            yield job, judged(job)

    monkeypatch.setattr(peer, "run_all", run_all)
    with pytest.raises(KeyboardInterrupt):
        with_peer(CARD, tmp_path, lambda *_: None)
    card = with_peer(CARD, tmp_path, lambda *_: None)

    assert sorted({*asked}) == sorted(job.key for job in jobs(CARD))
    assert len(asked) == len(jobs(CARD)) + 1
    assert card.peer and card.peer.totals()["noticed"] == 2
    assert list(tmp_path.iterdir()) == []


PEER = Peer(
    "schemathesis 4", {"classic": ("always",)}, (PeerScore("fault", "rb-500-bad-json", "classic", ("new",), 1.0),)
)


@pytest.mark.parametrize("asked", [PEER, None])
def test_a_card_comes_back_with_what_the_peer_made_of_it(asked: Peer | None) -> None:
    card = Card(CARD.faults, CARD.variants, asked)
    written = json.loads(json.dumps(to_json(card)))

    SCHEMA.validate(written)
    assert from_json(written) == card
    assert written["totals"]["peer"] == (asked.totals() if asked else None)
    assert bool(asked) is (written["peer"] is not None)


def test_the_document_says_what_the_peer_alone_noticed() -> None:
    text = document.render(Card(CARD.faults, CARD.variants, PEER), {}, {})

    assert "Faults noticed: 1 of 1" in text
    assert "Of these not detected by the suites: `rb-500-bad-json`" in text
    assert "A peer" not in document.render(CARD, {}, {})


@pytest.mark.parametrize("edition", ["classic", "current"])
def test_the_peer_s_document_is_that_of_the_edition_and_names_the_user(edition: str) -> None:
    paths = described(edition, "the-id")["paths"]
    body = paths["/api/v1/users.update"]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert body["properties"]["userId"]["examples"] == ["the-id"]
    assert "examples" not in body["properties"]["data"]


def test_the_peer_runs_against_a_server_of_its_own() -> None:
    """How much it finds in a second depends on the machine; that it ends by itself, and leaves a report, does not."""
    failures, seconds = peer.run(Job("fault", "ch-errortype-typo", "classic", limit=1))

    assert "the run does not end" not in failures
    assert seconds >= 1


def test_the_peer_s_user_is_logged_in_and_has_email_2fa() -> None:
    with Lab(accounts=[USER]) as lab, httpx.Client(base_url=lab.base_url) as http:
        user_id = next(one.id for one in lab.state.accounts.values() if one.username == USER.username)
        session = {"X-Auth-Token": str(USER.token), "X-User-Id": user_id}
        body = {"userId": user_id, "data": {"name": "other"}}
        asked = http.post("/api/v1/users.update", json=body, headers=session).json()

        assert http.get("/api/v1/me", headers=session).json()["username"] == USER.username
        assert (asked["errorType"], asked["details"]["method"]) == ("totp-required", "email")
