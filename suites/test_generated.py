"""Requests that schemathesis makes of the OpenAPI document: valid ones, and such as deviate from it."""

import pytest

from conformance import User, requirement
from conformance.generated import OPERATIONS


@requirement("generated.valid")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_valid_request_is_answered_with_a_server_error(alice: User, operation: str) -> None:
    """What the document allows somebody will send: an empty name, a text in any script, members that nobody knows."""
    error = alice.generated(operation, valid=True).server_error()

    assert error is None


@requirement("generated.invalid")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_invalid_request_is_answered_with_a_server_error(alice: User, operation: str) -> None:
    """A server error may be a crash, and tells nobody what was wrong."""
    error = alice.generated(operation, valid=False).server_error()

    assert error is None
