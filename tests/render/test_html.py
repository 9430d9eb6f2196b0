"""report.html works from the disk, alone, and links to each requirement and test."""

import base64
import dataclasses
import hashlib
from urllib.parse import unquote

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


def test_every_link_leads_somewhere() -> None:
    assert {unquote(target[1:]) for target in PAGE.values("href")} <= set(PAGE.values("id"))


def test_a_test_with_an_odd_name_has_an_anchor_that_its_links_find() -> None:
    events = [
        dataclasses.replace(event, test='test_x[a b-"%41"]\x00') if isinstance(event, Judged) else event
        for event in log({"challenge.required": "fail"})
    ]
    page = Page(html.render(report(events), events))

    assert {unquote(target[1:]) for target in page.values("href")} <= set(page.values("id"))
    assert not any(" " in name for name in page.values("id"))


def test_a_test_shows_what_it_did_and_saw_in_order() -> None:
    exchange = TEXT.index("#2 POST /api/v1/users.update: 400")
    request = TEXT.index("x-2fa-code: «alice.email#1»", exchange)
    response = TEXT.index("{&#34;said&#34;: &#34;this&#34;}", request)
    mail = TEXT.index("no mail within 30.00 s; other mail of this run did arrive", response)

    assert mail < TEXT.index("waited 1.00 s: the rate limit", mail)


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


def test_it_can_be_read_without_its_script() -> None:
    filters = next(attributes for tag, attributes in PAGE.tags if tag == "form")
    hidden = [attributes for _, attributes in PAGE.tags if "hidden" in attributes]

    assert hidden == [filters]
    assert PAGE.tags[0] == ("html", {"lang": "en"})
    assert "What is not claimed" in PAGE.text
