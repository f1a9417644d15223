"""Layers of a transformer encoder, in numpy: sums in float32, one text at a time. Start reading from `encoded`.

As BERT has them (Devlin et al. 2019): each layer normalises what it adds to its input, after attention and again after
two matrices with a Gaussian error linear unit between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ..util.array_types import F32

HEAD_WIDTH = 32
"""Numbers of each head of attention."""


class Layer(NamedTuple):
    """The weights of one layer: matrices are (in, out), biases and norms (out,)."""

    qkv: F32
    qkv_bias: F32
    out: F32
    out_bias: F32
    up: F32
    up_bias: F32
    down: F32
    down_bias: F32
    norm1: F32
    """(2, width): factors and offsets."""
    norm2: F32


def encoded(state: F32, layers: Iterable[Layer]) -> F32:
    """(pieces, width), what each piece is among the others, from what each is alone."""
    for layer in layers:
        state = normed(state + attention(state, layer), layer.norm1)
        wide = state @ layer.up
        wide += layer.up_bias
        wide = gelu(wide) @ layer.down
        wide += layer.down_bias
        wide += state
        state = normed(wide, layer.norm2)
    return state


def attention(state: F32, layer: Layer) -> F32:
    """(pieces, width): what each piece takes over from the others."""
    size, width = state.shape
    mixed = state @ layer.qkv
    mixed += layer.qkv_bias
    mixed[:, :width] *= np.float32(HEAD_WIDTH**-0.5)
    query, key, value = mixed.reshape(size, 3, width // HEAD_WIDTH, HEAD_WIDTH).transpose(1, 2, 0, 3)
    share = query @ key.transpose(0, 2, 1)
    share -= share.max(axis=2, keepdims=True)
    np.exp(share, out=share)
    taken = share @ value
    taken /= share.sum(axis=2, keepdims=True)
    out: F32 = taken.transpose(1, 0, 2).reshape(size, width) @ layer.out
    out += layer.out_bias
    return out


def normed(state: F32, norm: F32) -> F32:
    """Layer normalisation (Ba, Kiros and Hinton 2016)."""
    state = state - state.mean(axis=1, keepdims=True)
    state /= np.sqrt((state * state).mean(axis=1, keepdims=True) + np.float32(1e-12))
    state *= norm[0]
    state += norm[1]
    return state


def gelu(value: F32) -> F32:
    """x Φ(x) (Hendrycks and Gimpel 2016), as they approximate it: with tanh, here written as a logistic function."""
    odds = value * value
    odds *= np.float32(0.044715)
    odds += 1
    odds *= value
    odds *= np.float32(-2 * (2 / np.pi) ** 0.5)
    np.minimum(odds, np.float32(80), out=odds)  # e^89 is too much for float32
    np.exp(odds, out=odds)
    odds += 1
    result: F32 = np.divide(value, odds, out=odds)
    return result
