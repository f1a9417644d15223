"""The program: the stages in order. The file to read first.

    texts → views → tokens → scan → candidates → lattice → spin rate → verdict → evidence → findings → excused → reports

Everything is done for a batch of texts at once (docs/design.md, "Speed"); `check` and `restore` are batches of one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from . import compiled, damage, parts
from . import dictionary as dictionaries
from .config import Config
from .decode import Channel, decode
from .dictionary import Dictionary, Tier
from .dismissal import dismiss
from .evidence import Weights, weigh
from .findings import Draft, Finding, Passage, Report, Verdict, changed
from .language import SURFACES
from .language_model import LanguageModel
from .lattice import build
from .mentions import Names, gather
from .names import support
from .passages import divide
from .restoration import LEAST, find, least_shown, with_repairs
from .scan import Scanner
from .suppress import excuse
from .titles import merge_titles
from .tokens import tokenise
from .unmask import unmask
from .verdict import LIKELY, judge
from .view import View

_Item = TypeVar("_Item")

THOROUGH = 0.6  # spin rate from which the family that explains a text leaves no room for another
MANY = 20  # passages of a long text, for which the rate is estimated too low: there the passages are asked
NEARLY = 0.99  # share of its words in passages at such rates that will do; at a rate of a half: 0.4 to 0.97
NOTHING = Verdict("clean", 0.0, 0.0, 0.0, "", 0)

# Code points handled at once: enough to make numpy's overhead vanish, little enough to stay in cache.
SCANNED = 800_000
DECODED = 400_000
BATCH = 8_000_000


def restore(text: str, config: Config = Config()) -> str:
    """The text with every likely substitution undone.

    Raises
    ------
    DictionaryError, ModelError
        The data named by `config` cannot be used.
    """
    return check(text, config).restored


def check(text: str, config: Config = Config()) -> Report:
    """What despin says of one text. Raises as `restore` does."""
    return next(check_many([text], config))


def check_many(texts: Iterable[str], config: Config = Config(), batch_bytes: int = BATCH) -> Iterator[Report]:
    """One report a text, in order, in batches: this is where the speed is. Raises as `restore` does.

    So that the texts worth decoding can be decoded together, others wait for them: of at most `batch_bytes` of text, or
    of one text where it alone is longer.
    """
    return (excuse(report, config) for report in find_many(texts, config, batch_bytes))


def find_many(texts: Iterable[str], config: Config = Config(), batch_bytes: int = BATCH) -> Iterator[Report]:
    """As `check_many`, with nothing excused: for who knows more of a text than its prose, and calls `suppress.excuse`
    on reports about all of it."""
    views: deque[View] = deque()

    def unmasked() -> Iterator[str]:
        for text in texts:
            views.append(unmask(text))
            yield views[-1].text

    return (views.popleft().lift(report) for report in _plain(unmasked(), config, batch_bytes))


def _plain(texts: Iterable[str], config: Config, batch_bytes: int) -> Iterator[Report]:
    """The reports of texts without disguise."""
    queue: list[tuple[str, Scanned]] = []
    waiting = held = 0  # code points to be decoded, and of the whole queue
    for batch in _batches(texts, min(SCANNED, batch_bytes), len):
        if len(batch[0]) > parts.LONGEST:  # it is alone then
            yield from _reports(queue, config)
            queue, waiting, held = [], 0, 0
            yield _long(batch[0], config)
            continue
        scanned = _scan(batch, config)
        queue += zip(batch, scanned, strict=True)
        waiting += sum(len(text) for text, said in zip(batch, scanned, strict=True) if said.worth_decoding)
        held += sum(map(len, batch))
        if not waiting or waiting >= DECODED or held >= batch_bytes:
            yield from _reports(queue, config)
            queue, waiting, held = [], 0, 0
    yield from _reports(queue, config)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scan says of a text."""

    verdict: Verdict
    """Where nothing is worth decoding."""
    tiers: tuple[Tier, ...]
    """The dictionaries with which it is worth decoding."""

    @property
    def worth_decoding(self) -> bool:
        return bool(self.tiers)


