"""The standard streams, as `cli` uses them: bytes for the product, sentences for people. Start from `Streams`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import IO, Any, NoReturn, TypeVar

from ..readers import InputError
from ..renderers.escaping import printable
from ..util.errors import DespinError
from ..util.files import explain, write_whole

Item = TypeVar("Item")

_PATIENCE = 1.0  # seconds that nobody needs a bar for


class OutputError(DespinError):
    """Standard output takes no more."""


class ReaderGone(OutputError):
    """Who read standard output has seen enough, and went."""


class Streams:
    """Standard output and error, and the errors that were told."""

    def __init__(self) -> None:
        self.quiet = False
        self.color = "auto"
        self.errors: list[dict[str, str]] = []
        self.output: str | None = None
        """The file that gets the product instead of stdout, when all of it is there (`finish`)."""
        self._kept: IO[bytes] | None = None
        self.begun = False
        """Whether some of the product was written."""
        self._bar: Any = None

    def product(self, content: str | bytes) -> None:
        """Write to stdout, or keep for the file of --output; a string as UTF-8.

        Raises
        ------
        OutputError
        """
        if not content:
            return
        self.begun = True
        if self.output is not None:
            self._keep(_bytes(content))
            return
        if not is_open(sys.stdout):
            raise OutputError("standard output is closed")
        if self._bar is not None and is_terminal(sys.stdout):
            self._wipe()
        try:
            rest = memoryview(_bytes(content))
            while rest:  # unbuffered (PYTHONUNBUFFERED, as in many containers), a write may take a part only
                rest = rest[sys.stdout.buffer.write(rest) :]
        except OSError as problem:
            self._give_up(problem)

    def _keep(self, data: bytes) -> None:
        import tempfile

        try:
            self._kept = self._kept or tempfile.TemporaryFile()  # noqa: SIM115
            self._kept.write(data)
        except OSError as problem:
            raise OutputError(explain(problem)) from None

    def finish(self) -> None:
        """Put the product into the file of --output, the whole of it or nothing; a run that failed and made none makes
        no file.

        Raises
        ------
        OutputError
        """
        if self.output is None or (self._kept is None and self.errors):
            return
        from shutil import copyfileobj

        with self._kept or BytesIO() as kept:
            kept.seek(0)
            try:
                write_whole(os.path.realpath(self.output), lambda file: copyfileobj(kept, file))
            except OSError as problem:
                raise OutputError(f"{self.output}: {explain(problem)}") from None

    def discard(self) -> None:
        """Forget what was kept for the file of --output: it is not whole."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
            self.begun = False

    def reader(self) -> Any:
        """Who gets the product: stdout, or None where that is a file of ours."""
        return sys.stdout if self.output is None else None

    def binary(self) -> Any:
        """A file that writes to stdout, for a product that is no text.

        Raises
        ------
        OutputError
            A person sits there.
        """
        if is_terminal(self.reader()):
            raise OutputError("it is no text; send it to a file: --output restored.parquet")
        return _Product(self)

    def flush(self) -> None:
        """See to it that the product arrives, so that a full disk is an error and not silence.

        Raises
        ------
        OutputError
        """
        try:
            if is_open(sys.stdout):
                sys.stdout.flush()
        except OSError as problem:
            self._give_up(problem)

    def _give_up(self, problem: OSError) -> NoReturn:
        # The interpreter flushes stdout once more when it ends, and would then complain in its own way.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if isinstance(problem, BrokenPipeError):
            raise ReaderGone("its reader has gone")
        raise OutputError(explain(problem))

    def tell(self, content: str) -> None:
        """Write to stderr, after what stdout got so far."""
        self.flush()
        self._wipe()
        _to_stderr(content)

    def talk(self, content: str) -> None:
        """Write to stderr unless --quiet."""
        if not self.quiet:
            self.tell(content)

    def complain(self, message: str, path: str | None = None) -> None:
        """Tell an error on stderr, and remember it."""
        self.errors.append(({} if path is None else {"path": path}) | {"message": message})
        self._wipe()
        _to_stderr(f"despin: {printable(message if path is None else f'{path}: {message}')}\n")

    def progress(self, items: Iterable[Item], total: int | None, unit: str) -> Iterator[Item]:
        """`items`, with a bar on stderr if a person sits there and it takes a while; `total`: how many, if known."""
        if self.quiet or not is_terminal(sys.stderr):
            yield from items
            return
        from tqdm import tqdm

        plain = os.environ.get("TERM") == "dumb"
        self._bar = tqdm(
            items, total=total, unit=f" {unit}", delay=_PATIENCE, leave=False, file=sys.stderr, dynamic_ncols=True,
            disable=plain,
        )  # fmt: skip
        try:
            yield from self._bar
        finally:
            self._wipe()
            self._bar.close()
            self._bar = None

    def _wipe(self) -> None:
        """Take the bar off the line that is to be written; its next step draws it anew."""
        if self._bar is not None and not self._bar.disable and self._bar.format_dict["elapsed"] >= _PATIENCE:
            self._bar.clear()

    def colour(self, stream: Any) -> bool:
        """Whether to colour what goes to `stream` (https://no-color.org)."""
        if self.color == "auto":
            plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
            return not plain and is_terminal(stream)
        return self.color == "always"


class _Product:
    """What a writer of files needs, over `Streams.product`."""

    closed = False

    def __init__(self, streams: Streams) -> None:
        self._streams, self._size = streams, 0

    def write(self, content: Any) -> int:
        data = bytes(content)
        self._streams.product(data)
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        self._streams.flush()

    def close(self) -> None:
        pass


def _bytes(content: str | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    try:
        return content.encode("utf-8", "surrogateescape")  # bytes that were no text, of a file or its name
    except UnicodeEncodeError:
        return content.encode("utf-8", "backslashreplace")


def standard_input(name: str) -> IO[bytes]:
    """Standard input, which messages call `name`.

    Raises
    ------
    InputError
        It is closed.
    """
    if not is_open(sys.stdin):
        raise InputError(name, "standard input is closed, so there is nothing to read")
    return sys.stdin.buffer


def is_open(stream: Any) -> bool:
    """Whether `stream` is there: what was closed before the process began is None."""
    return stream is not None and not stream.closed


def is_terminal(stream: Any) -> bool:
    """Whether a person sits at `stream`, which may be missing."""
    return is_open(stream) and bool(stream.isatty())


def _to_stderr(content: str) -> None:
    if is_open(sys.stderr):  # print() would take stdout instead
        with suppress(OSError):  # there is nobody left to tell
            sys.stderr.write(content)
            sys.stderr.flush()
