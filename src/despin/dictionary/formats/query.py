"""The query grammar of a screener: ``"a b" AND "c"``, OR, NOT, ``NEAR/5``, ``"a b"~5``, parentheses.

    query     = either { OR either }
    either    = part { [AND] part }                 NOT binds to the part after it, also in "a" NOT "b"
    part      = NOT part | near
    near      = atom [ (NEAR | W | WITHIN | N | PRE) / number  atom ]       PRE: the left one first
    atom      = ( query ) | phrase | words          words without quotation marks are one phrase
    phrase    = " … " [ ~ number ]

A query becomes *branches*: alternatives, each with the phrase that is looked for and a condition on the rest. That
phrase is the longest one that must be there (of equals the first): in ``"cancer" AND "bosom peril"`` the second.

Start reading from `branches`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import regex

from ...util.errors import DespinError
from ..conditions import Beside, Condition, Near, Phrase
from .reading import LONGEST_PHRASE, shown, words_of, written

MOST_BRANCHES = 64  # alternatives of one query; beyond, brackets multiply without end
DEEPEST = 20  # brackets within brackets
MOST_WITHIN = 1000  # words


class QueryError(DespinError, ValueError):
    """A query cannot be understood; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative of a query."""

    spun: str
    """The phrase that is looked for."""
    condition: Condition | None
    """What else must hold, if anything."""
    apart: bool = False
    """The query finds the phrase's words apart, too; an entry finds them together only."""


@dataclass(frozen=True, slots=True)
class _Conjunction:
    """Phrases that must be there, and those that must not."""

    wanted: tuple[Phrase, ...] = ()
    near: tuple[tuple[Phrase, Phrase, int, bool], ...] = ()
    unwanted: tuple[Phrase | Near, ...] = ()


def phrases(query: str) -> list[str]:
    """The phrases in `query` as they are written; none of a query that cannot be understood."""
    try:
        return [token.text for token in _lex(query) if token.kind in ("phrase", "words")]
    except QueryError:
        return []


def branches(query: str, words: Mapping[str, tuple[str, ...]] | None = None) -> list[Branch]:
    """The alternatives of `query`. `words`: `words_of` its `phrases`, for those who ask for many queries.

    Raises
    ------
    QueryError

    >>> branches("bosom peril")
    [Branch(spun='bosom peril', condition=None, apart=False)]
    >>> [branch.spun for branch in branches('"bosom peril" OR "bosom malignancy"')]
    ['bosom peril', 'bosom malignancy']
    """
    parser = _Parser(_lex(query), words_of(phrases(query)) if words is None else words)
    found = [_branch(conjunction) for conjunction in parser.query(0)]
    if parser.at < len(parser.tokens):
        raise QueryError(f"{parser.here()} is not expected there; check the brackets and quotation marks")
    return found


def _branch(conjunction: _Conjunction) -> Branch:
    phrases = [*conjunction.wanted, *(side for near in conjunction.near for side in near[:2])]
    if not phrases:
        raise QueryError("an alternative only says what must not stand in a text; say what to look for, too")
    spun = max(phrases, key=lambda phrase: len(phrase.words))
    others = list(dict.fromkeys(phrase for phrase in conjunction.wanted if phrase != spun))
    beside, near = [], []
    for left, right, within, ordered in conjunction.near:
        if left == spun:
            beside.append(Beside(right, within, before=not ordered))
        elif right == spun:
            beside.append(Beside(left, within, after=not ordered))
        else:
            near.append(Near(left, Beside(right, within, before=not ordered)))
    condition = Condition((*others, *near), conjunction.unwanted, tuple(beside))
    return Branch(written(spun.words), None if condition == Condition() else condition, spun.slop > 0)


# --- tokens ------------------------------------------------------------------------------------------------------

