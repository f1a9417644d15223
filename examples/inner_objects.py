"""The stages by hand, for experiments: tokens, lattice, channel, decoding, and the life of one candidate."""

import numpy as np

from despin import Config
from despin.decoding.channel import Channel
from despin.decoding.decode import decode
from despin.decoding.lattice import build
from despin.pipeline import trace
from despin.runtime.knowledge import Knowledge
from despin.text.tokens import tokenise

TEXT = "Profound learning beats a irregular woodland at a low flag to clamor proportion."

known = Knowledge.of(Config())
dictionary = known.all_families
tokens = tokenise([TEXT])
lattice = build(tokens, dictionary, known.model)
channel = Channel.of(lattice, dictionary, 1)
decoded = decode(lattice, channel)

print("spin rate by family:", dict(zip(dictionary.families, decoded.rate[0].round(2).tolist(), strict=True)))
for row in np.argsort(-decoded.posterior[channel.candidate])[:5].tolist():
    arc = int(channel.candidate[row])
    entry = dictionary.entry(int(lattice.arcs.entry[arc]))
    print(f"{entry.spun} -> {entry.original}: posterior {decoded.posterior[arc]:.2f}")
print(trace(TEXT, "profound"))
