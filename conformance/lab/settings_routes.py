"""The server's settings, as an administrator reads and writes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.lab import replies
from conformance.lab.accounts import State
from conformance.lab.calls import Call, Endpoint
from conformance.lab.messages import Json, Reply
from conformance.lab.second_factor import Demand


def shown(state: State, name: str) -> Json:
    return {"_id": name, "value": state.settings[name]}


def listed(state: State, call: Call) -> tuple[State, Reply]:
    every = [shown(state, name) for name in sorted(state.settings)]
    return state, replies.success(settings=every, count=len(every), offset=0, total=len(every))


def one(state: State, call: Call) -> tuple[State, Reply]:
    if call.argument not in state.settings:
        return state, Reply(400, {"success": False})
    return state, replies.success(**shown(state, call.argument))


def write(state: State, call: Call) -> tuple[State, Reply]:
    return stored(state, {call.argument: call.body["value"]})


def write_many(state: State, call: Call) -> tuple[State, Reply]:
    return stored(state, {str(item["_id"]): item["value"] for item in call.body["settings"]})


def stored(state: State, values: dict[str, Any]) -> tuple[State, Reply]:
    """All of the values, or none when one is unknown or of another type than the setting."""
    for name, value in values.items():
        if name not in state.settings or type(value) is not type(state.settings[name]):
            return state, replies.failure("Invalid setting", "error-invalid-setting")
    return replace(state, settings={**state.settings, **values}), replies.success()


def unfit(body: Json) -> str:
    return "" if "value" in body else "must have required property 'value'"


def unfit_many(body: Json) -> str:
    items = body.get("settings")
    if not isinstance(items, list):
        return "must have required property 'settings'"
    fine = all(isinstance(i, dict) and "_id" in i and "value" in i for i in items)
    return "" if fine else "must have required property '_id'"


ROUTES = {
    ("GET", "/api/v1/settings"): Endpoint(listed, admin=True),
    ("POST", "/api/v1/settings"): Endpoint(write_many, admin=True, fits=unfit_many, demand=Demand(always=True)),
    ("GET", "/api/v1/settings/*"): Endpoint(one, admin=True),
    ("POST", "/api/v1/settings/*"): Endpoint(write, admin=True, fits=unfit, demand=Demand()),
}
