"""The last gate of a run: what holds a secret is not written, whatever redaction has overlooked."""

import base64
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from conformance import ledger, resources
from conformance.canaries import Canaries
from conformance.events import Event, Exchanged, Finding, Finished, Judged, Surveyed
from conformance.ledger import Ledger
from conformance.model import Exchange, Headers, Request, Response
from conformance.results import Report

from .samples import CATALOGUE, ONE_OF_EACH
from .samples import log as sample

SECRET = "f3Pq-canary-8Ly0zW"
CODE = "481592"
KINDS = ("admin.password", "alice.token", "carol.secret", "dave.password.sha256", "header.X-Proxy", "mailbox.password")
DAMAGED = b'\xff{"token": "' + SECRET.encode() + b'"}'


def knowing(kind: str = "alice.token") -> Canaries:
    canaries = Canaries()
    canaries.add(SECRET, kind)
    canaries.add_code(CODE, "alice.email")
    return canaries


def log() -> list[Event]:
    return sample(ONE_OF_EACH)


def exchanged(*, path: str = "/", headers: Headers = (), body: bytes = b"", fault: str | None = None) -> Exchanged:
    return Exchanged(
        0, "test_x", Exchange(Request("GET", path, (), b""), Response(400, headers, body), fault, 1.5, 0.25)
    )


def changed(kind: type, **texts: object) -> Callable[[Event], Event]:
    return lambda event: replace(event, **texts) if isinstance(event, kind) else event  # type: ignore[type-var]


def run(folder: Path, events: list[Event], canaries: Canaries, *, texts: bool = True) -> Report:
    """A run that sees these events."""
    written = Ledger(folder, texts=texts)
    written.open(events[0], canaries)
    written.write(events[1:])
    return written.close(CATALOGUE)


