"""The scorecard: what the suites made of each faulty and of each merely different server. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from conformance.catalogue import Catalogue
from conformance.model import PROFILES, Level, Requirement

FORMAT: Final = "twofa-conformance-scorecard/1"
_LEVELS: Final = (Level.MUST, Level.SHOULD, Level.MAY)


@dataclass(frozen=True, slots=True)
class FaultScore:
    """A faulty server as a run judged it. ``failed``: what turned red; ``misattributed``: of these, what
    the fault does not break; ``level`` and ``profile`` are those of the gravest requirement that it does break;
    ``first_run``: whether it was detected when it was first scored. Seconds are those of the whole run."""

    id: str
    edition: str
    breaks: tuple[str, ...]
    clauses: tuple[str, ...]
    level: str
    profile: str
    detected: bool
    failed: tuple[str, ...]
    at_right_requirement: bool
    misattributed: tuple[str, ...]
    first_run: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class VariantScore:
    """A correct server that differs, as a run judged it. A false alarm is a fail or warn in base, and a fail elsewhere."""

    id: str
    edition: str
    claim: str
    false_alarms: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class PeerScore:
    """A server as the peer judged it. ``kind`` is fault or variant; ``new_failures`` are those that the peer does not report
    of the faultless server: on a fault it was noticed then, and a variant was accused."""

    kind: str
    id: str
    edition: str
    new_failures: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Peer:
    """What a general tool made of the same servers. ``baseline``: by edition, what it reports of the faultless one."""

    tool: str
    baseline: Mapping[str, tuple[str, ...]]
    scores: tuple[PeerScore, ...]

    def told(self, kind: str) -> tuple[PeerScore, ...]:
        """The servers of a kind that it noticed, or accused."""
        return tuple(score for score in self.scores if score.kind == kind and score.new_failures)

    def totals(self) -> dict[str, int]:
        """Counts of servers."""
        kinds = [score.kind for score in self.scores]
        return {
            "faults": kinds.count("fault"),
            "noticed": len(self.told("fault")),
            "variants": kinds.count("variant"),
            "accused": len(self.told("variant")),
        }


@dataclass(frozen=True, slots=True)
class Card:
    """All scores. ``peer``: None where no peer was asked."""

    faults: tuple[FaultScore, ...]
    variants: tuple[VariantScore, ...]
    peer: Peer | None = None

    @property
    def survivors(self) -> tuple[FaultScore, ...]:
        return tuple(score for score in self.faults if not score.detected)

    def totals(self) -> dict[str, int]:
        """Counts of servers, and of requirements for `misattributed` and `false_alarms`."""
        return {
            "faults": len(self.faults),
            "detected": sum(score.detected for score in self.faults),
            "at_right_requirement": sum(score.at_right_requirement for score in self.faults),
            "misattributed": sum(len(score.misattributed) for score in self.faults),
            "variants": len(self.variants),
            "false_alarms": sum(len(score.false_alarms) for score in self.variants),
            "unproven": sum(score.claim != "conformant" for score in self.variants),
        }


def profile_for(broken: Iterable[Requirement]) -> str:
    """The profile to run, beside base, so that all of these are judged."""
    beyond = {requirement.profile for requirement in broken} - {"base"}
    return "all" if len(beyond) > 1 else next(iter(beyond), "base")


def score_fault(
    id: str,
    edition: str,
    breaks: tuple[str, ...],
    report: Mapping[str, Any],
    catalogue: Catalogue,
    *,
    first_run: bool | None,
    seconds: float,
) -> FaultScore:
    """What a report says about a faulty server. ``first_run`` None: this is the first one."""
    failed = tuple(row["id"] for row in report["requirements"] if _is_red(row, breaks))
    broken = [catalogue[requirement] for requirement in breaks if edition in catalogue[requirement].editions]
    gravest = min(broken, key=lambda row: (PROFILES.index(row.profile), _LEVELS.index(row.level)))
    detected = bool(failed)
    return FaultScore(
        id=id,
        edition=edition,
        breaks=breaks,
        clauses=tuple(dict.fromkeys(clause for row in broken for clause in row.clauses)),
        level=gravest.level.value,
        profile=gravest.profile,
        detected=detected,
        failed=failed,
        at_right_requirement=bool(set(failed) & set(breaks)),
        misattributed=tuple(row for row in failed if row not in breaks),
        first_run=detected if first_run is None else first_run,
        seconds=seconds,
    )


def _is_red(row: Mapping[str, Any], breaks: tuple[str, ...]) -> bool:
    """A broken MAY is a note; so is much that is no fault."""
    return row["verdict"] in {"fail", "warn"} or (row["verdict"] == "note" and row["id"] in breaks)


def score_variant(id: str, edition: str, report: Mapping[str, Any], *, seconds: float) -> VariantScore:
    """What a report says about a correct server."""
    alarms = tuple(
        row["id"]
        for row in report["requirements"]
        if row["verdict"] == "fail" or (row["profile"] == "base" and row["verdict"] == "warn")
    )
    return VariantScore(id, edition, report["claim"], alarms, seconds)


def to_json(card: Card) -> dict[str, Any]:
    """The card as scorecard.json holds it."""
    return {
        "format": FORMAT,
        "faults": [_row(score) for score in card.faults],
        "variants": [_row(score) for score in card.variants],
        "peer": _peer_row(card.peer) if card.peer else None,
        "totals": {**card.totals(), "peer": card.peer.totals() if card.peer else None},
    }


def from_json(document: Mapping[str, Any]) -> Card:
    """A card again. ValueError if it is of another format."""
    if document.get("format") != FORMAT:
        raise ValueError(f"expected a scorecard of the format {FORMAT}, not {document.get('format')}")
    return Card(
        tuple(FaultScore(**_tuples(row)) for row in document["faults"]),
        tuple(VariantScore(**_tuples(row)) for row in document["variants"]),
        _peer(document["peer"]) if document.get("peer") else None,
    )


def _peer_row(peer: Peer) -> dict[str, Any]:
    baseline = {edition: list(failures) for edition, failures in peer.baseline.items()}
    return {"tool": peer.tool, "baseline": baseline, "scores": [_row(score) for score in peer.scores]}


def _peer(row: Mapping[str, Any]) -> Peer:
    return Peer(row["tool"], _tuples(row["baseline"]), tuple(PeerScore(**_tuples(score)) for score in row["scores"]))


def _row(score: FaultScore | VariantScore | PeerScore) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(score).items()}


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
