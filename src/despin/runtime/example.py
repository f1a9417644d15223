"""One sentence on its way through the stages: what their docstrings show, so that together they are a walk.

    tokenise → Screen → candidates → build → decode → judge → weigh → select

Start reading from `EXAMPLE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..config import Config
from ..decoding.channel import Channel
from ..decoding.decode import Decoded, decode
from ..decoding.lattice import Lattice, build
from ..dictionary.dictionary import Dictionary
from ..restoration.evidence import Weighed, weigh
from ..restoration.names import support
from ..text.tokens import Tokens, tokenise
from ..util.array_types import I64
from .knowledge import Knowledge


@dataclass(frozen=True)
class Example:
    """A text, and what the stages make of it with all that is shipped."""

    text: str

    @cached_property
    def known(self) -> Knowledge:
        return Knowledge.of(Config())

    @property
    def dictionary(self) -> Dictionary:
        """With the families of all that is asked."""
        return self.known.all_families

    @cached_property
    def tokens(self) -> Tokens:
        return tokenise([self.text])

    @cached_property
    def lattice(self) -> Lattice:
        return build(self.tokens, self.dictionary, self.known.model)

    @cached_property
    def channel(self) -> Channel:
        return Channel.of(self.lattice, self.dictionary, 1)

    @cached_property
    def decoded(self) -> Decoded:
        return decode(self.lattice, self.channel)

    @cached_property
    def weighed(self) -> Weighed:
        known = self.known
        names = support(self.tokens, self.lattice, self.channel, self.decoded, self.dictionary, None, known.rules)
        learned = known.weights, known.reader, known.markers
        return weigh(self.lattice, self.channel, self.decoded, names, self.dictionary, known.model, *learned)

    def pairs(self, entries: I64) -> list[str]:
        """The `entries`, rows of the dictionary, as "spun → original"; −1, a word that stands for itself, is left out.

        >>> EXAMPLE.pairs(EXAMPLE.lattice.arcs.entry)[:2]
        ['profound → deep', 'flag → signal']
        """
        found = (self.dictionary.entry(row) for row in entries.tolist() if row >= 0)
        return [f"{entry.spun} → {entry.original}" for entry in found]


EXAMPLE = Example("Profound learning beats a irregular woodland at a low flag to clamor proportion.")