def left(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


PLACES: dict[str, Callable[[str], list[Event]]] = {
    "a path": lambda secret: [*log(), exchanged(path=f"/x?token={secret}")],
    "the value of a header": lambda secret: [*log(), exchanged(headers=(("x-new", secret),))],
    "the name of a header": lambda secret: [*log(), exchanged(headers=((f"x-{secret}", "1"),))],
    "a body": lambda secret: [*log(), exchanged(body=f'{{"error": "{secret}"}}'.encode())],
    "a body that is no text": lambda secret: [*log(), exchanged(body=b"\xff " + secret.encode() + b" \xff")],
    "a fault": lambda secret: [*log(), exchanged(fault=f"bad header {secret}")],
    "a reason": lambda secret: list(map(changed(Judged, reason=f"does not hold: {secret}"), log())),
    "a finding": lambda secret: list(map(changed(Surveyed, findings=(Finding("x", "note", secret),)), log())),
    "the version": lambda secret: list(map(changed(Surveyed, server_version=secret), log())),
    "an error": lambda secret: list(map(changed(Finished, broken=f"KeyError: {secret}"), log())),
    "what is left over": lambda secret: list(map(changed(Finished, left_over=(secret,)), log())),
}


@pytest.mark.parametrize("secret", [SECRET, base64.b64encode(b"a" + SECRET.encode()).decode(), CODE, "481-592"])
@pytest.mark.parametrize("place", PLACES)
def test_what_holds_a_secret_is_not_written(tmp_path: Path, place: str, secret: str) -> None:
    report = run(tmp_path, PLACES[place](secret), knowing())
    written = left(tmp_path)
    document = json.loads(written["report.json"])

    assert list(written) == ["report.json"]
    assert not any(part in written["report.json"] for part in (SECRET, CODE, secret))
    assert document["exit_code"] == report.exit_code == 4
    assert [leak["file"] for leak in document["withheld"]] == ["run.jsonl"]
    assert document["withheld"][0]["secret"] in {"alice.token", "alice.email"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_report_names_the_file_and_the_kind_of_secret(tmp_path: Path, kind: str) -> None:
    run(tmp_path, PLACES["a body"](SECRET), knowing(kind))

    assert json.loads(left(tmp_path)["report.json"])["withheld"] == [{"file": "run.jsonl", "secret": kind}]


def test_it_holds_the_verdicts_and_none_of_the_texts(tmp_path: Path) -> None:
    schema = json.loads((resources.folder("reports") / "report.schema.json").read_text())
    found = run(tmp_path / "a", PLACES["a body"](SECRET), knowing())
    clear = run(tmp_path / "b", log(), knowing())
    document = json.loads((tmp_path / "a" / "report.json").read_text())

    assert [row.verdict for row in found.rows] == [row.verdict for row in clear.rows]
    assert {row["reason"] for row in document["tests"]} == {"«withheld»"}
    assert document["target"]["name"] == "staging"
    assert jsonschema_rs.validator_for(schema).is_valid(document)


@pytest.mark.parametrize("place", PLACES)
def test_where_no_texts_are_wanted_verdicts_are_all_that_is_written(tmp_path: Path, place: str) -> None:
    """Of what an earlier run left, nothing stays either."""
    whole = run(tmp_path, PLACES[place](SECRET), Canaries())
    report = run(tmp_path, PLACES[place](SECRET), Canaries(), texts=False)
    written = left(tmp_path)

    assert list(written) == ["report.json"]
    assert SECRET not in written["report.json"]
    assert [row.verdict for row in report.rows] == [row.verdict for row in whole.rows]
    assert (report.claim, report.exit_code, report.withheld) == (whole.claim, whole.exit_code, ())


def test_where_no_texts_are_wanted_others_write_none(tmp_path: Path) -> None:
    log_file = Ledger(tmp_path, texts=False)
    log_file.open(log()[0])

    assert log_file.cleared("anything", "pytest's report") == "«withheld»"


def test_without_a_secret_everything_is_written(tmp_path: Path) -> None:
    report = run(tmp_path, log(), knowing())

    assert set(left(tmp_path)) == {"run.jsonl", *ledger.DOCUMENTS}
    assert not report.withheld


def test_while_a_run_goes_on_no_line_with_a_secret_reaches_the_disk(tmp_path: Path) -> None:
    """It may be killed."""
    log_file = Ledger(tmp_path)
    log_file.open(log()[0], knowing())
    log_file.write([exchanged(body=DAMAGED), exchanged(path="/other")])
    lines = (tmp_path / "run.jsonl").read_text()
    log_file.close(CATALOGUE)

    assert '"/other"' in lines
    assert SECRET not in lines
    assert base64.b64encode(DAMAGED).decode() not in lines


def test_a_secret_that_became_known_after_it_was_written_is_found_at_the_end(tmp_path: Path) -> None:
    log_file, canaries = Ledger(tmp_path), Canaries()
    log_file.open(log()[0], canaries)
    log_file.write([*PLACES["a body"](SECRET)[1:]])
    canaries.add(SECRET, "bob.token")
    log_file.close(CATALOGUE)

    assert list(left(tmp_path)) == ["report.json"]
    assert "bob.token" in left(tmp_path)["report.json"]


def test_a_document_that_shows_more_than_the_log_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.render.markdown.render", lambda report: f"# {SECRET}")
    run(tmp_path, log(), knowing())

    assert list(left(tmp_path)) == ["report.json"]
    assert json.loads(left(tmp_path)["report.json"])["withheld"] == [{"file": "report.md", "secret": "alice.token"}]


def test_what_others_write_is_looked_through_too(tmp_path: Path) -> None:
    log_file = Ledger(tmp_path)
    log_file.open(log()[0], knowing())
    clear, held = log_file.cleared("nothing", "pytest's report"), log_file.cleared(f"E  {SECRET}", "pytest's report")

    assert (clear, held) == ("nothing", "«withheld»")
    assert [leak.file for leak in log_file.close(CATALOGUE).withheld] == ["pytest's report"]


def test_files_are_their_owner_s_even_where_others_lay_before(tmp_path: Path) -> None:
    for name in (*ledger.DOCUMENTS, "run.jsonl", ".report.json.draft"):
        (tmp_path / name).write_text("older")
        (tmp_path / name).chmod(0o666)
    mask = os.umask(0)
    try:
        run(tmp_path, log(), knowing())
    finally:
        os.umask(mask)

    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == dict.fromkeys(
        [*ledger.DOCUMENTS, "run.jsonl"], 0o600
    )


def test_a_draft_vanishes_also_after_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    log_file = Ledger(tmp_path)
    log_file.open(log()[0], knowing())
    log_file.write(log()[1:])
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        log_file.close(CATALOGUE)

    assert list(left(tmp_path)) == ["run.jsonl"]
