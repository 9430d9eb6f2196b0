"""Answers that come late or never, and calls at once, on a server that runs."""

from __future__ import annotations

import asyncio
from time import monotonic

import httpx
import pytest

from conformance.lab import Lab

from .test_running_lab import PATIENCE, enrolled

WHO = dict[str, str]


async def at_once(lab: Lab, *calls: WHO, patience: float = PATIENCE) -> list[dict[str, object]]:
    """The replies to calls that are sent together; {} where none came."""

    async def one(http: httpx.AsyncClient, headers: WHO) -> dict[str, object]:
        body = {"userId": headers["X-User-Id"], "data": {"name": "At once"}}
        try:
            answer = await http.post("users.update", json=body, headers=headers)
        except httpx.ReadTimeout:
            return {}
        found: dict[str, object] = answer.json()
        return found

    async with httpx.AsyncClient(base_url=lab.base_url + "/api/v1/", timeout=patience) as http:
        return await asyncio.gather(*(one(http, headers) for headers in calls))


def two(lab: Lab) -> tuple[WHO, WHO]:
    with httpx.Client(base_url=lab.base_url + "/api/v1/", timeout=PATIENCE) as http:
        return enrolled(lab, http, "anna"), enrolled(lab, http, "anne")


def named(reply: dict[str, object]) -> object:
    details = reply["details"]
    assert isinstance(details, dict)
    return details["emailOrUsername"]


def test_of_users_who_are_challenged_at_once_one_gets_the_other_s_reply() -> None:
    with Lab("current", faults=("cc-response-mixup",)) as lab:
        anna, anne = two(lab)
        in_turn = [named(asyncio.run(at_once(lab, who))[0]) for who in (anna, anne)]
        together = asyncio.run(at_once(lab, anna, anne))

    assert in_turn == ["anna", "anne"]
    assert len({named(reply) for reply in together}) == 1


@pytest.mark.parametrize("edition", ["classic", "current"])
def test_an_answer_that_never_comes_holds_up_nobody_else_and_no_stop(edition: str) -> None:
    with Lab(edition, faults=("cc-deadlock",)) as lab:
        anna, anne = ({**who, "x-2fa-code": "000000"} for who in two(lab))
        replies = asyncio.run(at_once(lab, anna, anna, anne, patience=1))
        stopped = monotonic()

    assert sorted(map(bool, replies[:2])) == [False, True]
    assert replies[2]
    assert monotonic() - stopped < PATIENCE
