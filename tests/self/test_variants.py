"""Legal differences: none of them is accused, and none leaves the claim open."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.lab import VARIANTS

from .conftest import Plan, Reports
from .drive import SLOW, editions, one_in, red, sampled

IN_ALL_PROFILES = {"b-07-200", "mail-twice", "b-16-subject", "b-16-subject-alone"}
"""Legal by the page, and yet a warning in another profile: a challenge and a refusal with status 200, a code that is mailed
twice, a code in the subject."""

CASES = [(variant, edition) for variant in VARIANTS.values() for edition in editions(variant)]

SHARE = 36
"""One in so many variants is tried, unless there is all the time of a soak."""


def tried(variant: Any, edition: str, soak: bool) -> bool:
    return soak or (variant.id not in SLOW and one_in(SHARE, variant) and sampled(variant, edition))


def planned(*, soak: bool) -> list[Plan]:
    return [(edition, {"variants": (variant.id,)}) for variant, edition in CASES if tried(variant, edition, soak)]


@pytest.mark.parametrize(("variant", "edition"), CASES, ids=[f"{variant.id}-{edition}" for variant, edition in CASES])
def test_a_legal_difference_is_conformant(run: Reports, soak: bool, variant: Any, edition: str) -> None:
    if not tried(variant, edition, soak):
        pytest.skip("tried in soak, or in the other edition")
    report = run(edition, variants=(variant.id,)).result()
    accused = {row["id"] for row in report["requirements"] if row["id"] in red(report) and row["profile"] == "base"}

    assert not accused
    assert variant.id in IN_ALL_PROFILES or not red(report)
    assert report["claim"] == "conformant"
    assert not report["left_over"]
