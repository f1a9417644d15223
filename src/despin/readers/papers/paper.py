"""A document as one text, a paragraph or a line of it on each line, and the way back. Start reading from `Paper`.

* The text is what people read; no mark-up is in it, so what is found in it is told as it stands on the page.
* `Paper.restored` puts a changed text back into the file: what differs, word by word, goes to where it came from
  (`member.Member.restored`), and all else keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ...results.parts import Part
from ...text.view import View, ViewBuilder
from ..source import READ_ONLY, InputError


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as read."""

    text: str
    """Every paragraph, or line, ends in a line break."""
    parts: tuple[Part, ...]
    prose: View
    """What despin looks at: a view of `text`."""
    data: bytes
    """The file as it was read."""
    restored: Callable[[str], bytes] | None = None
    """The file with another text, which has as many lines; None: the format is only read."""
    notes: tuple[str, ...] = ()
    """What a person should know about it: sentences, none of them an error."""

    def encode(self, text: str, name: str) -> bytes:
        """The file with `text` in place of its own; `name` is what messages call it.

        Raises
        ------
        InputError
            It cannot be put back.
        """
        if text == self.text:
            return self.data
        if self.restored is None:
            raise InputError(name, READ_ONLY)
        return self.restored(text)


def paragraphs(text: str, left_out: Collection[int] = ()) -> View:
    """The prose of a `text` with a paragraph on each line, those of the numbers `left_out` apart: a blank line stands
    between them, so that no phrase runs from one into the next.

    >>> paragraphs("One.\\nTwo.\\nThree.\\n", {1}).text
    'One.\\n\\nThree.\\n\\n'
    """
    builder = ViewBuilder(text)
    place = 0
    for number, line in enumerate(text.split("\n")[:-1]):
        end = place + len(line)
        if number not in left_out and line:
            builder.add(line, place, end)
            builder.add("\n", end, end + 1)
            builder.add("\n", end + 1, end + 1)
        place = end + 1
    return builder.view()
