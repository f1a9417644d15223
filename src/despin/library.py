"""What `import despin` gives: each function looks at what it was given, reads files that it names, and calls the core.

All take a text or texts, then a `Config`, or its fields as options, or both: an option goes before the `Config`.
The stages themselves are in `pipeline`, which takes texts and a `Config` that names no file among its references.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from . import pipeline
from .config import Config, Options, chosen, with_usual
from .dictionary.files import state
from .results.report import Report
from .runtime.batching import BATCH
from .util import arguments

if TYPE_CHECKING:
    from .comparison.result import Comparison
    from .fingerprinting import Fingerprint
    from .phrasebook import Answers


def restore(text: str, config: Config | None = None, **options: Unpack[Options]) -> str:
    """The text with every likely substitution undone. Raises as `check` does.

    >>> import despin
    >>> despin.restore("A text of a few words.", min_confidence=0.5)
    'A text of a few words.'
    """
    return check(text, config, **options).restored


def restore_many(
    texts: Iterable[str], config: Config | None = None, *, batch_bytes: int = BATCH, **options: Unpack[Options]
) -> Iterator[str]:
    """Each text with every likely substitution undone, in order, in batches; read as by `check_many`. Raises as `check`
    does.

    >>> import despin
    >>> list(despin.restore_many(["One text.", "Another."]))
    ['One text.', 'Another.']
    """
    return (report.restored for report in check_many(texts, config, batch_bytes=batch_bytes, **options))


def check(text: str, config: Config | None = None, **options: Unpack[Options]) -> Report:
    """What despin says of one text: findings and a verdict.

    Raises
    ------
    TypeError
        What was given is no text, no `Config`, or no option.
    DespinError
        The data or files that the `Config` names cannot be used.
    OSError
        A file cannot be read.

    >>> import despin
    >>> despin.check("A text of a few words.").verdict.judgement
    'clean'
    """
    return next(pipeline.check_many([arguments.text(text)], with_usual(configured(config, **options), "careful")))


def check_many(
    texts: Iterable[str], config: Config | None = None, *, batch_bytes: int = BATCH, **options: Unpack[Options]
) -> Iterator[Report]:
    """One report a text, in order, in batches: much faster for many texts, which are read quickly unless `effort` is
    "careful". Raises as `check` does.

    So that the texts worth decoding can be decoded together, others wait for them: of at most `batch_bytes` of text, or
    of one text where it alone is longer.
    """
    return pipeline.check_many(arguments.texts(texts), configured(config, **options), batch_bytes)


def lookup(phrase: str, config: Config | None = None, **options: Unpack[Options]) -> Answers:
    """What a phrase may stand for, put together from its parts, and what spinners may make of it.

    All dictionaries are asked, those in reserve too, since nobody would ask about a phrase that is not odd. Raises as
    `check` does, and ValueError where `phrase` holds no word, or too many to be a phrase.

    >>> import despin
    >>> despin.lookup("bosom peril").stands_for[0].phrase
    'breast cancer'
    """
    from . import phrasebook

    return phrasebook.lookup(arguments.text(phrase, "phrase"), configured(config, **options))


def fingerprint(
    text: str,
    config: Config | None = None,
    *,
    report: Report | None = None,
    permutations: int = 128,
    seed: int = 1,
    **options: Unpack[Options],
) -> Fingerprint:
    """What to find near copies of a text by, spun ones too.

    `report` is what `check_many` gave for the text, if somebody has asked already. Only fingerprints made with the same
    version of despin, dictionaries, effort ("quick" unless chosen), `permutations` and `seed` can be compared. Raises
    as `check` does, and ValueError where `report` is of another text or there are no permutations.
    """
    from .fingerprinting import of_reports

    if isinstance(config, Report):
        raise TypeError("a report is given by name: fingerprint(text, report=report)")
    made = configured(config, **options)
    if report is not None and report.text != arguments.text(text):
        raise ValueError("this report is of another text")
    reports = pipeline.check_many([arguments.text(text)], made) if report is None else iter([report])
    return next(of_reports(reports, made, permutations=permutations, seed=seed))


def fingerprints(
    texts: Iterable[str],
    config: Config | None = None,
    *,
    permutations: int = 128,
    seed: int = 1,
    **options: Unpack[Options],
) -> Iterator[Fingerprint]:
    """One fingerprint a text, in order, in batches: as `fingerprint`, and much faster for many."""
    from .fingerprinting import of_reports

    made = configured(config, **options)
    reports = pipeline.check_many(arguments.texts(texts), made)
    return of_reports(reports, made, permutations=permutations, seed=seed)


def compare(text: str, source: str, config: Config | None = None, **options: Unpack[Options]) -> Comparison:
    """What of `source` stands in `text`, word by word, and whether the one is a copy of the other.

    Raises as `check` does.

    >>> import despin
    >>> despin.compare("He said so, and she laughed.", "She laughed.").copied
    False
    """
    from .comparison.compare import compare

    return compare(arguments.text(text, "text"), arguments.text(source, "source"), configured(config, **options))


def configured(config: Config | None = None, **options: Unpack[Options]) -> Config:
    """The `Config` that a call means, with the files among its references read. Raises as `check` does."""
    return opened(chosen(config, options))


def opened(config: Config) -> Config:
    """`config` with the texts of the files among its references in the place of these.

    Raises
    ------
    InputError
        A file cannot be read.
    """
    if not any(isinstance(one, Path) for one in config.references):
        return config
    return replace(config, references=tuple(_texts(config.references)))


def _texts(references: Iterable[str | Path]) -> Iterator[str]:
    from .readers import InputError, find

    for one in references:
        if isinstance(one, str):
            yield one
            continue
        for path in find([str(one)]):
            if isinstance(path, InputError):
                raise path
            yield _prose(path, _state(path))


def _state(path: str) -> tuple[int, ...]:
    """What changes when the file does; nothing if there is none: reading it says what is wrong."""
    try:
        return state(Path(path))
    except OSError:
        return ()


@lru_cache(maxsize=1024)
def _prose(path: str, _: tuple[int, ...]) -> str:
    """The prose of the file at `path`, kept until the file changes: `check` may be called again and again."""
    from .readers import read

    return read(path).prose
