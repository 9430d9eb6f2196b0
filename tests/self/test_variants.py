"""Legal differences: none of them is accused, and none leaves the claim open."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.lab import VARIANTS
from conformance.model import EDITIONS

from .conftest import Reports
from .drive import red

CASES = [
    (variant, edition)
    for variant in VARIANTS.values()
    for edition in (EDITIONS if variant.edition == "both" else (variant.edition,))
]


@pytest.fixture(scope="module", autouse=True)
def started(run: Reports) -> None:
    """All runs begin at once, and wait for a free worker."""
    for variant, edition in CASES:
        run(edition, variants=(variant.id,))


@pytest.mark.parametrize(("variant", "edition"), CASES, ids=[f"{variant.id}-{edition}" for variant, edition in CASES])
def test_a_legal_difference_is_conformant(run: Reports, variant: Any, edition: str) -> None:
    report = run(edition, variants=(variant.id,)).result()

    assert not red(report)
    assert report["claim"] == "conformant"
    assert not report["left_over"]
