"""Text → columns of tokens: the first stage.

A batch of texts goes in; `Tokens`, a handful of numpy columns over one joined string, comes out. Nothing is
copied per word and no Python loop runs per token, so a token costs tens of nanoseconds (docs/design.md, "Speed").

* A token is a run of letters with inner apostrophes, a clitic ``'s`` of its own, a number with inner ``.`` or ``,``,
  or any other single non-space character.
* A token's identity is a 64-bit hash of its lower-cased code points, with typographic quotes and dashes
  straightened: `Women’S` and `women's` are the same two words. Dictionary and language model know words by it alone.
* Some spans are protected: URLs, e-mail addresses, code, mark-up tags, `[sic]`. No later stage changes them.

Start reading from `tokenise`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import is_

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import I64, U64, Bool
from .characters import Characters
from .protected import protected_tokens
from .token_boundaries import boundaries, ends_of, paragraph_starts
from .token_features import hash_tokens, shapes_of


@dataclass(frozen=True, eq=False)
class Tokens:
    """Columns over a batch of texts joined by newlines; all columns but `offset` and `space` have one row a token.

    Invariants: spans increase and never overlap; no token crosses a text's border; only space stands between tokens.
    """

    text: str
    """The texts of the batch, joined by newlines."""
    offset: I64
    """(texts + 1,): where each text begins in `text`, in code points; text k is text[offset[k]:offset[k + 1] - 1]."""
    space: Bool
    """(code points,): which characters of `text` are space."""
    start: I64
    """First code point."""
    word: U64
    """Hash of the normalised form (see `hash_words`)."""
    shape: NDArray[np.uint8]
    """A `Shape`."""
    document: NDArray[np.int32]
    """Which text of the batch."""
    opens: Bool
    """True for the first token of a paragraph: nothing before it in its text, or a line break."""
    protect: Callable[[], Bool]
    """Works out `protected`."""

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def protected(self) -> Bool:
        """True where nothing may be changed. Worked out when it is first asked for: a first look never does."""
        return self.protect()

    @cached_property
    def end(self) -> I64:
        """Last code point + 1. Worked out when it is first asked for: of texts that are not decoded, `ends` of a few
        tokens is all that is needed."""
        return self.ends(np.arange(len(self)))

    def ends(self, rows: I64) -> I64:
        """(rows,): the `end` of some of the tokens."""
        return ends_of(self.start, rows, self.space)

    def found(self, first: int, last: int) -> str:
        """The text from token `first` up to, not including, token `last`."""
        return self.text[self.start[first] : self.end[last - 1]]


# --- the stage -------------------------------------------------------------------------------------------------


def tokenise(texts: Iterable[str]) -> Tokens:
    """Columns of the tokens of `texts`.

    >>> from despin.text.token_features import Shape
    >>> tokens = tokenise(["Profound learning beats a irregular woodland at a low flag to clamor proportion."])
    >>> " | ".join(tokens.text[s:e] for s, e in zip(tokens.start.tolist(), tokens.end.tolist()))
    'Profound | learning | beats | a | irregular | woodland | at | a | low | flag | to | clamor | proportion | .'
    >>> [Shape(shape).name for shape in tokens.shape[:2].tolist()], bool(tokens.word[3] == tokens.word[7])
    (['TITLE', 'LOWER'], True)

    >>> tokens = tokenise(["Women’s 1,000 e-mails."])
    >>> [tokens.text[s:e] for s, e in zip(tokens.start.tolist(), tokens.end.tolist())]
    ['Women', '’s', '1,000', 'e', '-', 'mails', '.']
    """
    texts = list(texts)
    text = "\n".join(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    offset = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    chars = Characters.of(text)
    start, rare = boundaries(chars)
    lead = chars.byte.take(start)
    word = hash_tokens(chars, start, lead, rare)
    shape = shapes_of(chars, start, lead, rare)
    protect = partial(protected_tokens, text, texts, chars, offset, start, lead, rare.points, rare.capital)
    counts = np.diff(np.searchsorted(start, offset))
    document = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    return Tokens(text, offset, chars.space, start, word, shape, document, paragraph_starts(chars, start), protect)


class Tokeniser:
    """`tokenise`, which remembers the last batch: what is looked at, scanned, and read with several dictionaries is
    often the same."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._tokens: Tokens | None = None

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """Columns of the tokens of `texts`."""
        same = len(texts) == len(self._texts) and all(map(is_, texts, self._texts))
        if self._tokens is None or not same:
            self._texts, self._tokens = list(texts), tokenise(texts)
        return self._tokens
