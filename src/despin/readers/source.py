"""Bytes → `Source`: the text, what despin looks at in it, and how it was written. Start reading from `decode`.

* In which encoding bytes are is told in `encodings`. Nothing is lost by a wrong guess: what is not restored is written
  back byte for byte.
* Line endings are text like any other and are never translated.
* `decode(name, data)` and `Source.encode` are each other's inverse, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ..util.errors import DespinError
from .encodings import UNKNOWN, choose, known, mojibake

if TYPE_CHECKING:  # numpy comes with a view, and not before
    from ..results.parts import Part
    from ..results.report import Report
    from ..text.view import View

# A NUL byte this early means that the file is no text; git looks at as much.
_EARLY = 8000

READ_ONLY = (
    "is a PDF, which despin reads and does not write; nothing was changed. Restore the document that it was made of"
)
_DECLARING = ("html", "jats")
"""Kinds whose texts may say which encoding they are in, and can say any character in any."""
LIMIT = 1 << 29
"""Bytes of one text, unpacked, that are read unless the caller says otherwise: a text is held in memory whole."""


class InputError(DespinError, ValueError):
    """An input cannot be used. The message is a sentence for people; `path` says which input."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class FileError(InputError, OSError):
    """A file cannot be opened or read: an `InputError` that is an ``OSError``, too."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.filename, self.strerror = path, message

    def __reduce__(self) -> tuple[type[FileError], tuple[str, str]]:
        """For pickling: an ``OSError`` would give the path twice."""
        return FileError, (self.path, self.message)


class File(Protocol):
    """What a `Source` knows of a document that is no plain text (`papers.paper.Paper`)."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its pages, chapters or the like; the first begins with the text."""

    @property
    def restored(self) -> Callable[[str], bytes] | None:
        """The file with another text; None: the format is only read."""

    def encode(self, text: str, name: str) -> bytes:
        """The file `name` with `text` in place of its own. Raises `InputError`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text as read. Invariant: source.encode(source.text) are the bytes it was read from."""

    name: str
    """What to call it in messages: a path as given, or the name of standard input."""
    text: str
    """Without the byte order mark; line endings as they stand."""
    codec: str = "utf-8"
    mark: bytes = b""
    """The byte order mark, if there was one."""
    kind: str = "text"
    """"text", "html" or "markdown": how `view` was made."""
    notes: tuple[str, ...] = ()
    """What a person should know about it: sentences, none of them an error."""
    digest: bytes = b""
    """Of the file it was read from, so that `files.replace` knows whether it changed; empty: not from a file."""
    view: View | None = field(default=None, compare=False)
    """The prose in `text`; None: all of it."""
    paper: File | None = field(default=None, compare=False)
    """The document that `text` is of, where that is no plain text."""

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {self.kind}, {self.codec}, {len(self.text):,} characters)"

    @property
    def prose(self) -> str:
        """What despin looks at."""
        return self.text if self.view is None else self.view.text

    @property
    def writable(self) -> bool:
        """Whether `files.replace` can put another text in its place: it is a file, of a format that is written."""
        return bool(self.digest) and (self.paper is None or self.paper.restored is not None)

    def lift(self, report: Report) -> Report:
        """`report`, which is on `prose`, as one on `text`."""
        if self.view is None:
            return report
        from ..results.lift import lift

        lifted = lift(self.view, report)
        return lifted if self.paper is None else replace(lifted, parts=self.paper.parts)

    def printed(self, text: str) -> bytes:
        """`text` for standard output: UTF-8, but a page stays in its own encoding, which it may name itself."""
        return self.encode(text) if self.kind in _DECLARING else text.encode("utf-8", "surrogateescape")

    def encode(self, text: str) -> bytes:
        """`text` in the encoding of this source, with its byte order mark; of a document, the whole file.

        What HTML cannot say in its encoding it says with an entity.

        Raises
        ------
        InputError
            `text` has a character that the encoding has not, or the format is only read.
        """
        if self.paper is not None:
            return self.paper.encode(text, self.name)
        try:
            return self.mark + _encoded(text, self.codec)
        except UnicodeEncodeError as problem:
            if self.kind in _DECLARING:
                missing = {char for char in set(text) if not _has(self.codec, char)}
                return self.mark + _encoded(text.translate({ord(c): f"&#{ord(c)};" for c in missing}), self.codec)
            char = text[problem.start]
            raise InputError(
                self.name,
                f"is in {self.codec}, which has no {char!r}; nothing was written. Save it as UTF-8 first, for example "
                f"with: iconv -f {self.codec.upper()} -t UTF-8",
            ) from None


