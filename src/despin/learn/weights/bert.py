"""The weights of a BERT, by its own names → by those of the `encoder`, which is started from them. Start reading from
`renamed`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...restoration.encoder import WINDOW
from ...restoration.transformer import HEAD_WIDTH
from ...util.array_types import F32
from ..errors import LearningError

_WORD = "embeddings.word_embeddings.weight"
_PARTS = {
    "out": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm2": "output.LayerNorm",
}
"""Of a layer: our name → BERT's."""


def renamed(tensors: Mapping[str, Any], layers: int) -> dict[str, F32]:
    """The first `layers` of the BERT with the weights `tensors`, named as in Hugging Face's transformers, with or
    without a prefix. Nothing of two sentences is kept: all that is read is of the first.

    Raises
    ------
    LearningError
        They are of no BERT, or of one that does not fit.
    """
    prefix = next((name.removesuffix(_WORD) for name in tensors if name.endswith(_WORD)), None)
    if prefix is None:
        raise LearningError(f"these are not the weights of a BERT: nothing in them is called {_WORD}")

    def of(name: str) -> F32:
        try:
            return np.asarray(tensors[prefix + name], np.float32)
        except KeyError:
            raise LearningError(f"these are not the weights of a BERT of {layers} layers: no {name}") from None

    made = {
        "word.weight": of(_WORD),
        "position.weight": of("embeddings.position_embeddings.weight"),
    }
    made["position.weight"] = made["position.weight"] + of("embeddings.token_type_embeddings.weight")[0]
    for part in ("weight", "bias"):
        made[f"norm.{part}"] = of(f"embeddings.LayerNorm.{part}")
        for number in range(layers):
            its = f"encoder.layer.{number}"
            three = [of(f"{its}.attention.self.{name}.{part}") for name in ("query", "key", "value")]
            made[f"layers.{number}.qkv.{part}"] = np.concatenate(three)
            made |= {f"layers.{number}.{ours}.{part}": of(f"{its}.{name}.{part}") for ours, name in _PARTS.items()}
    positions, width = made["position.weight"].shape
    if positions < WINDOW or width % HEAD_WIDTH:
        raise LearningError(
            f"a BERT with {positions} positions, {width} wide, does not fit: {WINDOW} positions at least are needed, "
            f"and heads of attention {HEAD_WIDTH} wide"
        )
    return made
