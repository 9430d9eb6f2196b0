"""Bodies that schemathesis makes of the OpenAPI document, in a process of its own: `python -m conformance.generation`.

Its engine sets the recursion limit of the whole process, which no thread beside it survives, and works for seconds; and it
leaves a folder where it runs. Here it runs beside the tests, in a folder that vanishes.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from conformance import resources
from conformance.openapi import Document

OPERATIONS: Final = (
    "users.update",
    "users.2fa.sendEmailCode",
    "users.generatePersonalAccessToken",
    "users.regeneratePersonalAccessToken",
    "users.removePersonalAccessToken",
)
"""Those that take a body, and that neither count as guesses nor concern anybody but the caller."""

CALLER: Final = {"userId": "{user_id}", "emailOrUsername": "{username}"}
"""What stands for the caller where somebody is named."""

_EXAMPLES: Final = 12
_PATIENCE: Final = 120.0
"""Seconds."""

Batch = dict[tuple[str, bool], list[bytes]]
"""Bodies by operation, and by whether they are valid."""

_batches: dict[int, Batch] = {}
_making = threading.Lock()


def batch(seed: int) -> Batch:
    """All bodies of a run. Made once; OSError and subprocess errors where that is not possible."""
    with _making:
        if seed not in _batches:
            _batches[seed] = _made(seed)
        return _batches[seed]


def share(batches: Mapping[int, Batch]) -> None:
    """Take over what another process has made, by seed."""
    with _making:
        _batches.update(batches)


def _made(seed: int) -> Batch:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "conformance.generation", str(seed)]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True, timeout=_PATIENCE)
    return {
        (operation, valid): [base64.b64decode(body) for body in bodies]
        for operation, valid, bodies in json.loads(done.stdout)
    }


def generate(operation: str, seed: int, *, valid: bool) -> list[bytes]:
    """Bodies of one operation, each of them a JSON object."""
    import hypothesis
    from schemathesis import GenerationMode, openapi

    mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE
    strategy = openapi.from_dict(_content(operation))[f"/api/v1/{operation}"]["POST"].as_strategy(generation_mode=mode)
    bodies: list[bytes] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=_EXAMPLES,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def collect(case: Any) -> None:
        body = _bytes(case.body)
        hypothesis.assume(_is_object(body))  # what is no object is another requirement's
        bodies.append(body)

    collect()
    return bodies


def required(operation: str) -> frozenset[str]:
    """The members without which a body of an operation is not valid."""
    described = Document(resources.openapi_text(), "classic").content["paths"][f"/api/v1/{operation}"]["post"]
    return frozenset(described["requestBody"]["content"]["application/json"]["schema"]["required"])


def _content(operation: str) -> dict[str, Any]:
    """The document with the caller where somebody is named, and without what a caller proves."""
    content = deepcopy(Document(resources.openapi_text(), "classic").content)
    described = content["paths"][f"/api/v1/{operation}"]["post"]
    content["paths"] = {f"/api/v1/{operation}": {"post": described}}
    described.pop("security", None)
    described.pop("parameters", None)
    properties = described["requestBody"]["content"]["application/json"]["schema"]["properties"]
    properties |= {name: {"const": value} for name, value in CALLER.items() if name in properties}
    return content


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def main() -> None:
    """Write the bodies of all operations to the standard output."""
    seed = int(sys.argv[1])
    made = [
        (operation, valid, [base64.b64encode(body).decode() for body in generate(operation, seed, valid=valid)])
        for operation in OPERATIONS
        for valid in (True, False)
    ]
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()
