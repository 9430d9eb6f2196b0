"""report.html works from the disk, alone, and links to each requirement and test."""

import base64
import dataclasses
import hashlib
from urllib.parse import parse_qsl, unquote

from conformance.events import Exchanged, Judged
from conformance.render import html

from .reading import Page
from .samples import ONE_OF_EACH, log, report
from .samples import test_of as id_of

EVENTS = log(ONE_OF_EACH, body='{"said": "this"}')
TEXT = html.render(report(EVENTS), EVENTS)
PAGE = Page(TEXT)


def test_nothing_is_loaded_from_anywhere() -> None:
    assert PAGE.values("src") == []
    assert [target for target in PAGE.values("href") if not target.startswith("#")] == []
    assert {"link", "img", "iframe", "object", "embed", "base", "video", "audio"}.isdisjoint(PAGE.outline)
    assert [text for text in PAGE.code["style"] if "url(" in text or "@import" in text] == []


def test_the_policy_allows_the_two_texts_that_are_there_and_nothing_else() -> None:
    policy = dict(part.split(" ", 1) for part in PAGE.values("content")[0].split("; "))

    assert policy == {
        "default-src": "'none'",
        "style-src": digest(PAGE.code["style"]),
        "script-src": digest(PAGE.code["script"]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert [name for _, attributes in PAGE.tags for name in attributes if name.startswith("on")] == []
    assert PAGE.values("style") == []


def digest(texts: list[str]) -> str:
    assert len(texts) == 1
    return f"'sha256-{base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()}'"


def test_every_requirement_and_test_has_its_anchor() -> None:
    anchors = PAGE.values("id")

    assert len(anchors) == len(set(anchors))
    assert {row.requirement.id for row in report(EVENTS).rows} <= set(anchors)
    assert {id_of(requirement) for requirement in ONE_OF_EACH} <= set(anchors)


def places(page: Page) -> set[str]:
    """Where the page's links lead, other than into its filter."""
    return {unquote(target[1:]) for target in page.values("href") if not target.startswith("#?")}


def test_every_link_leads_somewhere() -> None:
    assert places(PAGE) <= set(PAGE.values("id"))


def test_each_chapter_has_a_link_that_filters_by_it() -> None:
    filters = [parse_qsl(target[2:]) for target in PAGE.values("href") if target.startswith("#?")]
    assert filters == [[("chapter", chapter)] for chapter in ("challenge", "mail", "refusal", "effect")]


def test_a_test_with_an_odd_name_has_an_anchor_that_its_links_find() -> None:
    events = [
        dataclasses.replace(event, test='test_x[a b-"%41"]\x00') if isinstance(event, Judged | Exchanged) else event
        for event in log({"challenge.required": "fail"})
    ]
    page = Page(html.render(report(events), events))

    assert places(page) <= set(page.values("id"))
    assert 'test_x[a-b-"%41"]<U+0000>' in places(page)
    assert not any(" " in name for name in page.values("id"))


def test_what_was_found_comes_first_and_is_open() -> None:
    rows = [attributes for tag, attributes in PAGE.tags if "data-verdict" in attributes]

    assert [(row["data-verdict"], "open" in row) for row in rows] == [
        ("fail", True),
        ("error", True),
        ("warn", True),
        ("note", True),
        ("inconclusive", False),
        ("untested", False),
        ("inapplicable", False),
        ("pass", False),
    ]


def test_that_nothing_was_found_is_said_only_where_something_was_tested() -> None:
    """Nobody must take a run that came to nothing for a good one."""
    tested, idle = log({"challenge.required": "pass"}), log({})

    assert "No requirement failed" in html.render(report(tested), tested)
    assert "No requirement failed" not in html.render(report(idle), idle)


def test_a_row_says_what_the_filter_asks_for() -> None:
    row = next(attributes for _, attributes in PAGE.tags if attributes.get("id") == "challenge.status")

    assert {name: value for name, value in row.items() if name.startswith("data-")} == {
        "data-verdict": "warn",
        "data-profile": "base",
        "data-level": "should",
        "data-chapter": "challenge",
    }


def test_a_requirement_says_why_it_matters_once() -> None:
    events = log({"challenge.required": "pass"})
    twice = [*events[:-1], dataclasses.replace(events[-2], test="test_again"), events[-1]]  # type: ignore[arg-type]

    assert html.render(report(twice), twice).count(">Says so.<") == 1


def test_all_that_is_to_be_said_of_a_requirement_is_there() -> None:
    """A discussion of what the specification allows ends with it, or starts on the right page."""
    text = " ".join(Page(html.render(report(EVENTS), EVENTS, {"D4": "what the body is"})).text.split())

    for words in ("All else.", "A breach.", "D4: what the body is", f'-k "{id_of("challenge.error-text")}"'):
        assert words in text


def test_a_test_holds_what_it_did_and_saw_in_order() -> None:
    told = PAGE.evidence(id_of("challenge.error-text"))
    exchange, *others = told["steps"]

    assert exchange["line"] == "#2 POST /api/v1/users.update: 400, 12 ms"
    assert exchange["after"] == "+0.000 s"
    assert exchange["request"]["head"] == "POST /api/v1/users.update\nx-2fa-code: «alice.email#1»"
    assert exchange["response"]["body"] == '{"said": "this"}'
    assert [step["line"] for step in others] == [
        "no mail within 30.00 s; other mail of this run did arrive",
        "counted in the mailbox: 2",
        "waited 1.00 s: the rate limit",
    ]
    assert told["clock"] == "The target's clock was -3.5 s against ours."


def test_a_failure_has_a_reference_and_a_success_needs_none() -> None:
    [failed, *_], [passed, *_] = (
        PAGE.evidence(id_of(f"challenge.{name}"))["steps"] for name in ("error-text", "required")
    )

    assert failed["reference"] == {"anchor": id_of("challenge.required"), "seq": passed["seq"]}
    assert passed["reference"] is None


def test_what_no_test_cites_is_shown_as_its_own_part() -> None:
    looked = dataclasses.replace(
        next(event for event in EVENTS if isinstance(event, Exchanged)), seq=99, test="preflight"
    )
    page = Page(html.render(report([*EVENTS, looked]), [*EVENTS, looked]))

    assert "of-preflight" in page.values("id")
    assert [step["seq"] for step in page.evidence("of-preflight")["steps"]] == [99]


def test_an_exchange_without_response_shows_why() -> None:
    events = [
        dataclasses.replace(event, exchange=dataclasses.replace(event.exchange, response=None, fault="timed out"))
        if isinstance(event, Exchanged)
        else event
        for event in EVENTS
    ]
    assert "no response: timed out" in html.render(report(events), events)


def test_a_long_body_is_cut_at_4_kb() -> None:
    events = log({"challenge.required": "pass"}, body="y" * 5000)
    text = html.render(report(events), events)

    assert "y" * 4096 + "… (904 more characters are in run.jsonl)" in text
    assert "y" * 4097 not in text


def test_without_a_log_nothing_is_said_of_what_it_would_hold() -> None:
    page = Page(html.render(report(EVENTS), []))

    assert page.json == {}
    assert "To run it alone" not in page.text
    assert "holds no exchanges" in page.text


def test_it_can_be_read_without_its_script() -> None:
    filters = next(attributes for tag, attributes in PAGE.tags if tag == "form")
    hidden = [attributes for _, attributes in PAGE.tags if "hidden" in attributes]

    assert hidden == [filters]
    assert PAGE.tags[0] == ("html", {"lang": "en"})
    assert "What is not claimed" in PAGE.text
    assert [row.requirement.id for row in report(EVENTS).rows if row.requirement.text not in PAGE.text] == []


def test_evidence_closes_no_element() -> None:
    events = log(ONE_OF_EACH, body="</script><!--<script>]]>")
    text = html.render(report(events), events)
    page = Page(text)

    assert [raw for raw in page.json.values() if "<" in raw or ">" in raw or "&" in raw] == []
    assert page.evidence(id_of("challenge.required"))["steps"][0]["response"]["body"] == "</script><!--<script>]]>"


def test_a_test_that_cites_an_exchange_of_another_is_not_drawn_with_it() -> None:
    """It would seem to have run since then."""
    events = [
        dataclasses.replace(event, test="test_other") if isinstance(event, Exchanged) else event for event in EVENTS
    ]
    assert "No test made an exchange." in Page(html.render(report(events), events)).text
