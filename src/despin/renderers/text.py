"""`Report` → lines for people. Start reading from `listing`.

* Where and what: ``path:line:column: found -> original (substituted 0.98: girls 0.52, women 0.46, family)``: how likely
  it is that the words were substituted at all, and the originals, the likeliest first; a suggestion ends in a question
  mark.
* A phrase reported by itself "reads like" another: path:line:column: note: found reads like original (…, by itself).
* In a document with parts the place is told in words: path: page 3, line 12.
* A verdict says "likely spun": a finding is a sign, not a proof, and accuses nobody.
* A probability that is not 1 is never printed as 1: the last step is ">0.99".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..results.finding import Finding, Reading
from ..results.report import Report
from .escaping import printable, visible, whole
from .excuses import counts, excuses

if TYPE_CHECKING:  # only --apply needs it
    from ..results.decisions import Decisions

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_JUDGEMENTS = {
    "spun": ("likely spun", "red"),
    "unclear": ("unclear", "yellow"),
    "clean": ("no sign of spinning", "green"),
}
READINGS = 3
"""So many originals of a place are named; --explain names them all."""
PHRASE = 6
"""Words: a text of so many, without a finding, is a phrase that somebody asks about, and none to judge."""
_NAMED_IN_SUMMARY = 3
"""So many files to restore are named in the summary's hint; more would bury it."""


_RANKED, _PHRASES = 20, 4
"""So many papers, and phrases of each, are named in the ranking."""

NOTHING = "No text was checked: all that was named is excluded, or ignored by git.\n"


def listing(report: Report, path: str, *, zipf: Mapping[str, float] | None = None, colour: bool = False) -> str:
    """The findings of `report` (see `findings`) and its verdict; empty where a clean or excused text has none.

    Of a paper the verdict comes always: who checks a folder of them wants to see each. With `zipf` it always comes,
    and with its numbers.
    """
    quiet = report.verdict.judgement == "clean" or (report.verdict.judgement == "spun" and not report.fails())
    if not report.findings and not report.passages and quiet and zipf is None and not report.parts:
        return ""
    return (
        findings(report, path, zipf=zipf, colour=colour)
        + ("" if zipf is None else _ignored(report, path, colour))
        + passages(report, path, colour=colour)
        + verdict(report, path, explain=zipf is not None, colour=colour)
    )


def findings(
    report: Report,
    path: str,
    *,
    suggestions: bool = True,
    zipf: Mapping[str, float] | None = None,
    colour: bool = False,
) -> str:
    """The findings of `report`, one a line; without `suggestions` only those that are written.

    `zipf` explains: under each finding its evidence, as weights in natural log-odds and their sum, and how common
    the phrases are that `zipf` knows (base-10 logarithm of occurrences in a billion words); {} leaves those out.
    """
    chosen = (f for f in report.findings if suggestions or f.action == "restore")
    return "".join(
        _finding(report, f, path, colour) + ("" if zipf is None else _evidence(f, zipf, colour)) for f in chosen
    )


def passages(report: Report, path: str, *, colour: bool = False) -> str:
    """The passages that are likely spun, one a line, where they do not stand for the whole text."""
    spun = [passage for passage in report.passages if passage.judgement == "spun"]
    if len(spun) == len(report.passages) and report.verdict.judgement == "spun":
        return ""
    lines = []
    for passage in spun:
        ends = (passage.start, max(passage.end - 1, passage.start))
        first, last = (report.position(at)[0] for at in ends)
        place, which = _paint(f"{printable(path)}:{first}", "bold", colour), f"lines {first}-{last}"
        if report.parts:
            place, which = _paint(printable(path), "bold", colour), " to ".join(str(report.place(at)) for at in ends)
        lines.append(
            f"{place}: {printable(which)} by themselves: {_paint(*_JUDGEMENTS['spun'], colour)}: "
            f"probability {share(passage.probability)}, {_count(passage.words, 'word')}\n"
        )
    return "".join(lines)


def verdict(report: Report, path: str, *, explain: bool = False, colour: bool = False) -> str:
    """One line of what the model says of the whole text."""
    said = report.verdict
    found = f"{_count(len(report.findings), 'finding')} in {_count(said.words, 'word')}{counts(report)}"
    line = f"{_judgement(report, path, colour)}, {found}"
    if explain:
        line += f"\n    spin rate {said.spin_rate:.2f}, log10 likelihood ratio {said.log_likelihood_ratio:+.1f}" + (
            "".join(
                f", {'most like ' * (said.likeness and name == said.family)}{printable(name)} {share(part)}"
                for name, part in said.families
            )
        )
    return line + "\n"


def restored_summary(report: Report, path: str, *, colour: bool = False) -> str:
    """One line of what was restored and what was only suggested."""
    written = sum(f.action == "restore" for f in report.findings)
    suggested = len(report.findings) - written
    more = f", {suggested} more suggested" if suggested else ""
    if not report.findings and report.verdict.words <= PHRASE and report.verdict.judgement != "spun":
        few = f"{_count(report.verdict.words, 'word')} {'is' if report.verdict.words == 1 else 'are'} too few to judge"
        return f"{_paint(printable(path), 'bold', colour)}: {few}; try: {_look_up(report.text)}\n"
    restored = f"{_count(written, 'phrase')} restored{more} in {_count(report.verdict.words, 'word')}"
    return f"{_judgement(report, path, colour)}, {restored}\n"