def decode(
    name: str,
    data: bytes,
    *,
    kind: str = "text",
    encoding: str | None = None,
    limit: int = LIMIT,
    digest: bytes = b"",
    may_be_empty: bool = False,
) -> Source:
    """The text in `data`, with its view still to be made (`kinds.seen`).

    Raises
    ------
    InputError
        `data` is empty and may not be, or is too large, looks binary, or cannot be read in `encoding`.

    >>> decode("a.txt", b"\\xef\\xbb\\xbfone\\r\\n").text
    'one\\r\\n'
    """
    if not data and not may_be_empty:
        raise InputError(name, "is empty: there is nothing to read")
    if len(data) > limit:
        raise InputError(name, f"is larger than {limit:,} bytes; split it, or allow more with --max-bytes")
    if encoding is not None and known(encoding) is None:
        raise InputError(name, f"there is no encoding {encoding!r}; try utf-8, windows-1252 or utf-16")
    codec, mark, guessed = choose(data, said=encoding, markup=kind in _DECLARING)
    wide = codec.startswith(("utf-16", "utf-32"))
    if not wide and (nul := data.find(b"\0", 0, _EARLY)) >= 0:
        raise InputError(name, f"looks like a binary file (a NUL byte at offset {nul}): despin reads plain text")
    notes = []
    try:
        text = data[len(mark) :].decode(codec, "strict" if wide else "surrogateescape")
        if codec != "utf-8" and mark + _encoded(text, codec) != data:
            # Two ways to write one character, or shift states: read so, the bytes would not come back.
            raise UnicodeDecodeError(codec, data, 0, 1, "is ambiguous")
    except UnicodeError as problem:
        if wide and isinstance(problem, UnicodeDecodeError):
            where = len(mark) + problem.start
            raise InputError(
                name, f"is not valid {codec.upper()}: byte 0x{data[where]:02X} at offset {where}; save it as UTF-8"
            ) from None
        text, notes = (
            data.decode("utf-8", "surrogateescape"),
            [f"cannot be read as {codec} byte for byte; read as UTF-8"],
        )
        codec = "utf-8"
    if guessed and codec == UNKNOWN:
        what = f"{_broken(text)} bytes stay as they are (--encoding says what they are)"
        notes = [f"is not UTF-8, and what else it is in is not clear: its {what}"]
    elif guessed and not notes:
        notes = [f"is not UTF-8; read as {codec} (--encoding says otherwise)"]
    if broken := 0 if wide or codec == UNKNOWN else _broken(text):
        notes.append(f"has {broken} bytes that are not {codec}; they stay as they are")
    if places := mojibake(text):
        notes.append(
            f"has {places} places that look like UTF-8 read in a wrong encoding (mojibake); they stay as they are, "
            "and ftfy mends them"
        )
    return Source(name, text, codec, mark, kind, tuple(notes), digest)


def _encoded(text: str, codec: str) -> bytes:
    # A lone surrogate is an undecodable byte in all encodings but those of 16 and 32 bits, which are read strictly.
    return text.encode(codec, "strict" if codec.startswith(("utf-16", "utf-32")) else "surrogateescape")


def _has(codec: str, char: str) -> bool:
    try:
        _encoded(char, codec)
    except UnicodeEncodeError:
        return False
    return True


def _broken(text: str) -> int:
    if text.isascii():
        return 0
    try:
        text.encode()
    except UnicodeEncodeError:
        return sum(0xDC80 <= ord(char) <= 0xDCFF for char in text)
    return 0
