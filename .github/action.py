"""The check of action.yml: one run of despin, whose JSON becomes annotations, a table in the summary, and outputs.

    DESPIN_PATHS="docs" GITHUB_OUTPUT=output GITHUB_STEP_SUMMARY=summary.md python .github/action.py

It needs nothing but the standard library, and despin beside the interpreter that runs it. The exit code is despin's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())"]
ANNOTATIONS = 10  # GitHub shows so many of a kind
ROWS = 50
FAILED = 2  # the exit code of a run in which something could not be checked
JUDGEMENTS = {"spun": "likely spun", "unclear": "unclear", "clean": "no sign of spinning"}


def arguments(environment: Mapping[str, str]) -> list[str]:
    """The command line that the action's inputs ask for."""
    chosen = ["--check", "--format", "json"]
    for option in ("min-confidence", "max-probability", "baseline"):
        if value := environment.get("DESPIN_" + option.upper().replace("-", "_"), "").strip():
            chosen.append(f"--{option}={value}")
    paths = filter(None, (line.strip() for line in environment.get("DESPIN_PATHS", "").splitlines()))
    return [*chosen, "--", *(list(paths) or ["."])]


def annotations(report: Mapping[str, Any]) -> Iterator[str]:
    """Workflow commands: errors, texts likely spun, and the findings that despin is surest of."""
    for error in report["errors"]:
        yield command("error", error["message"], file=error.get("path"))
    for document in report["documents"]:
        if document["verdict"] == "spun" and not document.get("excused"):
            message = f"Likely spun: probability {share(document['probability'])}. This is a sign, not a proof."
            yield command("error", message, file=document["path"], title="likely spun")
    found = [(d["path"], f) for d in report["documents"] for f in d["findings"] if not f.get("baseline")]
    found.sort(key=lambda item: (item[1]["action"] != "restore", -item[1]["confidence"]))
    for path, finding in found[:ANNOTATIONS]:
        place = {"line": finding["line"], "col": finding["column"]}
        if "\n" not in finding["found"]:
            place["endColumn"] = finding["column"] + len(finding["found"])
        kind = "warning" if finding["action"] == "restore" else "notice"
        arrow = "reads like" if finding.get("alone") else "->"
        message = f"{finding['found']} {arrow} {finding['original']} ({answers(finding)}, {finding['family']})"
        yield command(kind, message, file=path, **place, title="spun phrase?")


def share(probability: float) -> str:
    """A probability as every report of despin has it: without claiming certainty."""
    if probability < 0.005:
        return "<0.01"
    return ">0.99" if probability >= 0.995 else f"{probability:.2f}"


def answers(finding: Mapping[str, Any]) -> str:
    """Both answers, as in the other reports: whether the phrase was substituted, and by which words."""
    readings = finding.get("readings") or [{"original": finding["original"], "confidence": finding["confidence"]}]
    some = ", ".join(f"{one['original']} {share(one['confidence'])}" for one in readings[:3])
    return f"substituted {share(finding['substituted'])}: {some}"


def command(kind: str, message: str, **properties: object) -> str:
    """A workflow command, escaped as actions/toolkit does it (packages/core/src/command.ts)."""
    given = ",".join(f"{key}={escape(str(value), ':,')}" for key, value in properties.items() if value is not None)
    return f"::{kind}{' ' * bool(given)}{given}::{escape(message)}"


def escape(text: str, more: str = "") -> str:
    """`text` with the signs in percent notation that would end it."""
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def summary(report: Mapping[str, Any]) -> str:
    """A table in Markdown, the likeliest text first."""
    documents = sorted(report["documents"], key=lambda d: -d["probability"])
    spun = sum(d["verdict"] == "spun" and not d.get("excused") for d in documents)
    checked = f"{len(documents)} checked, {spun or 'none'} likely spun."
    lines = ["## despin", "", checked if documents or not report["errors"] else "**No text could be checked.**"]
    if documents and report["errors"]:
        lines[-1] += f" **{len(report['errors'])} could not be checked**, so the run has failed."
    shown = [d for d in documents if d["findings"] or d["verdict"] != "clean"][:ROWS]
    if shown:
        lines += ["", "| text | verdict | probability | findings | words |", "|---|---|--:|--:|--:|"]
        for d in shown:
            verdict = JUDGEMENTS[d["verdict"]] + (", but excused" if d.get("excused") else "")
            known = sum(bool(f.get("baseline")) for f in d["findings"])
            findings = f"{len(d['findings'])}" + (f", {known} in the baseline" if known else "")
            lines.append(f"| {cell(d['path'])} | {verdict} | {share(d['probability'])} | {findings} | {d['words']} |")
    if report["errors"]:
        lines += ["", "Could not be checked:", ""]
        lines += [f"- {cell(e.get('path', 'despin'))}: {cell(e['message'])}" for e in report["errors"][:ROWS]]
    return "\n".join([*lines, "", "A finding is a sign, not a proof: read it before you act on it.", ""])


def cell(text: str) -> str:
    """`text` as Markdown shows it letter by letter: nothing in a file's name may become mark-up."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join("\\" + sign if sign in r"\`*_{}[]()#+-!|~>@" else sign for sign in plain)


def outputs(report: Mapping[str, Any]) -> str:
    """What the action gives to later steps."""
    findings = sum(not f.get("baseline") for d in report["documents"] for f in d["findings"])
    probability = max((d["probability"] for d in report["documents"]), default=0)
    return f"findings={findings}\nprobability={probability}\n"


def main() -> int:
    """Check, and tell GitHub."""
    done = subprocess.run([*COMMAND, *arguments(os.environ)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        report = json.loads(done.stdout)
    except ValueError:  # killed, say: no exit code of it may be taken for a verdict
        report = {
            "documents": [],
            "errors": [{"message": f"despin printed no report; its exit code was {done.returncode}"}],
        }
    for line in annotations(report):
        print(line)
    for variable, content in (("GITHUB_STEP_SUMMARY", summary(report)), ("GITHUB_OUTPUT", outputs(report))):
        if path := os.environ.get(variable):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(content)
    return max(done.returncode, FAILED) if report["errors"] else done.returncode


if __name__ == "__main__":
    sys.exit(main())
