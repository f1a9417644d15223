"""datatrove: a step that finds, for each document, the source among one's own texts that it was made of.

It holds the folder of an index (`despin.Sources`) and a `Config`, and no data; a worker maps the index, so all of a
machine share its pages. A document is only compared word by word where its nearest source has enough of what is rare
in it. Start reading from `SourceTracer`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .._version import __version__
from ..comparison.compare import compare
from ..comparison.result import Comparison
from ..comparison.sources import Match, Sources
from ..config import Config
from ..runtime.knowledge import load_data
from ..util import fault
from .batch import LONGEST, PREFIX, Unjudged
from .datatrove import batches
from .extras import needs

with needs("datatrove", "datatrove"):
    from datatrove.data import Document, DocumentsPipeline
    from datatrove.pipeline.base import PipelineStep

MIN_SIMILARITY = 0.1
"""With it every whole spun page of the crawl in docs/scale.md was found; parts of pages were not measured."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A document beside its nearest source."""

    match: Match | None
    """None: nothing rare is shared with any."""
    comparison: Comparison | None
    """None: too little is shared to compare them."""

    @property
    def verdict(self) -> str:
        """As `Comparison.verdict`; "none" where nothing was compared."""
        return self.comparison.verdict if self.comparison else "none"


def trace_texts(
    texts: Sequence[str],
    sources: Sources,
    config: Config = Config(),
    min_similarity: float = MIN_SIMILARITY,
) -> list[Traced | Unjudged]:
    """Each of `texts` beside its nearest source, in order, or why it has none.

    Raises
    ------
    DictionaryError, ModelError
        The data named by `config` cannot be used.
    OSError, ValueError
        The index was damaged.
    """
    load_data(config)  # what is wrong with the data is no single text's fault
    results: list[Traced | Unjudged] = [_refused(text) for text in texts]
    rows = [row for row, text in enumerate(texts) if text and len(text) <= LONGEST]
    for row, matches in zip(rows, sources.nearest_many(texts[row] for row in rows), strict=True):
        match = matches[0] if matches else None
        if match is None or match.similarity < min_similarity:
            results[row] = Traced(match, None)
        else:
            results[row] = _compared(texts[row], match, sources.text(match), config)
    return results


def _refused(text: str) -> Unjudged:
    return Unjudged(f"a text of more than {LONGEST:,} characters is not compared" if text else "")


def _compared(text: str, match: Match, source: str, config: Config) -> Traced | Unjudged:
    try:
        return Traced(match, compare(text, source, config))
    except Exception as problem:  # it costs this text its verdict, and nobody else's
        return Unjudged(fault.sentence(problem, __version__))


class SourceTracer(PipelineStep):
    """Tell of each document which source it was made of, in its metadata; all documents go on.

    The metadata are `despin_source` (the name of the source; empty: none was near enough), `despin_source_verdict`
    ("copy", "spun copy", "related", "none"; empty: there was no text to compare), `despin_source_probability`,
    `despin_source_similarity`, `despin_source_kept_words` and `despin_source_substitutions`.

    Parameters
    ----------
    index
        The folder of an index: `Sources(paths, index=folder)` makes it.
    config
        Language and dictionaries: which substitutions are known.
    min_similarity
        Share of what is rare in a document that its nearest source has to have for the two to be compared.
    """

    type, name = "🔎 - TRACER", "🧶 despin"

    def __init__(self, index: str, config: Config = Config(), min_similarity: float = MIN_SIMILARITY) -> None:
        super().__init__()
        self.index, self.config, self.min_similarity = index, config, min_similarity

    def traced(self, data: DocumentsPipeline) -> Iterator[tuple[Document, Traced | Unjudged]]:
        """Each document with what was found, which is in its metadata too, in order."""
        sources = Sources(index=self.index)
        for batch in batches(data):
            with self.track_time("batch"):
                results = trace_texts([one.text for one in batch], sources, self.config, self.min_similarity)
            for document, result in zip(batch, results, strict=True):
                document.metadata |= said(result)
                self.stat_update(f"{PREFIX}{document.metadata[PREFIX + 'source_verdict'] or 'unjudged'}")
                yield document, result

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """The documents of `data`, in order."""
        for document, _ in self.traced(data):
            yield document


def said(result: Traced | Unjudged) -> dict[str, str | float | int]:
    """What the metadata of a document say; the keys and types are the same for every one."""
    traced = result if isinstance(result, Traced) else Traced(None, None)
    one = traced.comparison
    return {
        PREFIX + "source": traced.match.path if traced.match and one else "",
        PREFIX + "source_verdict": traced.verdict if isinstance(result, Traced) else "",
        PREFIX + "source_probability": one.probability if one else math.nan,
        PREFIX + "source_similarity": traced.match.similarity if traced.match else math.nan,
        PREFIX + "source_kept_words": one.kept_words if one else 0,
        PREFIX + "source_substitutions": one.substitutions if one else 0,
    }