_Kind = Literal["phrase", "words", "and", "or", "not", "near", "pre", "(", ")"]
_TOKEN = regex.compile(
    r"""\s+ | (?P<phrase>["“”„][^"“”„]*["“”]) (?:~(?P<slop>\d+))?
    | (?P<operator>(?:AND|OR|NOT|&&|\|\|)(?![^\s()"“”„]))
    | (?P<near>(?:NEAR|WITHIN|PRE|W|N)/(?P<within>\d+))(?![^\s()"“”„])
    | (?P<bracket>[()]) | (?P<word>[^\s()"“”„]+)""",
    regex.VERBOSE,
)
_OPERATORS: dict[str, _Kind] = {"AND": "and", "&&": "and", "OR": "or", "||": "or", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str
    column: int
    number: int = 0


def _lex(query: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise QueryError(f"a quotation mark at character {at + 1} is never closed; close it")
        column, at = at + 1, match.end()
        if match["phrase"] is not None:
            tokens.append(_Token("phrase", match["phrase"][1:-1], column, _number(match["slop"])))
        elif match["operator"] is not None:
            tokens.append(_Token(_OPERATORS[match["operator"]], match[0], column))
        elif match["near"] is not None:
            kind: _Kind = "pre" if match["near"].startswith("PRE") else "near"
            tokens.append(_Token(kind, match[0], column, _number(match["within"])))
        elif match["bracket"] is not None:
            tokens.append(_Token("(" if match[0] == "(" else ")", match[0], column))
        elif match["word"] is not None:
            if "*" in match[0] or "?" in match[0]:
                raise QueryError(
                    f"{shown(match[0])} has a wildcard, and only whole words are looked for; write the words out, "
                    "with OR between them"
                )
            if tokens and tokens[-1].kind == "words":
                tokens[-1] = replace(tokens[-1], text=f"{tokens[-1].text} {match[0]}")
            else:
                tokens.append(_Token("words", match[0], column))
    return tokens


def _number(text: str | None) -> int:
    if text is None:
        return 0
    if len(text) > 4 or int(text) > MOST_WITHIN:
        raise QueryError(f"a distance of {text[:8]} words is more than {MOST_WITHIN}; use AND")
    return int(text)


# --- grammar -----------------------------------------------------------------------------------------------------


class _Parser:
    """Recursive descent; `DEEPEST` bounds it. Every method returns alternatives, any of which will do."""

    def __init__(self, tokens: Sequence[_Token], words: Mapping[str, tuple[str, ...]]) -> None:
        self.tokens, self.words = tokens, words
        self.at = 0

    def kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else "end"

    def here(self) -> str:
        if self.at == len(self.tokens):
            return "the end"
        token = self.tokens[self.at]
        return f"{shown(token.text)} at character {token.column}"

    def query(self, depth: int) -> list[_Conjunction]:
        if depth > DEEPEST:
            raise QueryError(f"brackets stand {depth} deep, and at most {DEEPEST} are read; take some out")
        found = self.either(depth)
        while self.kind() == "or":
            self.at += 1
            found = _bounded([*found, *self.either(depth)])
        return found

    def either(self, depth: int) -> list[_Conjunction]:
        found = self.part(depth)
        while self.kind() in ("and", "not", "phrase", "words", "("):
            if self.kind() == "and":
                self.at += 1
            more = self.part(depth)
            _check(len(found) * len(more))
            found = [_join(one, two) for one in found for two in more]
        return found

    def part(self, depth: int) -> list[_Conjunction]:
        if self.kind() != "not":
            return self.near(depth)
        self.at += 1
        if self.kind() == "not":
            raise QueryError("NOT NOT says nothing; leave both out")
        unwanted: list[Phrase | Near] = []
        for one in self.near(depth):
            parts: list[Phrase | Near] = [*one.wanted]
            parts += [Near(a, Beside(b, n, before=not o)) for a, b, n, o in one.near]
            if len(parts) != 1 or one.unwanted:
                raise QueryError("after NOT stands a phrase, or several with OR in brackets; write AND NOT for each")
            unwanted += parts
        return [_Conjunction(unwanted=tuple(unwanted))]

    def near(self, depth: int) -> list[_Conjunction]:
        left = self.atom(depth)
        if self.kind() not in ("near", "pre"):
            return left
        operator = self.tokens[self.at]
        self.at += 1
        right = self.atom(depth)
        if self.kind() in ("near", "pre"):
            raise QueryError(f"{self.here()}: only two phrases can be near each other; write AND for a third")
        _check(len(left) * len(right))
        pairs = [(self.single(a, operator), self.single(b, operator)) for a in left for b in right]
        return [_Conjunction(near=((a, b, operator.number, operator.kind == "pre"),)) for a, b in pairs]

    def single(self, one: _Conjunction, operator: _Token) -> Phrase:
        if len(one.wanted) != 1 or one.near or one.unwanted:
            raise QueryError(f"beside {operator.text} stands a phrase, or several with OR in brackets")
        return one.wanted[0]

    def atom(self, depth: int) -> list[_Conjunction]:
        if self.kind() == "(":
            opened = self.here()
            self.at += 1
            found = self.query(depth + 1)
            if self.kind() != ")":
                raise QueryError(f"{opened} is never closed; close it")
            self.at += 1
            return found
        if self.kind() not in ("phrase", "words"):
            raise QueryError(f"a phrase is missing before {self.here()}; write one, or take the operator out")
        token = self.tokens[self.at]
        self.at += 1
        words = self.words[token.text]
        if not words:
            raise QueryError(
                f"{shown(token.text)} cannot be looked for: a phrase is one to {LONGEST_PHRASE} words; correct it"
            )
        return [_Conjunction(wanted=(Phrase(words, token.number),))]


def _join(one: _Conjunction, two: _Conjunction) -> _Conjunction:
    return _Conjunction(one.wanted + two.wanted, one.near + two.near, one.unwanted + two.unwanted)


def _bounded(found: list[_Conjunction]) -> list[_Conjunction]:
    _check(len(found))
    return found


def _check(size: int) -> None:
    if size > MOST_BRANCHES:
        raise QueryError(f"the query has more than {MOST_BRANCHES} alternatives; split it into several lines")
