"""What CTRF 1.0.0 and SARIF 2.1.0 allow of what we write, as JSON Schemas: strict, so that a member by another name is noticed."""

from typing import Any

import jsonschema_rs

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
EXTRA: dict[str, Any] = {"type": "object", "propertyNames": {"pattern": "^(?!ctrf[./]).+[./].+$"}}


def closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these members and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def listed(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **more}


_CTRF_TEST = closed(
    {
        "name": TEXT,
        "status": {"enum": ["passed", "failed", "skipped", "pending", "other"]},
        "duration": COUNT,
    },
    {
        "suite": listed({"type": "string"}, minItems=1),
        "message": {"type": "string"},
        "trace": {"type": "string"},
        "rawStatus": {"type": "string"},
        "tags": listed({"type": "string"}),
        "extra": EXTRA,
    },
)
CTRF = jsonschema_rs.Draft7Validator(
    closed(
        {
            "reportFormat": {"const": "CTRF"},
            "specVersion": {"pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
            "results": closed(
                {
                    "tool": closed({"name": TEXT}, {"version": {"type": "string"}}),
                    "summary": closed(
                        {
                            name: COUNT
                            for name in ("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop")
                        },
                        {"suites": COUNT, "duration": COUNT},
                    ),
                    "tests": listed(_CTRF_TEST),
                },
                {
                    "environment": closed(
                        {}, {"appName": TEXT, "appVersion": {"type": "string"}, "testEnvironment": {"type": "string"}}
                    ),
                    "extra": EXTRA,
                },
            ),
        },
        {"generatedBy": {"type": "string"}},
    )
)
"""After schema/ctrf.schema.json of ctrf-io/ctrf; keys under extra have a namespace, by section 4.6.1 of its specification."""

_MESSAGE = closed({"text": TEXT}, {"markdown": TEXT})
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_NOTIFICATION = closed({"message": _MESSAGE}, {"level": _LEVEL})
_RULE = closed(
    {
        "id": TEXT,
        "shortDescription": _MESSAGE,
        "fullDescription": _MESSAGE,
        "help": _MESSAGE,
        "defaultConfiguration": closed({"level": _LEVEL}),
        "properties": closed({"tags": listed(TEXT, maxItems=20, uniqueItems=True)}),
    }
)
_LOCATION = closed(
    {
        "physicalLocation": closed(
            {
                "artifactLocation": closed({"uri": {"type": "string", "format": "uri-reference"}}),
                "region": closed({"startLine": {"type": "integer", "minimum": 1}}),
            }
        ),
        "logicalLocations": listed(closed({"fullyQualifiedName": TEXT})),
    }
)
_RESULT = closed(
    {
        "ruleId": TEXT,
        "ruleIndex": COUNT,
        "kind": {"const": "fail"},
        "level": _LEVEL,
        "message": _MESSAGE,
        "locations": listed(_LOCATION, minItems=1, maxItems=1),
        "partialFingerprints": {"type": "object", "additionalProperties": TEXT},
        "properties": {"type": "object"},
    }
)
SARIF = jsonschema_rs.Draft7Validator(
    closed(
        {
            "$schema": {"type": "string", "format": "uri"},
            "version": {"const": "2.1.0"},
            "runs": listed(
                closed(
                    {
                        "tool": closed(
                            {
                                "driver": closed(
                                    {"name": TEXT, "version": TEXT, "rules": listed(_RULE, uniqueItems=True)}
                                )
                            }
                        ),
                        "automationDetails": closed({"id": TEXT}),
                        "invocations": listed(
                            closed(
                                {
                                    "executionSuccessful": {"type": "boolean"},
                                    "exitCode": {"type": "integer"},
                                    "exitCodeDescription": TEXT,
                                    "toolExecutionNotifications": listed(_NOTIFICATION),
                                    "toolConfigurationNotifications": listed(_NOTIFICATION),
                                }
                            )
                        ),
                        "results": listed(_RESULT, maxItems=25_000),
                        "properties": {"type": "object"},
                        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    }
                ),
                minItems=1,
                maxItems=1,
            ),
        }
    ),
    validate_formats=True,
)
"""After sarif-schema-2.1.0.json of OASIS; the limits are those of GitHub's code scanning."""