def _look_up(text: str) -> str:
    """The command that looks the phrase `text` up."""
    phrase = " ".join(text.split()).strip(".,;:!?")
    return _typed(("despin", "--lookup"), [phrase]) or "despin --lookup PHRASE"


def decided(text: str, decisions: Decisions, path: str, *, colour: bool = False) -> str:
    """What was written as a review decided, one change a line."""
    lines = []
    for made in decisions.made:
        if made.replacement is not None and made.replacement != made.found:
            line, column = text.count("\n", 0, made.start) + 1, made.start - text.rfind("\n", 0, made.start)
            lines.append(
                f"{_paint(f'{printable(path)}:{line}:{column}', 'bold', colour)}: "
                f"{_paint(printable(made.found), 'red', colour)} -> "
                f"{_paint(printable(made.replacement), 'green', colour)} ({made.choice})\n"
            )
    return "".join(lines)


def check_summary(
    checked: int,
    unclear: int,
    spun: Sequence[str],
    excused: int = 0,
    alone: int = 0,
    examples: int = 0,
    *,
    restorable: Sequence[str] | None = None,
    command: Sequence[str] = ("despin", "--write"),
) -> str:
    """The last line of a check: how many files, how many likely spun (`spun` are their paths) and how many excused; how
    many phrases stand alone or are only quoted as `examples`. `command` restores the `restorable`, or all `spun`."""
    if not checked:
        return "No text could be checked.\n"
    line = f"{_count(checked, 'file')} checked, {len(spun) or 'none'} likely spun"
    if excused:
        line += f", {excused} {'more ' if spun else ''}excused"
    if unclear:
        line += f", {unclear} unclear"
    if alone:
        line += f", {_count(alone, 'phrase')} reported alone"
    if examples:
        line += f", {_count(examples, 'phrase')} ignored as quoted (--explain tells where)"
    hint = _typed(command, spun if restorable is None else restorable)
    return f"{line}. Restore with: {hint}\n" if hint else f"{line}.\n"


