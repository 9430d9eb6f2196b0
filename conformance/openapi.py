"""The OpenAPI document of the protocol (fixtures/openapi.json), and where replies deviate from it.

Its schemas are open, and say more than is judged: a deviation counts where the document names a requirement (x-requirement)
on the way to the member, the innermost one. What holds in one edition alone is marked as such (x-edition).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from jsonschema_rs import Draft202012Validator, ValidationError

from conformance.binding import Binding
from conformance.model import ABSENT, Challenged, Exchange, Granted, Json, Refused, Reply, Request
from conformance.replies import says
from conformance.wire import parse, read

_METHODS: Final = ("email", "totp", "password")


@dataclass(frozen=True, slots=True)
class Deviation:
    """What is wrong with one member of a reply. ``requirement``: whose it is. ``path``: where it stands in the body."""

    requirement: str
    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path or 'the body'}: {self.why}"


class Document:
    """The document as one edition reads it."""

    def __init__(self, text: str, edition: str) -> None:
        narrowed = _narrowed(json.loads(text), edition)
        self.content: dict[str, Any] = _resolved(narrowed, narrowed)
        self._schemas = self.content["components"]["schemas"]
        self._validators: dict[str, Draft202012Validator] = {}
        self._requirements: dict[str, frozenset[str]] = {}

    @property
    def requirements(self) -> frozenset[str]:
        """The requirements that it names."""
        return frozenset(_named(self.content))

    def requirements_of(self, name: str) -> frozenset[str]:
        """The requirements that one of its schemas names."""
        if name not in self._requirements:
            self._requirements[name] = frozenset(_named(self._named(name)))
        return self._requirements[name]

    def schema_of(self, route: str, reply: Reply, request: Request) -> str | None:
        """The name of the schema that a reply has to meet; None where the document does not say. ``route`` is the page's."""
        verb, _, path = route.partition(" ")
        operation = self.content["paths"].get(path, {}).get(verb.lower())
        if operation is None:
            return None
        match reply:
            case Challenged() if "anyOf" in _schema(operation, "400"):
                method = _method(reply.method, "email")
                return f"ChallengeBy{method.title()}" if method else None
            case Refused(invalid=True) if "anyOf" in _schema(operation, "400") and not says(reply, "max-attempts"):
                method = _method(reply.method, _tried(request))
                return f"RefusalBy{method.title()}" if method else None
            case Granted() if reply.status != _NO_CONTENT:
                return f"{verb} {path}"
        return None

    def deviations(self, name: str, body: Json) -> list[Deviation]:
        """Where a body deviates from a schema, as far as a requirement is about it."""
        schema = self._named(name)
        found = (_deviation(schema, error) for error in self._validator(name, schema).iter_errors(body))
        return [deviation for deviation in found if deviation]

    def _named(self, name: str) -> dict[str, Any]:
        if name in self._schemas:
            return cast(dict[str, Any], self._schemas[name])
        verb, _, path = name.partition(" ")
        return _schema(self.content["paths"][path][verb.lower()], "200")

    def _validator(self, name: str, schema: dict[str, Any]) -> Draft202012Validator:
        if name not in self._validators:
            self._validators[name] = Draft202012Validator(schema)
        return self._validators[name]


_NO_CONTENT: Final = 204


def routes(binding: Binding) -> dict[str, str]:
    """The page's route of each one that a server has under another name."""
    page = Binding()
    own = zip(_bound(binding), _bound(page), strict=True)
    return dict(own) | {call.route: page.protected[0].route for call in binding.protected[:1]}


def read_exchange(exchange: Exchange) -> tuple[Reply, Json] | None:
    """The reply of an exchange and its JSON; None where there is no document to look at."""
    if exchange.response is None:
        return None
    try:
        return read(exchange.response), parse(exchange.response.body)
    except ValueError:
        return None


def _bound(binding: Binding) -> tuple[str, ...]:
    return binding.login, binding.send_email_code, binding.enable_email, binding.disable_email


def _schema(operation: Mapping[str, Any], status: str) -> dict[str, Any]:
    content = operation["responses"].get(status, {}).get("content", {})
    return cast(dict[str, Any], content.get("application/json", {}).get("schema", {}))


def _method(told: object, otherwise: str) -> str | None:
    """By which method a reply is: the one that it names. None where that is no method: then nobody knows what was meant."""
    if told is ABSENT:
        return otherwise
    return next((method for method in _METHODS if method == told), None)


def _tried(request: Request) -> str:
    """The method that a request names."""
    named = next((value for name, value in request.headers if name.lower().endswith("2fa-method")), "")
    return named if named in _METHODS else "email"


def _narrowed(value: Any, edition: str) -> Any:
    """The document without what holds in another edition."""
    match value:
        case dict():
            named = value.get("x-requirement")
            own = {"x-requirement": named[edition]} if isinstance(named, dict) else {}
            return {key: _narrowed(member, edition) for key, member in value.items()} | own
        case list():
            return [_narrowed(element, edition) for element in value if _holds(element, edition)]
    return value


def _holds(value: Any, edition: str) -> bool:
    return not isinstance(value, dict) or value.get("x-edition", edition) == edition


def _resolved(value: Any, whole: Any) -> Any:
    """The document with each reference replaced by what it refers to: none of them goes in a circle."""
    match value:
        case {"$ref": str(reference)}:
            for key in reference.removeprefix("#/").split("/"):
                whole = whole[key]
            return whole
        case dict():
            return {key: _resolved(member, whole) for key, member in value.items()}
        case list():
            return [_resolved(element, whole) for element in value]
    return value


def _named(value: Any) -> Iterator[str]:
    match value:
        case dict():
            if isinstance(named := value.get("x-requirement"), str):
                yield named
            for member in value.values():
                yield from _named(member)
        case list():
            for element in value:
                yield from _named(element)


def _deviation(schema: Any, error: ValidationError) -> Deviation | None:
    """An error of the validator, if a requirement is about the member: that of the missing member, where one is missing."""
    path, way = list(error.instance_path), list(error.schema_path)
    if isinstance(missing := getattr(error.kind, "property", None), str):
        path, way = [*path, missing], [*way[:-1], "properties", missing]
    requirement = None
    for key in way:
        schema = schema.get(key, {}) if isinstance(schema, dict) else schema[int(key)]
        requirement = schema.get("x-requirement", requirement) if isinstance(schema, dict) else requirement
    if requirement is None or "«" in str(error.instance):
        return None  # a name stands in the place of a secret: what its kind was is not known any more
    return Deviation(requirement, ".".join(map(str, path)), error.message)
