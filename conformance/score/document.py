"""scorecard.md: the card as text to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conformance.model import PROFILES
from conformance.score.card import Card, FaultScore, Peer, PeerScore, VariantScore


def render(card: Card, reasons: Mapping[str, str], unseeded: Mapping[str, str]) -> str:
    """The document. ``reasons``: why a fault survives, by its id; ``unseeded``: why one is not there at all."""
    return "\n".join(_document(card, reasons, unseeded)) + "\n"


def _document(card: Card, reasons: Mapping[str, str], unseeded: Mapping[str, str]) -> Iterator[str]:
    totals = card.totals()
    first = sum(score.first_run for score in card.faults)
    yield "# Scorecard\n"
    yield "How good these suites are: each faulty server of the lab is judged by the whole base profile and its own, each"
    yield "correct one that differs by all profiles. Tests to which a server answers as the faultless one does, to the last byte of"
    yield "its replies and mails, have the outcome that they have there; the others were run. Correct servers that differ in different"
    yield "rules were run as one, and each alone by the tests that did not find that one as they find the faultless one.\n"
    yield f"- Faults detected: {_share(totals['detected'], totals['faults'])}; when first scored: {_share(first, len(card.faults))}"
    yield f"- At the right requirement: {_share(totals['at_right_requirement'], totals['faults'])}"
    yield f"- Requirements that turned red without a fault of theirs: {totals['misattributed']}"
    yield f"- Correct servers accused: {_accused(card)} of {totals['variants']}; left open: {totals['unproven']}"
    yield f"- Seconds of a run: {_spread([*card.faults, *card.variants])}\n"
    yield from _by_profile(card)
    yield from _survivors(card, reasons)
    yield from _unseeded(unseeded)
    yield from _misattributed(card)
    yield from _alarms(card)
    if card.peer:
        yield from _peer(card, card.peer)
    yield from _matrix(card)


def _by_profile(card: Card) -> Iterator[str]:
    yield "| profile | level | faults | detected | at the right requirement |\n|---|---|---|---|---|"
    for profile in PROFILES:
        for level in ("must", "should", "may"):
            scores = [score for score in card.faults if (score.profile, score.level) == (profile, level)]
            if scores:
                detected, right = sum(s.detected for s in scores), sum(s.at_right_requirement for s in scores)
                yield f"| {profile} | {level} | {len(scores)} | {detected} | {right} |"


def _survivors(card: Card, reasons: Mapping[str, str]) -> Iterator[str]:
    yield "\n## Survivors\n"
    for score in card.survivors:
        yield f"- `{score.id}` ({score.edition}; breaks {_ids(score.breaks)}): {reasons.get(score.id, 'not explained')}"
    yield "" if card.survivors else "None."


def _unseeded(unseeded: Mapping[str, str]) -> Iterator[str]:
    yield "\n## Not seeded\n\nWhat servers get wrong and no fault of the lab shows, so that it counts nowhere above:\n"
    yield from (f"- `{id}`: {reason}" for id, reason in unseeded.items())


def _misattributed(card: Card) -> Iterator[str]:
    scores = [score for score in card.faults if score.misattributed]
    yield "\n## Red without a fault of theirs\n"
    for score in scores:
        yield f"- `{score.id}` ({score.edition}; breaks {_ids(score.breaks)}): {_ids(score.misattributed)}"
    yield "" if scores else "None."


def _alarms(card: Card) -> Iterator[str]:
    scores = [score for score in card.variants if score.false_alarms or score.claim != "conformant"]
    yield "\n## Correct servers that were accused or left open\n"
    for score in scores:
        yield f"- `{score.id}` ({score.edition}): {score.claim}; {_ids(score.false_alarms) or 'no row red'}"
    yield "" if scores else "None."


def _peer(card: Card, peer: Peer) -> Iterator[str]:
    totals = peer.totals()
    yield f"\n## A peer on the same servers: {peer.tool}\n"
    yield "It ran alone, from its command line: on the OpenAPI document of the edition, with the user's names and password as"
    yield "examples; in the session of a user with e-mail 2FA; all phases and checks, a fixed seed, no end at the first failure; for"
    yield "as long as our own run of that server took, and four minutes at most. A failure is told from another by its check,"
    yield "operation and status. What it reports of the faultless server (several runs of different seeds, four minutes each) is its"
    yield "baseline: a fault is noticed, and a variant accused, when it reports anything else. It does not read mail, so it answers"
    yield "no challenge, and it does not claim to test this protocol.\n"
    yield f"- Faults noticed: {_share(totals['noticed'], totals['faults'])}"
    yield f"- Of these not detected by the suites: {_ids(_only_by(card, peer)) or 'none'}"
    yield f"- Correct servers accused: {totals['accused']} of {totals['variants']}"
    yield f"- Seconds of a run: {_spread(peer.scores)}"
    for edition, failures in peer.baseline.items():
        yield f"- Baseline, {edition}: {_codes(failures) or 'nothing'}"
    for title, kind in (("noticed", "fault"), ("accused", "variant")):
        if told := peer.told(kind):
            yield f"\n| {title} | edition | new failures |\n|---|---|---|"
            yield from (f"| `{one.id}` | {one.edition} | {_codes(one.new_failures)} |" for one in told)


def _only_by(card: Card, peer: Peer) -> tuple[str, ...]:
    noticed = {(one.id, one.edition) for one in peer.told("fault")}
    return tuple(f"`{one.id}`" for one in card.survivors if (one.id, one.edition) in noticed)


def _codes(texts: tuple[str, ...]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _matrix(card: Card) -> Iterator[str]:
    """Requirement by requirement, the faults that turn it red; those that it is not declared for in brackets."""
    yield "\n## Kill matrix\n\n| requirement | turned red by |\n|---|---|"
    rows = dict.fromkeys(row for score in card.faults for row in (*score.breaks, *score.failed))
    for row in sorted(rows):
        killed = [f"`{s.id}`" if row in s.breaks else f"(`{s.id}`)" for s in card.faults if row in s.failed]
        yield f"| {row} | {', '.join(dict.fromkeys(killed)) or 'none'} |"


def _accused(card: Card) -> int:
    return sum(bool(score.false_alarms) for score in card.variants)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "none scored"


def _ids(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _spread(scores: Sequence[FaultScore | VariantScore | PeerScore]) -> str:
    seconds = sorted(score.seconds for score in scores) or [0.0]
    return f"median {seconds[len(seconds) // 2]:.1f}, longest {seconds[-1]:.1f}"
