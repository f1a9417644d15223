"""The XML files of an archive whose prose is read, as one text; and a changed text back into them.

A reader of a format gives the view of each file; `paper_of` makes a `Paper` of them. The way back compares paragraphs,
and in those that changed words: so it is the same for what despin restores, for what a person decided on the review
page, and for undoing. Start reading from `paper_of`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, takewhile

from ...results.finding import Finding
from ...results.lift import lift
from ...results.parts import Part
from ...results.report import Report, Verdict
from ...text.view import View
from ..source import InputError
from .archive import Archive
from .paper import Paper, paragraphs
from .references import reference_lines
from .xml_tags import Encoded

Change = tuple[int, int, str]  # begin and end in the text of a view, and what stands there now

_WORD = re.compile(r"\S+")
_LONG = 2000  # words of a paragraph
_NO_VERDICT = Verdict("clean", 0.0, 0.0, 0.0, "", 0)


@dataclass(frozen=True, slots=True)
class Member:
    """An XML file of an archive, or some of what stands in it."""

    name: str
    """In the archive."""
    label: str
    """What reports call it: "footnotes", say; empty where there is no need to."""
    source: Encoded
    view: View
    """Its prose, a paragraph on each line."""
    view_of: Callable[[str], View]
    """How the view was made."""
    headings: frozenset[int] = frozenset()
    """The paragraphs that are headings, from 0."""
    mended: Callable[[str, str], str] = lambda old, new: new
    """What is still to be done to a changed file, from the file as it was and as it is."""

    def restored(self, text: str, file: str, source: Encoded | None = None) -> Encoded:
        """This file with the prose `text`; `file` is what messages call the document. `source` is the file as others
        have changed it, who see other prose of it.

        Raises
        ------
        InputError
            A change cannot be written without losing what is no text.
        """
        source, view = (self.source, self.view) if source is None else (source, self.view_of(source.text))
        verdict, found = _NO_VERDICT, view.text
        findings = tuple(Finding(a, b, found[a:b], new) for a, b, new in _changes(found, text, file))
        written = self.mended(source.text, lift(view, Report(found, findings, verdict)).restored)
        if self.view_of(written).text.split() != text.split():
            raise InputError(file, "cannot be written: what changes runs into what is no text; nothing was changed")
        return source._replace(text=written)


def paper_of(archive: Archive, members: Sequence[Member], unit: str = "paragraph", *, references: bool) -> Paper:
    """The `members` of `archive` as one text; with `references`, lists of references are looked at, too.

    Raises
    ------
    InputError
        There is no text in them.
    """
    texts = [member.view.text for member in members]
    text = "".join(texts)
    if not text.strip():
        raise InputError(archive.name, "holds no text")
    starts = list(accumulate(map(len, texts), initial=0))
    parts = tuple(Part(start, one.label, unit) for start, one in zip(starts, members, strict=False))
    left_out: set[int] = set()
    first = 0
    for member, content in zip(members, texts, strict=True):
        lines = content.split("\n")[:-1]
        if not references:
            left_out.update(first + row for row in reference_lines(lines, member.headings))
        first += len(lines)

    def restored(new: str) -> bytes:
        changed = _rewritten(members, new, archive.name)
        return archive.replaced({name: made.encode(made.text) for name, made in changed.items()})

    return Paper(text, parts, paragraphs(text, left_out), archive.data, restored)


def _rewritten(members: Sequence[Member], new: str, file: str) -> dict[str, Encoded]:
    """The files that change where the text of all members is `new`; several may be views of one."""
    changed: dict[str, Encoded] = {}
    lines = new.split("\n")
    if len(lines) != sum(member.view.text.count("\n") for member in members) + 1:
        raise InputError(file, "cannot be written: the new text has more or fewer paragraphs")
    first = 0
    for member in members:
        last = first + member.view.text.count("\n")
        content = "".join(f"{line}\n" for line in lines[first:last])
        if content != member.view.text:
            changed[member.name] = member.restored(content, file, changed.get(member.name))
        first = last
    return changed


def _changes(old: str, new: str, file: str) -> Iterator[Change]:
    """What makes the text `new` of `old`, which has as many lines: in words, none of them empty."""
    place = 0
    for before, after in zip(old.split("\n"), new.split("\n"), strict=True):
        if before != after:
            for begin, end, words in _in_line(before, after, file):
                yield place + begin, place + end, words
        place += len(before) + 1


def _in_line(before: str, after: str, file: str) -> Iterator[Change]:
    old, new = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    if not old:
        raise InputError(file, "cannot be written: the new text has words where there is no paragraph")
    # The words that are everywhere anchor nothing in a very long paragraph, and take time.
    matcher = SequenceMatcher(None, [one[0] for one in old], [one[0] for one in new], autojunk=len(old) > _LONG)
    for _, i, k, j, m in _joined([code for code in matcher.get_opcodes() if code[0] != "equal"], len(old)):
        words = after[new[j].start() : new[m - 1].end()] if j < m else ""
        begin, end = old[i].start(), old[k - 1].end()
        if words != before[begin:end]:
            yield _without_edges(before, begin, end, words)


def _without_edges(text: str, begin: int, end: int, words: str) -> Change:
    """The change of text[begin:end] to `words` without the signs and figures that both begin or end with.

    The mark of a note behind a word is a run of its own, raised, and no letter of the word may get into it.
    """
    found = text[begin:end]
    most = min(len(found), len(words)) - 1
    same = (one == other and not one.isalpha() for one, other in zip(found, words, strict=False))
    first = min(_count(same), max(most, 0))
    same = (one == other and not one.isalpha() for one, other in zip(reversed(found), reversed(words), strict=False))
    last = min(_count(same), max(most - first, 0))
    return begin + first, end - last, words[first : len(words) - last]


def _count(holds: Iterable[bool]) -> int:
    """How many hold before the first that does not."""
    return sum(1 for _ in takewhile(bool, holds))


def _joined(codes: Sequence[tuple[str, int, int, int, int]], words: int) -> Iterator[tuple[str, int, int, int, int]]:
    """`codes` of `SequenceMatcher`, those that only add or take away with a word beside them to lean on; neighbours
    that meet then are one."""
    done: tuple[str, int, int, int, int] | None = None
    for tag, i, k, j, m in codes:
        if i == k or j == m:
            i, k, j, m = (i - 1, k, j - 1, m) if i and j else (i, k + 1, j, m + 1)
            k = min(k, words)
        if done and i <= done[2]:
            done = (tag, done[1], k, done[3], m)
            continue
        if done:
            yield done
        done = (tag, i, k, j, m)
    if done:
        yield done
