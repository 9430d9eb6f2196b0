"""junit.xml: one testcase for each test, for pipelines that show JUnit results.

JUnit knows no warning and no inconclusive: a warning passes with a property, an inconclusive test is an error of that type.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.events import Judged
from conformance.model import Requirement
from conformance.render import outline, statement
from conformance.render.visible import cut, in_line, visible
from conformance.results import Report

_MESSAGE, _BODY = 300, 65536

_RESULTS: Final = {
    "fail": ("failure", "fail"),
    "error": ("error", "error"),
    "inconclusive": ("error", "inconclusive"),
    "inapplicable": ("skipped", "inapplicable"),
    "untested": ("skipped", "untested"),
}
"""Verdict -> element and its type; every other verdict is a testcase that passed."""


def render(report: Report) -> str:
    cases = [_case(test, requirement) for test, requirement in outline.cases(report)]
    suite = Element("testsuite", _totals(report, cases))
    suite.append(_properties(_facts(report)))
    suite.extend(cases)
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _totals(report: Report, cases: list[Element]) -> dict[str, str]:
    def having(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    return {
        "name": "twofa-conformance",
        "tests": str(len(cases)),
        "failures": having("failure"),
        "errors": having("error"),
        "skipped": having("skipped"),
        "time": f"{report.finished.seconds if report.finished else 0:.3f}",
        "timestamp": in_line(report.started.started),
    }


def _facts(report: Report) -> dict[str, str]:
    return {
        "claim": report.claim,
        "exit_code": str(report.exit_code),
        "edition": report.surveyed.edition,
        "methods_tested": ", ".join(report.scope.methods_tested),
        "musts_passed": str(report.scope.musts_passed),
        "musts_inapplicable": str(report.scope.musts_inapplicable),
        **{f"profile.{name}": claim or "not run" for name, claim in report.profiles.items()},
        "run": report.started.run,
        "complete": str(report.complete).lower(),
        "suite_version": report.started.suite_version,
        "target": report.started.target,
        "server_version": report.surveyed.server_version or "unknown",
    }


def _case(test: Judged, requirement: Requirement | None) -> Element:
    case = _testcase(test.requirement, test.test, test.seconds)
    case.append(_properties({"verdict": test.verdict, **_standing(test, requirement)}))
    account = visible(cut(statement.account(test, requirement), _BODY))
    if test.verdict in _RESULTS:
        case.append(_result(test.verdict, test.reason, account))
    elif test.reason:
        SubElement(case, "system-out").text = account
    return case


def _testcase(requirement: str, name: str, seconds: float) -> Element:
    chapter = requirement.partition(".")[0]
    return Element("testcase", {"classname": in_line(chapter), "name": in_line(name), "time": f"{seconds:.3f}"})


def _standing(test: Judged, requirement: Requirement | None) -> dict[str, str]:
    facts = {"requirement": test.requirement}
    if requirement:
        facts |= {"level": requirement.level.value, "profile": requirement.profile}
    if test.blocked_by:
        facts |= {"blocked_by": test.blocked_by}
    return facts


def _result(verdict: str, reason: str | None, account: str) -> Element:
    tag, kind = _RESULTS[verdict]
    element = Element(tag, {"type": kind, "message": in_line(cut(reason or "", _MESSAGE))})
    element.text = account
    return element


def _properties(facts: dict[str, str]) -> Element:
    properties = Element("properties")
    for name, value in facts.items():
        SubElement(properties, "property", {"name": name, "value": in_line(cut(value, _BODY))})
    return properties
