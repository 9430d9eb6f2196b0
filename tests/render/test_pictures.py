"""The pictures hold the numbers of the report."""

from conformance.events import Event, Exchanged, Finished, Judged
from conformance.model import Exchange, Request
from conformance.render.pictures import WIDTH, Timeline, bars, timeline

from .samples import ONE_OF_EACH, log, report

MADE = report(log(ONE_OF_EACH))


def test_every_requirement_is_in_the_bar_of_its_chapter() -> None:
    assert {bar.chapter: bar.counts for bar in bars(MADE)} == {
        "challenge": {"fail": 1, "warn": 1, "pass": 1},
        "mail": {"note": 1, "inconclusive": 1},
        "refusal": {"error": 1, "inapplicable": 1},
        "effect": {"untested": 1},
    }
    assert bars(MADE)[0].words == "challenge: 1 fail, 1 warn, 1 pass"


def test_a_bar_is_as_long_as_its_chapter() -> None:
    longest, *_, shortest = bars(MADE)

    assert round(sum(segment.width for segment in longest.segments)) == WIDTH
    assert [round(segment.x) for segment in longest.segments] == [0, 333, 667]
    assert round(shortest.segments[0].width) == 333


def drawn(*tests: tuple[float, float, str]) -> Timeline:
    """The time line of tests that began then, took so long, and had that verdict."""
    events: list[Event] = log({}, finished=False)
    for seq, (at, seconds, verdict) in enumerate(tests):
        exchange = Exchange(Request("GET", "/", (), b""), None, "cut", 1000 + at, 0.1)
        events.append(Exchanged(seq, f"test_{seq}", exchange))
        events.append(Judged(f"test_{seq}", "challenge.required", verdict, None, None, seconds, (seq,)))
    events.append(Finished("2026-01-02T03:05:00Z", 9.0, complete=True))
    return timeline(report(events), events)


def test_tests_lie_where_they_ran() -> None:
    line = drawn((0, 5, "pass"), (5, 5, "pass"))

    assert [(span.begun, span.x, span.width) for span in line.spans] == [(0, 0, 500), (5, 500, 500)]
    assert line.seconds == 10
    assert [label for _, label in line.ticks] == ["0.0 s", "2.5 s", "5.0 s", "7.5 s", "10.0 s"]


def test_tests_at_once_lie_in_lanes_of_their_own_and_a_free_lane_is_used_again() -> None:
    line = drawn((0, 4, "pass"), (1, 1, "pass"), (3, 1, "pass"), (3, 7, "pass"))

    assert [span.lane for span in line.spans] == [0, 1, 1, 2]
    assert line.lanes == 3


def test_a_test_that_took_no_time_is_seen_and_hides_no_other() -> None:
    line = drawn((0, 0, "pass"), (0, 0, "pass"), (0, 10, "pass"))

    assert min(span.width for span in line.spans) > 0
    assert len({span.lane for span in line.spans}) == 3


def test_those_that_found_something_are_drawn_one_by_one_and_the_others_as_one() -> None:
    line = drawn((0, 1, "pass"), (1, 1, "fail"), (2, 1, "pass"), (3, 1, "warn"), (4, 1, "inconclusive"))

    assert [span.test.verdict for span in line.findings] == ["fail", "warn"]
    assert line.paths == {
        "pass": "M0 0h200v8h-200zM400 0h200v8h-200z",
        "inconclusive": "M800 0h200v8h-200z",
    }


def test_the_slowest_come_first() -> None:
    assert [span.test.seconds for span in drawn((0, 1, "pass"), (0, 3, "fail"), (0, 2, "pass")).slowest] == [3, 2, 1]


def test_a_log_without_exchanges_has_an_empty_line() -> None:
    assert (drawn().spans, drawn().seconds, drawn().lanes) == ((), 0.0, 1)
