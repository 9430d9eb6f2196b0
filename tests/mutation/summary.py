"""The outcome of a campaign as a document: the figures, and every survivor with its lines and why it survives."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

from .judging import Judged
from .mutants import Mutant, all_mutants

REASONS: Final = Path(__file__).parent / "survivors.toml"
"""A [[survivor]] for each known one: the mutant's key, its class (equivalent, open, outside or gap), and why in a sentence."""

CLASSES: Final = {
    "gap": "The suites should see it",
    "outside": "Outside what the suites judge",
    "open": "The protocol leaves it open",
    "equivalent": "No difference for a client",
    "": "Not explained yet",
}


def render(outcomes: dict[str, Judged]) -> str:
    by_id = {mutant.id: mutant for mutant in all_mutants()}
    reasons = known()
    survivors = [by_id[ident] for ident, outcome in outcomes.items() if outcome["status"] == "survived"]
    classes = {mutant.id: reasons.get(mutant.key, {}).get("class", "") for mutant in survivors}
    parts = ["# Mutants of the lab's protocol handler\n", figures(outcomes, len(by_id), classes)]
    for name, title in CLASSES.items():
        found = sorted((m for m in survivors if classes[m.id] == name), key=lambda m: m.id)
        if found:
            parts.append(f"## {title}: {len(found)}\n")
            parts += [
                entry(mutant, reasons.get(mutant.key, {}).get("why", ""), outcomes[mutant.id]) for mutant in found
            ]
    broken = sorted((ident, *outcome["by"]) for ident, outcome in outcomes.items() if outcome["status"] == "broken")
    parts += [f"- no report: `{ident}`, {problem}\n" for ident, problem in broken]
    unseen = sorted(ident for ident, outcome in outcomes.items() if outcome["status"] == "unseen")
    parts.append(f"## Not seen by the script: {len(unseen)}\n\n" + "".join(f"- `{ident}`\n" for ident in unseen))
    return "\n".join(parts)


def known() -> dict[str, dict[str, str]]:
    """What is known of survivors, by the keys of mutants."""
    rows = tomllib.loads(REASONS.read_text(encoding="utf-8")).get("survivor", [])
    return {row["mutant"]: row for row in rows}


def figures(outcomes: dict[str, Judged], number: int, classes: dict[str, str]) -> str:
    """Counts, and the share of killed ones: of all judged ones, and without survivors that are no gap."""
    status = Counter(outcome["status"] for outcome in outcomes.values())
    killed = status["killed"] + status["hung"]
    judged = killed + status["survived"]
    calm = [o for o in outcomes.values() if o["status"] in {"killed", "survived"} and not o["raised"]]
    calmly_killed = sum(outcome["status"] == "killed" for outcome in calm)
    excused = sum(name in {"equivalent", "open", "outside"} for name in classes.values())
    by = Counter(outcome["by"][0].partition(".")[0] for outcome in outcomes.values() if outcome["status"] == "killed")
    rows = [
        ("mutants", number),
        ("tried", len(outcomes)),
        ("stillborn", status["stillborn"]),
        ("not seen by the script", status["unseen"]),
        ("seen and judged", judged),
        ("killed", share(killed, judged)),
        ("killed, of those in which the handler never broke down", share(calmly_killed, len(calm))),
        ("survived", status["survived"]),
        ("without a report of the suites", status["broken"]),
        ("killed, survivors that are no gap left out", share(killed, judged - excused)),
    ]
    table = "".join(f"| {name} | {value} |\n" for name, value in rows)
    chapters = ", ".join(f"{name} {count}" for name, count in by.most_common())
    return f"| | |\n|---|---|\n{table}\nKilled first by: {chapters}.\n"


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "none"


def entry(mutant: Mutant, why: str, outcome: Judged) -> str:
    where = f"`{mutant.id}` in {mutant.where or 'the module'}, differs in {' and '.join(outcome['differing'])}"
    return f"- {where}. {why}\n\n```diff\n{mutant.diff()}\n```\n"
