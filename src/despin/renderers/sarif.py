"""`Report` → SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). Start reading from `whole`.

One rule for each family of substitutions, one for the verdict on a text. What a text stood for is a `fix`, and so is
each alternative, the likeliest first: viewers offer them as separate repairs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ..readers.jsonl import dump
from ..results.finding import Finding
from ..results.report import Report
from .escaping import in_json, printable
from .text import both_answers, like, share

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERDICT = "likely-spun"
FINGERPRINT = "despinContext/v1"

_NEIGHBOURS = (
    3  # words on either side that a fingerprint holds: enough to tell places apart, few enough to survive edits
)

_SIGN = (
    "A finding is a sign and not a proof: learners, translators and writers of long ago choose odd words too. "
    "Read it in its sentence before you act on it."
)
_FAMILIES = {
    "web": "The substitutions of spinners that rewrite news and blog posts word by word from a thesaurus.",
    "rewriter": "The substitutions of rewriting services, with their fixed phrases for technical terms.",
    "academic": "Tortured phrases: an established term of a field in other words that nobody in it uses.",
    "thesaurus": "Substitutions that any thesaurus offers; weak evidence each, telling only together.",
    "damage": "Damage that shows in the text itself: doubled words, an article that does not fit, a rest of spintax.",
}


def whole(
    documents: Iterable[tuple[str, Report]],
    errors: Iterable[Mapping[str, str]],
    version: str,
    provenance: Mapping[str, object] | None = None,
) -> str:
    """The SARIF log of a run; `errors` and `provenance` as in `report.json.whole`.

    Findings that are written are warnings, those that are only suggested are notes, a text judged spun is an error.
    """
    documents, errors = list(documents), list(errors)
    families = sorted({finding.family for _, report in documents for finding in report.findings})
    rules = {rule["id"]: rule for rule in (_verdict_rule(), *map(_family_rule, families))}
    place = {identity: number for number, identity in enumerate(rules)}
    results = [result for path, report in documents for result in _results(path, report, place)]
    driver: dict[str, Any] = {"name": "despin", "semanticVersion": version, "rules": list(rules.values())}
    if provenance:
        driver["properties"] = dict(provenance)
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(errors)],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return in_json(dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)) + "\n"


def _results(path: str, report: Report, place: Mapping[str, int]) -> list[dict[str, Any]]:
    where = {"uri": uri(path)}
    prints = fingerprints(report)
    results = [] if report.verdict.judgement == "clean" else [_verdict(report, where, place)]
    return results + [
        _finding(finding, report, where, place, print_) for finding, print_ in zip(report.findings, prints, strict=True)
    ]


def _verdict(report: Report, where: dict[str, str], place: Mapping[str, int]) -> dict[str, Any]:
    said, count = report.verdict, len(report.findings)
    spun = said.judgement == "spun"
    excused = spun and not report.fails()
    return {
        "ruleId": VERDICT,
        "ruleIndex": place[VERDICT],
        "level": "error" if spun and not excused else "note",
        "message": {
            "text": f"{'Likely spun' if spun else 'Unclear whether spun'}: probability {share(said.probability)}, "
            f"{count} finding{'s' * (count != 1)} in {said.words} word{'s' * (said.words != 1)}."
        },
        "locations": [{"physicalLocation": {"artifactLocation": where, "region": {"startLine": 1}}}],
        # A text has one verdict, however it changes.
        "partialFingerprints": {FINGERPRINT: _hash(VERDICT)},
        "rank": round(100 * said.probability, 2),
        "properties": {
            "probability": round(said.probability, 4),
            "spin_rate": round(said.spin_rate, 4),
            "log_likelihood_ratio": round(said.log_likelihood_ratio, 2),
            "family": said.family,
            "words": said.words,
        },
    } | ({"suppressions": [_excuse("everything that would be restored is excused")]} if excused else {})


def _finding(
    finding: Finding, report: Report, where: dict[str, str], place: Mapping[str, int], fingerprint: str
) -> dict[str, Any]:
    rule = rule_id(finding.family)
    region = _region(report, finding)
    suggested = finding.action == "suggest"
    says = f"“{printable(finding.found)}” {'may' if suggested else 'is likely to'} stand for "
    says += f"“{printable(finding.original)}”"
    fixes = [
        {
            "description": {"text": f"Put back: {printable(original)}"},
            "artifactChanges": [
                {
                    "artifactLocation": where,
                    "replacements": [{"deletedRegion": region, "insertedContent": {"text": original}}],
                }
            ],
        }
        for original in dict.fromkeys((finding.original, *finding.alternatives))
    ]
    return {
        "ruleId": rule,
        "ruleIndex": place[rule],
        "level": "note" if suggested else "warning",
        "message": {"text": f"{like(finding) if finding.alone else says} ({both_answers(finding)})."},
        "locations": [{"physicalLocation": {"artifactLocation": where, "region": region}}],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "rank": round(100 * finding.confidence, 2),
        "fixes": fixes,
        "properties": {
            "substituted": round(finding.substituted, 4),
            "confidence": round(finding.confidence, 4),
            "action": finding.action,
            "entry": finding.entry,
            "evidence": finding.to_dict()["evidence"],
        }
        | ({"alone": True} if finding.alone else {})
        | ({"place": str(report.place(finding.start))} if report.parts else {}),
    } | ({"suppressions": [_excuse("in the baseline")]} if finding.known else {})


def _excuse(why: str) -> dict[str, str]:
    return {"kind": "external", "status": "accepted", "justification": why}


def _region(report: Report, finding: Finding) -> dict[str, int]:
    (line, column), (last, after) = report.position(finding.start), report.position(finding.end)
    return {"startLine": line, "startColumn": column, "endLine": last, "endColumn": after}


def fingerprints(report: Report) -> list[str]:
    """For each finding what stays the same when the text around it moves: its words and their neighbours, and a number
    where the same stand more than once."""
    seen: Counter[str] = Counter()
    result = []
    for finding in report.findings:
        # Far enough back for a few words, and no further: a text may be one long line.
        before = report.text[max(0, finding.start - 80) : finding.start].split()[-_NEIGHBOURS:]
        after = report.text[finding.end : finding.end + 80].split()[:_NEIGHBOURS]
        key = _hash(" ".join((finding.entry, *before, "|", *finding.found.split(), "|", *after)).casefold())
        seen[key] += 1
        result.append(f"{key}:{seen[key]}")
    return result


def _hash(content: str) -> str:
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def uri(path: str) -> str:
    """`path` as a URI reference: relative as given, so that a viewer finds it from where the command ran.

    >>> uri("./docs/a b.txt"), uri("<stdin>"), uri("1:2.txt")
    ('docs/a%20b.txt', '%3Cstdin%3E', '1%3A2.txt')
    """
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix(), safe="/", errors="surrogateescape")


def rule_id(family: str) -> str:
    """The id of the rule for findings of `family`, which is also its place in a viewer's filter.

    >>> rule_id("web"), rule_id("Our own list"), rule_id("")
    ('spun-phrase/web', 'spun-phrase/Our-own-list', 'spun-phrase')
    """
    name = re.sub(r"[^\w.-]+", "-", family).strip("-")
    return f"spun-phrase/{name}" if name else "spun-phrase"


def _family_rule(family: str) -> dict[str, Any]:
    about = _FAMILIES.get(family, "Substitutions that an additional dictionary lists.")
    return _rule(
        rule_id(family),
        f"Phrase that a spinner is likely to have put in{f' ({family})' * bool(family)}",
        f"{about} The fix puts the original wording back.",
        "warning",
    )


def _verdict_rule() -> dict[str, Any]:
    return _rule(
        VERDICT,
        "Text that was likely spun",
        "Taken together, the phrases of this text are far likelier if a spinner put some of them in than if none did.",
        "error",
    )


def _rule(identity: str, short: str, full: str, level: str) -> dict[str, Any]:
    return {
        "id": identity,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": f"{full} {_SIGN}", "markdown": f"{full}\n\n{_SIGN}"},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["article-spinning"], "problem.severity": level},
    }


def _invocation(errors: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """What went wrong: with a file, while running; with no file, in what the run was asked to do."""
    running: list[dict[str, Any]] = []
    asking: list[dict[str, Any]] = []
    for error in errors:
        notice: dict[str, Any] = {"level": "error", "message": {"text": error["message"]}}
        if "path" in error:
            notice["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri(error["path"])}}}]
        (running if "path" in error else asking).append(notice)
    return {
        "executionSuccessful": not running and not asking,
        "toolExecutionNotifications": running,
        "toolConfigurationNotifications": asking,
    }
