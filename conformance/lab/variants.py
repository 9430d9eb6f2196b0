"""Legal differences by id: servers that no suite may fault.

The numbers b-01 to b-58 are those of the list of conforming variants. Here too one variant alters one behaviour; some
name the editions that allow them, because the product has settled the rest.
"""

from conformance.lab import (
    legal_accounts,
    legal_calls,
    legal_codes,
    legal_connections,
    legal_forms,
    legal_mail_forms,
    legal_readings,
    legal_replies,
    legal_spellings,
)
from conformance.lab.variant import Variant

__all__ = ["NO_VARIANT", "VARIANTS", "Variant"]

VARIANTS: dict[str, Variant] = {
    variant.id: variant
    for variant in (
        *legal_replies.ROWS,
        *legal_forms.ROWS,
        *legal_codes.ROWS,
        *legal_spellings.ROWS,
        *legal_mail_forms.ROWS,
        *legal_calls.ROWS,
        *legal_readings.ROWS,
        *legal_connections.ROWS,
        *legal_accounts.ROWS,
    )
}

NO_VARIANT: dict[str, str] = {
    "b-35": "The lab's own reading, a fresh code for disableEmail within the trust window, is the one that E15 allows in "
    "both editions; the other is a fault."
}
"""Rows of the list that no server can show beside the editions themselves, and why."""
