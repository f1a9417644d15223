"""Texts spun anew (`anew`) → the weights of the `encoder`. Imports PyTorch, which the extra `neural` installs.

A transformer encoder in the shape of BERT, started from the weights of one (`bert`). A place is told by the states at
both of its ends; a candidate scores by how much the place looks substituted, plus how well the mean of its original's
pieces matches what the place calls for, plus what is known without context (`dense`), which is learned along and not
kept, as with the `reader`. The loss is that of a conditional logit over the candidates of each place, and leaving it
alone. AdamW (Loshchilov and Hutter 2019), with a short warm-up; then the steps shrink until the budget is read.

Start reading from `Learner.learn`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from ...restoration.encoder import Encoder
from ...restoration.transformer import HEAD_WIDTH
from ...util.array_types import F32
from .anew import FIRST_DENSE, Block, Teacher
from .batches import Batch, Speller, batches

PASSAGE = 90, 215  # tokens: what a window takes
STEP, STEP_OF_HEADS = 3e-4, 1.5e-3
HEADS = ("place", "match", "spun", "original", "dense")
"""What is learned from nothing."""
WARM_UP = 150  # steps
LAST = 0.03  # of the step, when all is read
DECAY = 0.01
BETAS = 0.9, 0.98
STEEPEST = 1.0  # the norm of a slope
SURE = 20.0  # nats that a candidate may score
FIRST = 0.02  # deviation of weights that are drawn
SEED = 1


class Layer(nn.Module):
    """Attention, then two matrices with a bend between; each added to what was there, and normed (Vaswani et al.
    2017)."""

    def __init__(self, width: int, wide: int) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, wide), nn.Linear(wide, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)

    def forward(self, state: Any, inside: Any) -> Any:
        """`state`: (chunks, pieces, width); `inside`: (chunks, 1, 1, pieces)."""
        chunks, pieces, width = state.shape
        mixed = self.qkv(state).view(chunks, pieces, 3, width // HEAD_WIDTH, HEAD_WIDTH)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        taken = F.scaled_dot_product_attention(query, key, value, attn_mask=inside)
        state = self.norm1(state + self.out(taken.transpose(1, 2).reshape(chunks, pieces, width)))
        return self.norm2(state + self.down(F.gelu(self.up(state), approximate="tanh")))


class Model(nn.Module):
    """The encoder, as it is trained."""

    def __init__(self, pieces: int, positions: int, width: int, wide: int, layers: int) -> None:
        super().__init__()
        self.word, self.position = nn.Embedding(pieces, width), nn.Embedding(positions, width)
        self.norm = nn.LayerNorm(width, 1e-12)
        self.layers = nn.ModuleList(Layer(width, wide) for _ in range(layers))
        self.place = nn.Linear(2 * width, width)  # both ends → the place
        self.match = nn.Linear(width, width)  # the place → what it calls for
        self.spun = nn.Linear(width, 1)  # the place → whether anything was substituted
        self.original = nn.Linear(width, 1)  # an original by itself
        self.dense = nn.Parameter(torch.tensor(FIRST_DENSE))

    @classmethod
    def started(cls, parameters: Mapping[str, F32]) -> Model:
        """From the `parameters` of a BERT, as `bert.renamed` gives them; what it has not is drawn, always alike."""
        layers = len({name.split(".")[1] for name in parameters if name.startswith("layers.")})
        pieces, positions = len(parameters["word.weight"]), len(parameters["position.weight"])
        wide, width = parameters["layers.0.up.weight"].shape
        model = cls(pieces, positions, width, wide, layers)
        drawn = torch.Generator().manual_seed(SEED)
        for head in (model.place, model.match, model.spun, model.original):
            nn.init.normal_(head.weight, 0, FIRST, generator=drawn)
            nn.init.zeros_(head.bias)
        model.load_state_dict({name: torch.tensor(array) for name, array in parameters.items()}, strict=False)
        return model

    def states(self, piece: Any, inside: Any) -> Any:
        """(chunks, pieces, width)"""
        state = self.norm(self.word(piece) + self.position.weight[: piece.shape[1]])
        for layer in self.layers:
            state = layer(state, inside[:, None, None, :])
        return state

    def scores(self, batch: Batch) -> Any:
        """(candidates,), in natural log-odds; the columns of `batch` are tensors."""
        state = self.states(batch.piece, batch.inside)
        ends = [state[batch.chunk, at] for at in (batch.first, batch.last)]
        place = F.gelu(self.place(torch.cat(ends, 1)), approximate="tanh")
        original = F.embedding_bag(batch.original, self.word.weight, batch.begin, mode="mean")
        matched = (self.match(place)[batch.place] * original).sum(1) + self.original(original)[:, 0]
        return self.spun(place)[batch.place, 0] + matched + batch.dense @ self.dense

    def loss(self, batch: Batch) -> Any:
        """Of a batch of tensors, in nats, summed up over its places."""
        score = self.scores(batch).clamp(-SURE, SURE)
        places = len(batch.chunk)
        together = torch.ones(places).index_add(0, batch.place, score.exp()).log()
        times = torch.zeros(places).index_add(0, batch.place, batch.right).clamp(min=1)
        return times @ together - score @ batch.right


def tensors(batch: Batch) -> Any:
    """`batch` with tensors for arrays."""
    return Batch(*(torch.from_numpy(column) for column in batch))


@dataclass(slots=True, eq=False)
class Learner:
    """An encoder that gets better with every passage."""

    teacher: Teacher
    speller: Speller
    model: Model
    budget: int
    """Pieces to be read."""
    chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(4))
    optimiser: Any = field(init=False)
    pieces: int = 0
    steps: int = 0
    loss: float = 0.0
    """Of the last block, in nats a place."""

    def __post_init__(self) -> None:
        heads: list[Any] = []
        rest: list[Any] = []
        for name, parameter in self.model.named_parameters():
            (heads if name.split(".")[0] in HEADS else rest).append(parameter)
        groups = [{"params": rest, "peak": STEP}, {"params": heads, "peak": STEP_OF_HEADS}]
        self.optimiser = torch.optim.AdamW(groups, lr=STEP, betas=BETAS, weight_decay=DECAY, fused=True)

    def learn(self, block: Block | None) -> None:
        """Learn from the places of `block`, until the budget is read."""
        if block is None:
            return
        losses, places = 0.0, 0
        for batch in batches(block, self.speller, self.chance):
            if self.pieces >= self.budget:
                break
            losses += self._step(batch)
            places += len(batch.chunk)
        if places:
            self.loss = losses / places

    @property
    def share(self) -> float:
        """Of the peak of each step: first more by and by, then less."""
        return min(1.0, (self.steps + 1) / WARM_UP) * max(LAST, 1 - self.pieces / self.budget)

    def _step(self, batch: Batch) -> float:
        """One step down the slope of the loss of `batch`; the loss, summed up over its places."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * self.share
        loss = self.model.loss(tensors(batch))
        (loss / len(batch.chunk)).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), STEEPEST)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.pieces, self.steps = self.pieces + int(batch.inside.sum()), self.steps + 1
        return float(loss.item())

    def learned(self, provenance: Mapping[str, Any]) -> Encoder:
        """What has been learned so far."""
        return exported(self.model.state_dict(), self.speller.pieces.pieces, provenance)

    @property
    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "counts": [self.pieces, self.steps],
            "order": json.dumps(self.chance.bit_generator.state),
            "teacher": {name: array.tolist() for name, array in self.teacher.state.items()},
        }

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint, as if nothing had come between.

        Raises
        ------
        RuntimeError, ValueError, KeyError
            It is of another model.
        """
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.pieces, self.steps = state["counts"]
        self.chance.bit_generator.state = json.loads(state["order"])
        self.teacher.resume(state["teacher"])


def exported(state: Mapping[str, Any], pieces: Sequence[str], provenance: Mapping[str, Any]) -> Encoder:
    """The encoder of the parameters `state` of a `Model`, for a file."""
    parameters = {name: one.detach().numpy() for name, one in state.items() if name != "dense"}
    return Encoder.of(parameters, pieces, provenance)