def _scan(batch: Sequence[str], config: Config) -> list[Scanned]:
    """Which texts need not be decoded, and the verdicts on them."""
    tiers = _tiers(config)
    if not tiers:
        return [Scanned(NOTHING, ()) for _ in batch]
    model, _ = _models(config.language)
    tokens = tokenise(batch)
    # The last tier has the families of all: one scan answers for each.
    _, dictionary, scanner = tiers[-1]
    partial = [bool(one.partial.any()) for _, one, _ in tiers]
    answers = dismiss(tokens, len(batch), partial, scanner, dictionary, model, config)
    scanned = []
    for verdicts in zip(*answers, strict=True):
        said = [verdict for verdict in verdicts if verdict is not None]
        open_ = tuple(tier for (tier, _, _), verdict in zip(tiers, verdicts, strict=True) if verdict is None)
        scanned.append(Scanned(max(said, key=lambda one: one.probability) if said else NOTHING, open_))
    return scanned


def _tiers(config: Config) -> list[tuple[Tier, Dictionary, Scanner]]:
    """The dictionaries that are asked one after the other: those known whole, then with them those known in part."""
    model, _ = _models(config.language)
    found: list[tuple[Tier, Dictionary, Scanner]] = []
    for tier in (Tier.WHOLE, Tier.PARTIAL):
        dictionary, scanner = compiled.load(config.language, config.dictionaries, model, tier)
        if len(dictionary) and not (found and found[-1][1] is dictionary):
            found.append((tier, dictionary, scanner))
    return found


def _reports(queue: Sequence[tuple[str, Scanned]], config: Config) -> Iterator[Report]:
    """The reports of a queue: of texts that the scan dismissed, no more than its verdict; the others are decoded."""
    batches = _batches((row for row in queue if row[1].worth_decoding), DECODED, lambda row: len(row[0]))
    decoded = chain.from_iterable(_decoded(batch, config) for batch in batches)
    for text, said in queue:
        yield next(decoded) if said.worth_decoding else Report(text, (), said.verdict)


def _decoded(batch: Sequence[tuple[str, Scanned]], config: Config) -> list[Report]:
    """One report a text.

    A text that one family known whole explains is settled. Others are read again, with the families of which we know a
    part as well, and once more with the dictionaries kept in reserve if they are likely spun.
    """
    texts = [text for text, _ in batch]
    reports = [Report(text, (), said.verdict) for text, said in batch]
    used: list[Dictionary] = [Dictionary.of([])] * len(batch)

    def read(rows: list[int], dictionary: Dictionary, stand: bool) -> None:
        if rows:
            verdicts = [reports[row].verdict for row in rows] if stand else []
            again = _check([texts[row] for row in rows], dictionary, config, verdicts)
            for place, row in enumerate(rows):
                if stand or not used[row] or _says_more(again[place], reports[row], dictionary):
                    reports[row], used[row] = again[place], dictionary

    for tier, dictionary, _ in _tiers(config):
        open_ = [n for n, (_, said) in enumerate(batch) if tier in said.tiers and not _settled(reports[n])]
        read(open_, dictionary, False)
    model, _ = _models(config.language)
    known = zip(reports, used, strict=True)
    if unknown := [row for row, (report, of) in enumerate(known) if of and _partly_known(report, of)]:
        everything, _ = compiled.load(config.language, config.dictionaries, model, Tier.RESERVE)
        read([row for row in unknown if used[row] is not everything], everything, True)
    return reports


def _settled(report: Report) -> bool:
    """Whether a family known whole explains a spun text so thoroughly that no other need be asked."""
    verdict, passages = report.verdict, report.passages
    if verdict.probability < LIKELY or not verdict.family:
        return False
    # A substitution that recurs counts once a text, a key that stands more than once: the longer, the lower the rate.
    thorough = sum(passage.words for passage in passages if passage.spin_rate >= THOROUGH)
    everywhere = len(passages) >= MANY and thorough >= NEARLY * sum(passage.words for passage in passages)
    return verdict.spin_rate >= THOROUGH or everywhere


def _says_more(later: Report, earlier: Report, dictionary: Dictionary) -> bool:
    """Whether a later reading, with more families, takes the place of an earlier one: if they had a part in it."""
    if later.verdict.probability < LIKELY or earlier.verdict.probability < LIKELY:
        return later.verdict.probability > earlier.verdict.probability
    return any(dictionary.partial[dictionary.families.index(name)] for name, _ in later.verdict.families)


def _partly_known(report: Report, dictionary: Dictionary) -> bool:
    """Whether the text is likely spun, and mostly not by a spinner that is known whole."""
    verdict = report.verdict
    if verdict.probability < LIKELY:
        return False
    return not verdict.family or bool(dictionary.partial[dictionary.families.index(verdict.family)])


