"""Tokens and edits, the currency of the measurement. Pure: nothing here knows despin, files or streams.

**Tokens.** One rule: letters with inner apostrophes, a clitic `'s` of its own, numbers with inner `.` or `,`, every
other non-space character alone; lower-cased, apostrophes straight. It is written a second time here, with a regular
expression, on purpose: a fault in despin's own tokens must not hide itself from the measurement.

**Edits.** (first token, last token + 1, replacement tokens), minimised: equal tokens at both ends are trimmed, those
in front first. An edit that minimises to nothing is no edit. A span that begins or ends inside a token is widened to
whole tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import regex
from rapidfuzz.distance import Levenshtein

# --- tokens ----------------------------------------------------------------------------------------------------

_TOKEN = regex.compile(
    r"""[\p{L}\p{M}]+ (?: ['’ʼ＇] (?! [sS] (?! [\p{L}\p{M}'’ʼ＇] ) ) [\p{L}\p{M}]+ )*   # don't, o'clock; women|'s
      | ['’ʼ＇] [sS] (?! [\p{L}\p{M}] )                                                # the clitic
      | \d+ (?: [.,] \d+ )*
      | \S""",
    regex.VERBOSE,
)
_STRAIGHT = str.maketrans("’‘ʼ＇", "''''")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tokenised:
    """A text and its tokens: `words` as they are compared, `start` and `end` in code points of `text`."""

    text: str
    words: Words
    start: tuple[int, ...]
    end: tuple[int, ...]


def words_of(text: str) -> Words:
    """The tokens of `text`, as they are compared.

    >>> words_of("Women’s 1,000 e-mails aren’t here.")
    ('women', "'s", '1,000', 'e', '-', 'mails', "aren't", 'here', '.')
    """
    return tuple(found.lower().translate(_STRAIGHT) for found in _TOKEN.findall(text))


def tokenise(text: str) -> Tokenised:
    """`text` with its tokens and where they stand."""
    spans = [match.span() for match in _TOKEN.finditer(text)]
    words = tuple(text[a:b].lower().translate(_STRAIGHT) for a, b in spans)
    return Tokenised(text, words, tuple(a for a, _ in spans), tuple(b for _, b in spans))


def count_words(text: str) -> int:
    """Words as people count them: what stands between blanks."""
    return len(text.split())


# --- edits -----------------------------------------------------------------------------------------------------


class Edit(NamedTuple):
    """Tokens `first` up to, not including, `last` become `words`."""

    first: int
    last: int
    words: Words


@dataclass(frozen=True, slots=True)
class GoldEdit:
    """An edit that is right in any of several ways."""

    accepted: frozenset[Edit]
    """Minimised; empty where every original equals what stands there."""
    optional: bool = False
    stands: bool = False
    """The words as they stand are accepted too."""

    @property
    def counts(self) -> bool:
        """Whether leaving the words alone is a miss."""
        return bool(self.accepted) and not self.optional and not self.stands


def minimise(edit: Edit, words: Sequence[str]) -> Edit | None:
    """`edit` of the tokens `words` without the equal tokens at its ends, those in front first; None if none is left.

    >>> minimise(Edit(0, 3, ("a", "new")), ["a", "brand", "new"])
    Edit(first=1, last=2, words=())
    """
    first, last, new = edit
    head = 0
    while first + head < last and head < len(new) and words[first + head] == new[head]:
        head += 1
    first, new = first + head, new[head:]
    tail = 0
    while last - tail > first and tail < len(new) and words[last - tail - 1] == new[len(new) - tail - 1]:
        tail += 1
    last, new = last - tail, new[: len(new) - tail]
    return Edit(first, last, new) if first < last or new else None


def edit_of_span(text: Tokenised, start: int, end: int, replacement: str) -> Edit:
    """The edit, not yet minimised, that puts `replacement` where code points `start` to `end` of `text` stand.

    Raises
    ------
    ValueError
        The span does not lie in the text.
    """
    if not 0 <= start <= end <= len(text.text):
        raise ValueError(f"the span {start} to {end} does not lie in a text of {len(text.text)} code points")
    first = int(np.searchsorted(text.end, start, side="right"))
    last = max(first, int(np.searchsorted(text.start, end, side="left")))
    if first < last:  # a span inside a token takes the whole token
        before = text.text[min(text.start[first], start) : start]
        after = text.text[end : max(text.end[last - 1], end)]
        replacement = before + replacement + after
    return Edit(first, last, words_of(replacement))


def edits_of_alignment(words: Sequence[str], restored: Sequence[str]) -> list[Edit]:
    """The edits that turn `words` into `restored`, from a shortest token alignment; for systems that give no spans."""
    edits: list[Edit] = []
    for code in Levenshtein.opcodes(words, restored):
        if code.tag == "equal":
            continue
        new = tuple(restored[code.dest_start : code.dest_end])
        if edits and edits[-1].last == code.src_start:
            edits[-1] = Edit(edits[-1].first, code.src_end, edits[-1].words + new)
        else:
            edits.append(Edit(code.src_start, code.src_end, new))
    return [small for edit in edits if (small := minimise(edit, words)) is not None]


def gold_edit(text: Tokenised, start: int, end: int, originals: Iterable[str], optional: bool = False) -> GoldEdit:
    """The gold edit that accepts each of `originals` for code points `start` to `end` of `text`."""
    every = [minimise(edit_of_span(text, start, end, original), text.words) for original in originals]
    return GoldEdit(frozenset(edit for edit in every if edit is not None), optional, None in every)


def apply_edits(words: Sequence[str], edits: Iterable[Edit], first: int = 0, last: int | None = None) -> Words:
    """Tokens `first` to `last` of `words` after `edits`, which must not overlap and must lie inside.

    >>> apply_edits(["an", "lovely", "day"], [Edit(1, 2, ("adorable",))])
    ('an', 'adorable', 'day')
    """
    done, out = first, []
    for edit in sorted(edits):
        if edit.first < done:
            raise ValueError(f"{edit} overlaps the edit before it or the border at token {done}")
        out += [*words[done : edit.first], *edit.words]
        done = edit.last
    return tuple(out) + tuple(words[done : len(words) if last is None else last])
