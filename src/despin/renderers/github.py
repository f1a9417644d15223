"""`Report` → workflow commands of GitHub Actions, which become annotations on the files.

The form and its escaping: https://docs.github.com/actions/reference/workflow-commands-for-github-actions and
`actions/toolkit`, packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..results.finding import Finding
from ..results.report import Report
from .escaping import printable, visible
from .text import both_answers, like, share


def commands(documents: Iterable[tuple[str, Report]], errors: Iterable[Mapping[str, str]] = ()) -> str:
    """One line for each text that is not clean, for each finding and for each error; what is excused or in the baseline
    is left out.

    GitHub shows ten annotations of a kind (error, warning, notice) for a step, so errors and the likeliest texts come
    first, then the findings in which the model is most confident, whichever text they are in.

    >>> from despin import Verdict
    >>> report = Report("A wet hue", (Finding(6, 9, "hue", "color", confidence=0.9, substituted=0.9),),
    ...     Verdict("clean", 0.2, 0.1, 0.0, "web", 2))
    >>> print(commands([("a", report)]), end="")
    ::warning file=a,line=1,col=7,endColumn=10,title=likely spun phrase (substituted 0.90%3A color 0.90)::hue -> color
    """
    documents = list(documents)
    lines = [_command("error", error["message"], {"file": error.get("path"), "title": "despin"}) for error in errors]
    for path, report in sorted(documents, key=lambda item: -item[1].verdict.probability):
        lines += _verdict(path, report)
    findings = [
        (finding, path, report) for path, report in documents for finding in report.findings if not finding.known
    ]
    findings.sort(key=lambda item: -item[0].confidence)  # stable: of equals, the one that comes first
    lines += [_finding(*item) for item in findings]
    return "".join(lines)


def _verdict(path: str, report: Report) -> list[str]:
    said = report.verdict
    if said.judgement == "clean" or (said.judgement == "spun" and not report.fails()):
        return []
    spun = said.judgement == "spun"
    count = len(report.findings)
    message = (
        f"{'likely spun' if spun else 'unclear'}: probability {share(said.probability)}, {count} "
        f"finding{'s' * (count != 1)} in {said.words} word{'s' * (said.words != 1)}. "
        "This is a sign, not a proof: read the findings."
    )
    title = "likely spun" if spun else "unclear whether spun"
    return [_command("error" if spun else "notice", message, {"file": path, "line": 1, "title": title})]


def _finding(finding: Finding, path: str, report: Report) -> str:
    suggested = finding.action == "suggest"
    line, column = report.position(finding.start)
    last, after = report.position(finding.end)
    # Columns are refused where an annotation runs over several lines.
    place = {"col": column, "endColumn": after} if last == line else {"endLine": last}
    why = ", ".join(filter(None, (both_answers(finding), printable(finding.family))))
    kind = "phrase by itself" if finding.alone else f"{'perhaps a' if suggested else 'likely'} spun phrase"
    return _command(
        "notice" if suggested else "warning",
        like(finding)
        if finding.alone
        else f"{printable(finding.found)} -> {printable(finding.original)}{'?' * suggested}",
        {"file": path, "line": line} | place | {"title": f"{kind} ({why})"},
    )


def _command(name: str, message: str, properties: Mapping[str, object]) -> str:
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value is not None)
    return f"::{name} {shown}::{_data(visible(message))}\n"


def _data(value: object) -> str:
    return str(value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