def ranking(papers: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Which of several papers have phrases reported by themselves, those with the most different ones first: a line
    each. Empty for fewer than two."""
    ranked = []
    for path, phrases in papers:
        different = list(dict.fromkeys(whole(phrase).casefold() for phrase in phrases))
        if different:
            ranked.append((len(different), path, different))
    if len(ranked) < 2:
        return ""
    ranked.sort(key=lambda one: (-one[0], one[1]))
    lines = []
    for count, path, different in ranked[:_RANKED]:
        more = f", and {count - _PHRASES} more" if count > _PHRASES else ""
        lines.append(f"{count:>5}  {printable(path)}: {', '.join(map(printable, different[:_PHRASES]))}{more}\n")
    if len(ranked) > _RANKED:
        lines.append(f"       … and {len(ranked) - _RANKED} more files\n")
    return "".join(lines)


def _typed(command: Sequence[str], paths: Sequence[str]) -> str:
    """`command` with `paths` behind it as a shell takes it; empty where there is none, or one that cannot be typed."""
    if not paths or not all(map(_can_be_typed, [*command, *paths])):
        return ""
    from shlex import join

    if len(paths) > _NAMED_IN_SUMMARY:
        return f"{join(command)} PATH ..."
    end = ["--"] if any(path.startswith("-") for path in paths) else []
    return join([*command, *end, *paths])


def _can_be_typed(word: str) -> bool:
    return word.isprintable() and visible(word) == word


def baseline_summary(path: str, added: int, stale: int, recorded: int | None) -> str:
    """One line on the baseline: `added` findings that it does not know, `stale` ones that are gone; `recorded`: how
    many it has now, if it was written. Empty where there is nothing to say."""
    name = printable(path)
    parts = []
    if recorded is not None:
        parts.append(f"{_count(recorded, 'finding')} recorded")
        if stale:
            parts.append(f"{stale} gone and dropped")
        if added:
            parts.append(f"{added} new and not added; restore or allow them, or delete the file and make it anew")
    elif stale:
        parts.append(f"{_count(stale, 'finding')} recorded there {'is' if stale == 1 else 'are'} gone")
        parts.append("shrink it with --update-baseline")
    return f"baseline {name}: {', '.join(parts)}.\n" if parts else ""


def undo_summary(path: str, phrases: int) -> str:
    """One line on what was undone in a text."""
    return f"{printable(path)}: {_count(phrases, 'phrase')} given back.\n"


def note(place: str, message: str) -> str:
    """One line that is no error."""
    return f"{printable(place)}: note: {printable(message)}\n"


def write_summary(seen: int, changed: int, phrases: int) -> str:
    """The last line of writing."""
    return f"{_count(seen, 'file')} read, {changed or 'none'} changed, {_count(phrases, 'phrase')} restored.\n"


def jsonl_summary(seen: int, bad: int, spun: int, *, failed: bool = False) -> str:
    """The last line of a run over records; `failed`: it came to an end before the records did."""
    if failed and not seen:
        return "No record could be read.\n"
    return f"{_count(seen, 'record')} read, {spun or 'none'} likely spun{f', {bad} bad' if bad else ''}.\n"


def paint_diff(diff: str) -> str:
    """A unified diff in colour, for a person to read: with all that is invisible escaped."""
    styles = {"---": "bold", "+++": "bold", "@@ ": "cyan", "-": "red", "+": "green"}
    lines = []
    for line in visible(diff).split("\n"):
        style = styles.get(line[:3]) or styles.get(line[:1])
        lines.append(_paint(line, style, True) if style else line)
    return "\n".join(lines)


def like(finding: Finding) -> str:
    """What is said of a phrase that is reported by itself: that it reads like another, never that it is one."""
    return f"“{printable(finding.found)}” reads like “{printable(finding.original)}”"


def share(probability: float) -> str:
    """A probability in two digits, without claiming certainty.

    >>> [share(p) for p in (0.0004, 0.934, 0.9999)]
    ['<0.01', '0.93', '>0.99']
    """
    if probability < 0.005:
        return "<0.01"
    return ">0.99" if probability >= 0.995 else f"{probability:.2f}"


def _judgement(report: Report, path: str, colour: bool) -> str:
    words, style = _JUDGEMENTS[report.verdict.judgement]
    if report.verdict.judgement == "spun" and not report.fails():
        words, style = "likely spun, but excused", "dim"
    place = _paint(printable(path), "bold", colour)
    return f"{place}: {_paint(words, style, colour)}: probability {share(report.verdict.probability)}"


def _finding(report: Report, finding: Finding, path: str, colour: bool) -> str:
    suggested = finding.action == "suggest"
    place = _place(report, path, finding.start)
    found = printable(whole(finding.found) if report.parts else finding.found)
    why = ", ".join(filter(None, (both_answers(finding), printable(finding.family))))
    if finding.alone and not finding.known:
        return (
            f"{_paint(place, 'bold', colour)}: note: "
            f"{_paint(found, 'red', colour)} reads like "
            f"{_paint(printable(finding.original), 'green', colour)} ({why}, by itself)\n"
        )
    if finding.known:
        known = f"{found} -> {printable(finding.original)}{'?' if suggested else ''} ({why}, baseline)"
        return _paint(f"{place}: {'note: ' if suggested else ''}{known}", "dim", colour) + "\n"
    return (
        f"{_paint(place, 'bold', colour)}: {'note: ' if suggested else ''}"
        f"{_paint(found, 'red', colour)} -> {_paint(printable(finding.original), 'green', colour)}"
        f"{'?' if suggested else ''} ({why})\n"
    )


def _place(report: Report, path: str, offset: int) -> str:
    """Where in the file `path` `offset` stands, as editors take it; in a document with parts, in words."""
    if (place := report.place(offset)) is not None:
        return f"{printable(path)}: {printable(str(place))}"
    line, column = report.position(offset)
    return f"{printable(path)}:{line}:{column}"


def both_answers(finding: Finding, most: int = READINGS) -> str:
    """How likely it is that a place was substituted, and by what: at most so many readings.

    >>> both_answers(Finding(0, 6, "ladies", "girls", 0.5, substituted=0.98))
    'substituted 0.98: girls 0.50'
    """
    readings = finding.readings[:most] or (Reading(finding.original, finding.confidence),)
    told = ", ".join(f"{printable(one.original)} {share(one.confidence)}" for one in readings)
    return f"substituted {share(finding.substituted)}: {told}"


def _ignored(report: Report, path: str, colour: bool) -> str:
    lines = (f"{_place(report, path, start)}: {said}" for start, said in excuses(report))
    return "".join(_paint(line, "dim", colour) + "\n" for line in lines)


def _evidence(finding: Finding, zipf: Mapping[str, float], colour: bool) -> str:
    rows = [(f"{e.weight:+.1f}", e.kind, printable(e.note)) for e in finding.evidence]
    if rows:
        total = sum(e.weight for e in finding.evidence)
        rows.append((f"{total:+.1f}", "sum", f"log-odds of a confidence of {share(finding.confidence)}"))
    common = [f"{printable(p)!r} {zipf[p]:.1f}" for p in (finding.found, finding.original) if p in zipf]
    if len(common) == 2:
        rows.append(("", "how common", f"{', '.join(common)} (Zipf scale)"))
    rows.append(("", "readings", both_answers(finding, len(finding.readings))))
    if finding.entry:
        rows.append(("", "entry", printable(finding.entry)))
    width = max((len(kind) for _, kind, _ in rows), default=0)
    lines = (f"    {weight:>5}  {kind:<{width}}  {note}".rstrip() for weight, kind, note in rows)
    return "".join(_paint(line, "dim", colour) + "\n" for line in lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _paint(text: str, style: str, colour: bool) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colour else text
