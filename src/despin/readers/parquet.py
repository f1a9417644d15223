"""A column of a Parquet file → texts, and back into the file. Start reading from `Table`.

One row group of the column is in memory at a time. All other columns keep their bytes (`parquet_file.splice`), so their
types and values stay whatever they are; the column keeps its type, and a value that is null stays null. Needs
``despin[parquet]``.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from ..util.files import explain
from .files import check_unchanged, put_in_place
from .parquet_file.footer import Footer, read_footer, selected
from .parquet_file.library import explained, opened, pyarrow
from .parquet_file.splice import Splice
from .source import LIMIT, FileError, InputError

SUFFIXES = (".parquet", ".pq", ".parq")


def is_parquet(path: str) -> bool:
    """Whether the file `path` is called so."""
    return path.lower().endswith(SUFFIXES)


class Table:
    """A Parquet file, and the one column of it that is read."""

    def __init__(self, path: str, column: str, limit: int = LIMIT, name: str = "") -> None:
        """Open the file `path`, which messages call `name`; a text of more than `limit` characters is refused.

        Raises
        ------
        InputError
            It cannot be read, is no Parquet file, or has no such column of texts, or pyarrow is not installed.
        """
        self.path, self.name, self.limit, self.column = path, name or path, limit, column
        self.arrow, _ = pyarrow(self.name)
        with contextlib.ExitStack() as stack:
            try:
                self.stream: IO[bytes] = stack.enter_context(open(path, "rb"))
                self.state = os.fstat(self.stream.fileno())
                self.footer = read_footer(self.stream, self.name)
            except OSError as problem:
                raise FileError(self.name, explain(problem)) from None
            refuse(self.footer, column, self.name)
            self.file = opened(self.stream, selected(self.footer, [column]), self.name)
            self._stack = stack.pop_all()

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def groups(self) -> Iterator[list[str | None]]:
        """The values of the column, a row group at a time.

        Raises
        ------
        InputError
            The file is damaged, or a text in it is too large.
        """
        for number in range(self.file.num_row_groups):
            with explained(self.name, f"row group {number} cannot be read"):
                values: list[str | None] = self.file.read_row_group(number).column(0).to_pylist()
            for row, value in enumerate(values):
                if value is not None and len(value) > self.limit:
                    raise InputError(
                        self.name,
                        f"the text in row {row} of row group {number} is larger than {self.limit:,} characters; "
                        "allow more with --max-bytes",
                    )
            yield values

    def rows(self) -> Iterator[tuple[int, str]]:
        """Row number, from 1, and text of every row that has one. Raises as `groups` does."""
        done = 0
        for values in self.groups():
            yield from ((done + row, value) for row, value in enumerate(values, 1) if value is not None)
            done += len(values)

    def write(self, sink: Any, restore: Callable[[Sequence[str]], Iterable[str]]) -> None:
        """The whole file to `sink`, with `restore` of each row group's texts in the column; all of it or nothing.

        Raises as `groups` does, and InputError where it cannot be written.
        """
        with self._restored(restore) as splice, splice.whole() as file:
            shutil.copyfileobj(file, sink)

    def replace(self, restore: Callable[[Sequence[str]], Iterable[str]]) -> None:
        """Put the restored table where it was read from: the whole file or nothing. It stays as it is if all texts do.

        Raises
        ------
        InputError
            As `groups` does, or the file cannot be written, or has changed meanwhile.
        """
        with self._restored(restore) as splice:
            if splice.changed:
                put_in_place(self.path, splice.write, lambda: check_unchanged(self.path, self.state))

    @contextlib.contextmanager
    def _restored(self, restore: Callable[[Sequence[str]], Iterable[str]]) -> Iterator[Splice]:
        with contextlib.closing(Splice(self.stream, self.footer, self.name)) as splice:
            for number, values in enumerate(self.groups()):
                restored = iter(restore([value for value in values if value is not None]))
                column = [None if value is None else next(restored) for value in values]
                if column != values:
                    with explained(self.name, "cannot be written"):
                        splice.put(number, {self.column: self.arrow.array(column, self.arrow.large_string())})
            yield splice


def refuse(footer: Footer, column: str, name: str) -> None:
    """Raise InputError, about the file `name`, unless it has just one such column, and that is of texts."""
    texts = [leaf.top for leaf in footer.leaves() if leaf.is_text]
    if footer.tops().count(column) != 1 or column not in texts:
        what = "is not a column of texts" if column in footer.tops() else "is not a column"
        raise InputError(name, f"{column!r} {what}; columns of texts: {', '.join(texts) or 'none'}")


@contextlib.contextmanager
def from_stream(stream: IO[bytes], name: str = "<stdin>") -> Iterator[str]:
    """The path of a file with the content of `stream`: what is where in a Parquet file stands at its end.

    Raises
    ------
    InputError
        It cannot be read, or there is no room for it.
    """
    import tempfile

    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.NamedTemporaryFile(prefix="despin-", suffix=".parquet"))
            shutil.copyfileobj(stream, file)
            file.flush()
        except OSError as problem:
            raise InputError(name, f"cannot be copied to a temporary file: {explain(problem)}") from None
        yield file.name
