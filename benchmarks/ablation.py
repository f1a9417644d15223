"""despin with one part taken out at a time: what each part adds or costs.

A part is taken out by putting something neutral in its place while a set of texts is read. The weights of what remains
are not fitted again, so a part that others lean on may look more important than it is. Start reading from `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
from baselines import Outcome
from baselines import despin as whole

from despin.decoding import decode
from despin.detection import damage
from despin.restoration import evidence, titles
from despin.restoration.evidence import KINDS, Weighed
from despin.restoration.features import FEATURES

FIXED_RATE = 0.25  # spin rate of every text without expectation–maximisation: DESIGN's prototype, "starting low"


@contextmanager
def _swapped(*swaps: tuple[Any, str, Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for home, name, value in swaps:
            stack.enter_context(patch.object(home, name, value))
        yield


def _no_em() -> Any:
    def fixed(self: decode.Channel, posterior: Any, rate: Any) -> Any:
        return np.full((self.texts, self.families), FIXED_RATE)

    return _swapped(
        (decode.Channel, "maximise", fixed), (decode, "START_RATES", (FIXED_RATE,)), (decode, "ANCHOR_START", 0)
    )


def _one_start() -> Any:
    return _swapped((decode, "START_RATES", decode.START_RATES[:1]), (decode, "ANCHOR_START", 0))


def _no_keys() -> Any:
    def unkept(self: decode.Channel, rate: Any, keys: Any) -> Any:
        return np.zeros(len(keys))

    return _swapped((decode.Channel, "_kept", unkept))


def _without(*kinds: str) -> Callable[[], Any]:
    """Without the evidence of `kinds`."""
    weigh = evidence.weigh

    def weighed(
        lattice: Any, channel: Any, decoded: Any, names: Any, dictionary: Any, model: Any, weights: Any, reader: Any,
        markers: Any, *rest: Any, **more: Any,
    ) -> Weighed:  # fmt: skip
        dense = weights.dense * [kind not in kinds for kind in FEATURES.values()]
        cut = replace(weights, dense=dense)
        if "collocation" in kinds:
            cut = replace(cut, keys=weights.keys[:0], values=weights.values[:, :0])
        named = names * ("names" not in kinds)
        return weigh(lattice, channel, decoded, named, dictionary, model, cut, reader, markers, *rest, **more)

    return lambda: _swapped((evidence, "weigh", weighed))


def _no_regression() -> Any:
    def plain(
        lattice: Any,
        channel: Any,
        decoded: Any,
        names: Any,
        dictionary: Any,
        model: Any,
        weights: Any,
        *_: Any,
        **__: Any,
    ) -> Weighed:
        rows = np.flatnonzero(decoded.is_best_of_change)
        terms = np.zeros((len(rows), len(KINDS)))
        terms[:, 0] = (decoded.context + decoded.weight)[rows]
        return Weighed(rows, terms, terms[:, 0], np.arange(len(rows)), terms[:, 0])

    return _swapped((evidence, "weigh", plain))


def _quick() -> Any:
    from despin import pipeline

    stages = pipeline.find_many

    def quick(texts: Any, config: Any, *rest: Any) -> Any:
        return stages(texts, replace(config, effort="quick"), *rest)

    return _swapped((pipeline, "find_many", quick))


def _no_names() -> Any:
    def untouched(text: str, findings: Sequence[Any], surface: Any) -> Sequence[Any]:
        return findings

    stack = ExitStack()
    stack.enter_context(_without("names")())
    stack.enter_context(_swapped((titles, "merge_titles", untouched)))
    return stack


def _no_damage() -> Any:
    def nothing(damaged: Any, texts: int) -> Any:
        return np.zeros(texts)

    def none(tokens: Any, damaged: Any, texts: Sequence[str], surface: Any) -> list[list[Any]]:
        return [[] for _ in texts]

    return _swapped((damage, "log_odds", nothing), (damage, "repairs", none))


PARTS: dict[str, Callable[[], Any]] = {
    "everything": lambda: _swapped(),
    "− expectation–maximisation": _no_em,
    "− starts but the lowest": _one_start,
    "− keys that stand": _no_keys,
    "− consistency": _without("consistency"),
    "− collocations": _without("collocation"),
    "− encoder": _quick,
    "− reader and encoder": _without("reader"),
    "− regression (lattice alone)": _no_regression,
    "− names and titles": _no_names,
    "− damage": _no_damage,
}


def system(part: str) -> Callable[[Sequence[str]], Iterator[Outcome]]:
    """despin with `part` taken out."""

    def run(texts: Sequence[str]) -> Iterator[Outcome]:
        with PARTS[part]():
            yield from list(whole(texts))

    return run
