"""Every reply of the run against the OpenAPI document of the protocol: names, kinds of values, values that are settled."""

import pytest

from conformance import Replies, documented, requirement


@pytest.mark.parametrize("of", [pytest.param(name, marks=requirement(name)) for name in documented()])
def test_all_replies_have_the_form_of_the_document(replies: Replies, of: str) -> None:
    """A client is written by the document: it meets replies that no single test happens to look at."""
    deviations = replies.deviations()

    assert not deviations
