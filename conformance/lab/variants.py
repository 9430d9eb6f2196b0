"""Legal differences by id: servers that no suite may fault.

The numbers b-01 to b-58 are those of the list of conforming variants. Here too one variant alters one behaviour; some
name the editions that allow them, because the product has settled the rest.
"""

from conformance.lab import legal_accounts, legal_calls, legal_codes, legal_replies
from conformance.lab.variant import Variant

__all__ = ["VARIANTS", "Variant"]

VARIANTS: dict[str, Variant] = {
    variant.id: variant for variant in (*legal_replies.ROWS, *legal_codes.ROWS, *legal_calls.ROWS, *legal_accounts.ROWS)
}
