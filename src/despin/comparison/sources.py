"""Files → an index that tells which of them a text was made of. Start reading from `Sources`."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from ..config import Config
from ..readers import InputError, find, read
from ..util.array_cache import cache_folder, note_use
from ..util.array_types import U32
from ..util.files import explain
from .compare import compare
from .postings import matches, pairs_of, weights
from .result import Comparison
from .store import MANIFEST, Store

AT_ONCE = 4_000_000  # code points of texts that are added in one step: what a kill can lose
KEPT_DAYS = 60  # that an index in the user's cache is kept without being opened
ASKED_AT_ONCE = 64  # texts whose pairs are made in one call


@dataclass(frozen=True, slots=True)
class Match:
    """A source that a text may be made of."""

    path: str
    """As it was found; or the name it was added by."""
    similarity: float
    """Share of the text's pairs of neighbouring words, weighed by how rare they are, that the source has: 0 to 1."""
    number: int
    """For `Sources.text`."""


class Sources:
    """An index of source texts on disk. It is made when it is first asked for, then mapped; files that are new or have
    changed since are read again, and those that are gone forgotten."""

    def __init__(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        index: str | os.PathLike[str] | None = None,
        *,
        progress: Callable[[Iterable[str]], Iterable[str]] = lambda paths: paths,
    ) -> None:
        """Files and folders, of any kind that despin reads; `index` is the folder to keep the index in, by default one
        in the user's cache. `progress` may wrap the paths that are still to be read.

        `errors` says which could not be read; the others are there.

        Raises
        ------
        InputError
            The index cannot be written.
        """
        given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
        self.paths = [os.fspath(path) for path in given]
        self.errors: list[InputError] = []
        self.folder = Path(index) if index is not None else self._own_folder()
        self._store = Store.open(self.folder)
        if self.paths:
            self._update(progress)

    def __len__(self) -> int:
        return len(self._store)

    def __repr__(self) -> str:
        return f"Sources({len(self)} texts in {str(self.folder)!r})"

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Add texts, (name, text) each, that are in no file; one of a name that is known takes its place.

        Raises
        ------
        InputError
            The index cannot be written.
        """
        with self._writing():
            known = {document.name: number for number, document in self._store.documents()}
            self._add(((name, "", text) for name, text in texts), known, set())

    def digest(self) -> str:
        """SHA-256 of the names and texts: two indexes that answer alike have the same."""
        texts = sorted((document.name, document.digest) for _, document in self._store.documents())
        told = "".join(f"{name}\0{digest}\n" for name, digest in texts)
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()

    def nearest(self, text: str, number: int = 1) -> list[Match]:
        """The sources that share most of what is rare with `text`, the likeliest first; none that shares nothing."""
        return self._nearest(pairs_of([text])[0], number)

    def nearest_many(self, texts: Iterable[str], number: int = 1) -> Iterator[list[Match]]:
        """As `nearest`, of each of `texts`, in order."""
        waiting: list[str] = []
        for text in texts:
            waiting.append(text)
            if len(waiting) == ASKED_AT_ONCE:
                yield from (self._nearest(pairs, number) for pairs in pairs_of(waiting))
                waiting = []
        yield from (self._nearest(pairs, number) for pairs in pairs_of(waiting))

    def text(self, match: Match) -> str:
        """The text of a source, as it was when it was read.

        Raises
        ------
        OSError, ValueError
            The index was damaged.
        """
        return self._store.text(match.number)

    def compare(self, text: str, config: Config = Config()) -> tuple[Match, Comparison] | None:
        """`text` beside the source that is nearest to it; None where no source shares anything with it.

        Raises
        ------
        DictionaryError, ModelError
            The data named by `config` cannot be used.
        OSError, ValueError
            The index was damaged.
        """
        nearest = self.nearest(text)
        return (nearest[0], compare(text, self.text(nearest[0]), config)) if nearest else None

    # --- asking -----------------------------------------------------------------------------------------------------

    def _nearest(self, pairs: U32, number: int) -> list[Match]:
        which, texts, common = matches([segment.postings for segment in self._store.segments], pairs)
        worth = np.where(common, 0.0, weights(np.bincount(which, minlength=len(pairs)), len(self)))
        score = np.bincount(texts, worth[which])
        gone = [text for text in self._store.gone if text < len(score)]
        score[gone] = 0
        known = np.flatnonzero(score)
        whole = float(worth.sum()) or 1.0
        best = known[np.lexsort((known, -score[known]))[:number]]
        return [Match(self._store.document(k).name, float(score[k]) / whole, k) for k in best.tolist()]

    # --- keeping ----------------------------------------------------------------------------------------------------

    def _own_folder(self) -> Path:
        cache = cache_folder()
        if cache is None:
            folder = mkdtemp(prefix="despin-sources-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            return Path(folder)
        key = hashlib.sha256("\0".join(sorted(map(os.path.abspath, self.paths))).encode("utf-8", "surrogateescape"))
        own = cache / "sources" / key.hexdigest()[:40]
        with suppress(OSError):
            cache.mkdir(mode=0o700, parents=True, exist_ok=True)  # here lie texts that others may not know yet
        note_use(own / MANIFEST)
        _tidy(own)
        return own

    def _update(self, progress: Callable[[Iterable[str]], Iterable[str]]) -> None:
        """Make the index one of the files that `paths` name now."""
        states: dict[str, str] = {}
        for path in find(self.paths):
            if isinstance(path, InputError):
                self.errors.append(path)
            elif (state := self._state(path)) is not None:
                states[path] = state
        before = {document.name: (number, document.state) for number, document in self._store.documents()}
        gone = {number for name, (number, state) in before.items() if state and name not in states}
        new = [path for path, state in states.items() if before.get(path, (0, None))[1] != state]
        if new or gone:
            with self._writing():
                known = {name: number for name, (number, _) in before.items()}
                self._add(self._read(progress(new), states), known, gone)

    def _state(self, path: str) -> str | None:
        try:
            status = os.stat(path)
        except OSError as problem:
            self.errors.append(InputError(path, explain(problem)))
            return None
        return f"{status.st_size}:{status.st_mtime_ns}"

    def _read(self, paths: Iterable[str], states: dict[str, str]) -> Iterator[tuple[str, str, str]]:
        for path in paths:
            try:
                yield path, states[path], read(path).prose
            except InputError as problem:
                self.errors.append(problem)

    def _add(self, texts: Iterable[tuple[str, str, str]], known: dict[str, int], gone: set[int]) -> None:
        """Add (name, state, text) each, in steps, each of which lasts whatever becomes of the next."""
        batch: list[tuple[str, str, str, str]] = []
        size = 0
        for name, state, text in texts:
            if name in known:
                gone.add(known[name])
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            batch.append((name, state, digest, text))
            size += len(text)
            if size >= AT_ONCE:
                self._change(batch, gone)
                batch, size = [], 0
        if batch or gone - self._store.gone:
            self._change(batch, gone)

    def _change(self, batch: Sequence[tuple[str, str, str, str]], gone: set[int]) -> None:
        try:
            self._store.change(batch, gone)
        except OSError as problem:
            raise InputError(str(self.folder), f"the index cannot be written: {explain(problem)}") from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Nobody else writes meanwhile; what somebody wrote before is there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with open(self.folder / "lock", "w", encoding="ascii") as file:
                _lock(file.fileno())
                before = [segment.name for segment in self._store.segments]
                now = Store.open(self.folder)
                if [segment.name for segment in now.segments] != before:
                    self._store = now
                yield
        except OSError as problem:
            raise InputError(str(self.folder), f"the index cannot be written: {explain(problem)}") from None


def _tidy(kept: Path) -> None:
    """Delete the indexes beside `kept` that nobody has opened for long: they can be made again."""
    for manifest in kept.parent.glob(f"*/{MANIFEST}"):
        with suppress(OSError):
            if manifest.parent != kept and time.time() - manifest.stat().st_mtime > KEPT_DAYS * 86_400:
                manifest.unlink()  # first, so that nobody takes what is left for an index
                shutil.rmtree(manifest.parent, ignore_errors=True)


def _lock(handle: int) -> None:
    """Wait until no other process holds the lock of this file; it ends with the process."""
    try:
        import fcntl
    except ImportError:  # Windows: two that write at once may each lose what the other added, and no more
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
