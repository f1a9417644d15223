"""A spinner for tests and benchmarks: despin's own dictionary, inverted. It is no part of the package."""

from __future__ import annotations

import random
import re

from data import Document, Facts
from edits import Words, tokenise


def spin(text: str, facts: Facts, rate: float, chance: random.Random) -> Document:
    """`text` as the web family spins it, with its gold edits.

    Long phrases win; a phrase is replaced with the frequency its dictionary counts say, times `rate`, by the same
    substitute wherever it stands; the case of its first letter stays; nothing is done about "a" and "an".
    """
    known = tokenise(text)
    longest = max(map(len, facts.replaced))
    drawn: dict[Words, str | None] = {}
    pieces, edits, done, size, at = [], [], 0, 0, 0
    while at < len(known.words):
        step = 1
        for length in range(min(longest, len(known.words) - at), 0, -1):
            phrase = known.words[at : at + length]
            if phrase not in facts.replaced:
                continue
            if phrase not in drawn:
                drawn[phrase] = _draw(facts.replaced[phrase], chance)
            spun = drawn[phrase]
            if spun is not None and chance.random() < rate:
                start, end = known.start[at], known.end[at + length - 1]
                original = text[start:end]
                spun = spun[0].upper() + spun[1:] if original[0].isupper() else spun
                pieces += [text[done:start], spun]
                size += start - done
                edits.append({"start": size, "end": size + len(spun), "spun": spun, "original": [original]})
                size, done, step = size + len(spun), end, length
                break
        at += step
    return Document("", "".join([*pieces, text[done:]]), "", rate, text, tuple(edits))


def count_by_hand(facts: Facts, replaced: float) -> None:
    """Give entries without counts some: all substitutes of an original alike, together a share `replaced` of it."""
    by_hand: dict[Words, list[Words]] = {}
    for spun, originals in facts.originals.items():
        for original in originals:
            if spun not in facts.replaced.get(original, {}):
                by_hand.setdefault(original, []).append(spun)
    for original, substitutes in by_hand.items():
        of = max(len(substitutes), round(len(substitutes) / replaced))
        facts.replaced.setdefault(original, {}).update(dict.fromkeys(substitutes, (1, of)))


def _draw(substitutes: dict[Words, tuple[int, int]], chance: random.Random) -> str | None:
    names = sorted(substitutes)
    seen = [substitutes[name][0] for name in names]
    kept = max(0, max(of for _, of in substitutes.values()) - sum(seen))
    drawn = chance.choices([*names, None], [*seen, kept])[0]
    # tokens back to text: no blank around a hyphen, before a clitic or a comma
    return None if drawn is None else re.sub(r" ?([-–—]) ?| (?=[',.!?])", r"\1", " ".join(drawn))
