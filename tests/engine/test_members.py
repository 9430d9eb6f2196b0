"""Members of a reply: optional ones, and dates in any form."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.members import dates, present
from conformance.model import ABSENT
from conformance.outcomes import NotApplicable

MOMENT = datetime(2020, 1, 2, 13, 6, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2020-01-02T13:06:42.000Z",
        "2020-01-02T13:06:42Z",
        "2020-01-02T14:06:42+01:00",
        "2020-01-02 13:06:42",
        "20200102T130642Z",
        " 2020-01-02T13:06:42Z ",
        "Thu, 02 Jan 2020 13:06:42 GMT",
        "Thu, 02 Jan 2020 14:06:42 +0100",
        1577970402,
        1577970402.0,
        1577970402000,
    ],
)
def test_a_date_may_be_written_in_many_ways(written: object) -> None:
    assert dates(written) == [MOMENT]


def test_a_list_holds_one_date_for_each_code() -> None:
    assert dates(["2020-01-02T13:06:42Z", 1577970402]) == [MOMENT, MOMENT]
    assert dates([]) == []


@pytest.mark.parametrize(
    "member",
    [
        None,
        True,
        False,
        {},
        [[]],
        "",
        "soon",
        "2020-13-01T00:00:00Z",
        "10 minutes",
        float("inf"),
        float("nan"),
        10**400,
    ],
)
def test_what_is_no_date_is_none(member: object) -> None:
    assert dates(member) is None


def test_one_wrong_date_spoils_the_list() -> None:
    assert dates(["2020-01-02T13:06:42Z", "soon"]) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_any_member_has_dates_or_none(member: object) -> None:
    found = dates(member)

    assert found is None or all(date.tzinfo for date in found)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1)))
def test_a_date_is_read_as_it_was_written(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)

    assert dates(moment.isoformat()) == [moment]
    assert dates(moment.isoformat().replace("+00:00", "Z")) == [moment]
    assert dates(moment.isoformat().removesuffix("+00:00")) == [moment]


@pytest.mark.parametrize("member", [None, False, 0, "", [], {}])
def test_a_member_that_is_there_is_given_back_whatever_it_holds(member: object) -> None:
    assert present(member, "codeCount") is member


def test_a_member_that_is_not_there_cannot_be_judged() -> None:
    with pytest.raises(NotApplicable, match="the target sends no codeCount, which is optional"):
        present(ABSENT, "codeCount")
