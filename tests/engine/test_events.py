"""The event log: every event survives its line, and a log that was cut is still a log."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.events import (
    FORMAT,
    Counted,
    Event,
    Exchanged,
    Facts,
    Finding,
    Finished,
    Judged,
    Missed,
    Obtained,
    Started,
    Surveyed,
    Waited,
    from_json,
    read_log,
    to_json,
)
from conformance.model import Exchange, Request, Response

TEXT = st.text()
SECONDS = st.integers(0, 10**12).map(lambda millionths: millionths / 10**6)
TEXTS = st.lists(TEXT).map(tuple)
HEADERS = st.lists(st.tuples(TEXT, TEXT)).map(tuple)
BODY = st.binary() | TEXT.map(str.encode)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.dictionaries(TEXT, inner), max_leaves=4
)

EXCHANGES = st.builds(
    Exchange,
    request=st.builds(Request, TEXT, TEXT, HEADERS, BODY),
    response=st.none() | st.builds(Response, st.integers(100, 599), HEADERS, BODY),
    fault=st.none() | TEXT,
    at=SECONDS,
    elapsed=SECONDS,
)
FINDINGS = st.lists(st.builds(Finding, TEXT, TEXT, TEXT, st.none() | TEXT)).map(tuple)
FACTS = st.builds(
    Facts,
    challenged=st.booleans(),
    protected=st.integers(0, 9),
    trust_window=st.none() | st.booleans(),
    clock_offset=SECONDS,
    mail_delay=st.none() | SECONDS,
    admin_id=TEXT,
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        Started,
        run=TEXT,
        started=TEXT,
        suite_version=TEXT,
        catalogue_digest=TEXT,
        target=TEXT,
        base_url=TEXT,
        seed=st.integers(),
        profiles=TEXTS,
        address=st.none() | TEXT,
        binding=st.dictionaries(TEXT, JSON | st.lists(JSON)),
    ),
    st.builds(Surveyed, FINDINGS, TEXT, TEXTS, st.none() | TEXT, TEXTS, TEXTS, FACTS),
    st.builds(Exchanged, st.integers(0), TEXT, EXCHANGES),
    st.builds(Obtained, TEXT, st.none() | TEXT, st.none() | TEXT, SECONDS),
    st.builds(Missed, TEXT, SECONDS, st.booleans()),
    st.builds(Counted, TEXT, st.integers(0)),
    st.builds(Waited, TEXT, SECONDS, TEXT),
    st.builds(
        Judged,
        test=TEXT,
        requirement=TEXT,
        verdict=TEXT,
        reason=st.none() | TEXT,
        blocked_by=st.none() | TEXT,
        seconds=SECONDS,
        exchanges=st.lists(st.integers()).map(tuple),
        purpose=st.none() | TEXT,
    ),
    st.builds(Finished, TEXT, SECONDS, st.booleans(), st.booleans(), st.none() | TEXT, TEXTS),
)

WAITED = Waited("test_x", 1.0, "why")
LINE = to_json(WAITED)


@given(EVENTS)
def test_an_event_survives_its_line(event: Event) -> None:
    line = to_json(event)

    assert from_json(line) == event
    assert "\n" not in line
    assert "\r" not in line


@given(EVENTS)
def test_a_line_says_what_kind_of_event_it_holds_and_has_all_its_members(event: Event) -> None:
    row = json.loads(to_json(event))

    assert row.pop("event") == type(event).__name__.lower()
    assert set(row) == {field.name for field in dataclasses.fields(event)}


@given(st.lists(EVENTS))
def test_a_log_is_read_as_it_was_written(events: list[Event]) -> None:
    text = "".join(to_json(event) + "\n" for event in events)

    assert list(read_log(text.split("\n")[:-1])) == events


def test_the_header_line_names_the_format() -> None:
    started = Started("r", "", "", "", "", "", 0, (), None, {})

    assert json.loads(to_json(started))["format"] == FORMAT == "twofa-conformance-run/1"


def test_a_body_that_is_no_text_is_written_in_base64() -> None:
    exchange = Exchange(Request("GET", "/", (), b"\xff"), Response(200, (), b"text"), None, 0, 0)
    row = json.loads(to_json(Exchanged(0, "test_x", exchange)))["exchange"]

    assert row["request"]["body_base64"] == "/w=="
    assert row["response"]["body"] == "text"


def test_the_duration_of_an_exchange_is_written_in_whole_millionths() -> None:
    exchange = Exchange(Request("GET", "/", (), b""), None, "no reply", 0.0, 0.12345678)

    assert json.loads(to_json(Exchanged(0, "test_x", exchange)))["exchange"]["elapsed"] == 0.123457


@pytest.mark.parametrize("end", range(1, len(LINE), 7))
def test_a_last_line_that_was_cut_is_left_out(end: int) -> None:
    assert list(read_log([LINE, LINE[:end]])) == [WAITED]


def test_an_empty_last_line_is_left_out() -> None:
    assert list(read_log([LINE, "\n"])) == [WAITED]


@pytest.mark.parametrize("broken", ["", "{", LINE[:-1], '{"event":"unknown"}', "[]", "null", '"text"', "{}", "5"])
def test_any_other_line_that_cannot_be_read_is_an_error_that_names_it(broken: str) -> None:
    with pytest.raises(ValueError, match="line 2: "):
        list(read_log([LINE, broken, LINE]))


@pytest.mark.parametrize(
    "line",
    [
        '{"event":"waited"}',
        '{"event":"waited","test":"x","seconds":1,"why":"y","more":1}',
        '{"event":["waited"]}',
        '{"event":"exchanged","seq":1,"test":"x"}',
        '{"event":"exchanged","seq":1,"test":"x","exchange":null}',
        '{"event":"exchanged","seq":1,"test":"x","exchange":{"request":{}}}',
        '{"event":"surveyed","findings":[{"id":1}],"facts":{}}',
        '{"event":"surveyed","findings":[],"facts":{"unknown":1}}',
    ],
)
def test_a_line_that_is_no_event_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="no event of twofa-conformance-run/1"):
        from_json(line)


def test_an_empty_log_holds_no_event() -> None:
    assert list(read_log([])) == []