def _long(text: str, config: Config) -> Report:
    """The report of a text that is too long to be decoded at once: part by part, each as a text of its own.

    It is as likely spun as the part that is likeliest.
    """
    findings: list[Finding | Draft] = []
    passages: list[Passage] = []
    verdicts = []
    for begin, end in parts.cut(text):
        part = text[begin:end]
        [said] = _scan([part], config)
        report = _decoded([(part, said)], config)[0] if said.worth_decoding else Report(part, (), said.verdict)
        verdicts.append(report.verdict)
        findings += [changed(one, start=one.start + begin, end=one.end + begin) for one in report.drafts]
        passages += [replace(one, start=one.start + begin, end=one.end + begin) for one in report.passages]
    whole = max(verdicts, key=lambda verdict: (verdict.probability, verdict.log_likelihood_ratio))
    whole = replace(whole, words=sum(verdict.words for verdict in verdicts))
    return Report.later(text, findings, whole, tuple(passages))


def _check(
    batch: Sequence[str], dictionary: Dictionary, config: Config, verdicts: Sequence[Verdict] = ()
) -> list[Report]:
    """One report a text; with `verdicts`, these stand and only the findings are looked for."""
    _, model, weights = load_data(config)
    surface = SURFACES[config.language]
    known = _references(config) if config.references else None
    tokens = tokenise(batch)
    damaged = damage.find(tokens, surface)
    lattice = build(tokens, dictionary, model)
    channel = Channel.of(lattice, dictionary, len(batch))
    decoded = decode(lattice, channel)
    partial = bool(dictionary.partial.any())
    verdicts = verdicts or judge(
        tokens, decoded, damage.log_odds(damaged, len(batch)), dictionary.families, partial, config
    )
    passages = divide(batch, tokens, lattice, channel, decoded, verdicts, partial, config)
    worthy = np.array([verdict.probability >= least_shown(config) for verdict in verdicts])
    if not worthy.any():
        return [
            Report(text, (), verdict, parted) for text, verdict, parted in zip(batch, verdicts, passages, strict=True)
        ]
    # Where nothing will be found, nobody asks which candidate leads.
    decoded = replace(decoded, leads=decoded.leads & worthy[channel.text])
    said = support(tokens, lattice, channel, decoded, dictionary, known, surface)
    # Whoever asks for the least certain findings gets them, also those that are hardly worth the work.
    everything = least_shown(config) < LEAST
    weighed = weigh(lattice, channel, decoded, said, dictionary, model, weights, everything)
    found = find(batch, verdicts, lattice, channel, decoded, weighed, dictionary, config)
    mended = damage.repairs(tokens, damaged, batch, surface)
    reports = []
    for text, verdict, parted, substitutions, repairs in zip(batch, verdicts, passages, found, mended, strict=True):
        findings = merge_titles(text, with_repairs(substitutions, repairs, verdict, config), surface)
        reports.append(Report.later(text, findings, verdict, parted))
    return reports


def provenance(config: Config = Config()) -> dict[str, Any]:
    """Digests of the data that `config` names, as JSON reports give them."""
    model, _ = _models(config.language)
    paths = dictionaries.find(config.language, config.dictionaries)
    return {"dictionaries": dictionaries.digests(paths), "language_model": f"sha256:{model.digest}"}


def told(config: Config) -> tuple[str, ...]:
    """What to tell a person of the dictionaries that `config` names: how they were read. Raises as `load_data` does."""
    if not config.dictionaries:
        return ()
    model, _ = _models(config.language)
    return compiled.load(config.language, config.dictionaries, model, Tier.RESERVE)[0].told


def load_data(config: Config) -> tuple[Dictionary, LanguageModel, Weights]:
    """The dictionary, the language model and the evidence weights that `config` names.

    Raises
    ------
    DictionaryError, ModelError, EvidenceError
        They cannot be used.
    OSError
        A file cannot be read.
    """
    model, weights = _models(config.language)
    return compiled.load(config.language, config.dictionaries, model)[0], model, weights


@cache
def _references(config: Config) -> Names:
    return gather(config.references, SURFACES[config.language])


@cache
def _models(language: str) -> tuple[LanguageModel, Weights]:
    home = dictionaries.folder(language)
    return LanguageModel.open(home / "model.ngrams"), Weights.load(home / "evidence.npz")


def _batches(items: Iterable[_Item], most: int, length: Callable[[_Item], int]) -> Iterator[list[_Item]]:
    """`items` in lists, each of at most `most` code points, unless a single one has more."""
    batch: list[_Item] = []
    size = 0
    for item in items:
        if batch and size + length(item) > most:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length(item) + 1
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
