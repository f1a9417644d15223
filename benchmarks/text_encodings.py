"""How well short texts in Western encodings are read: right, left alone, or wrong.

Right: the decoded text is the one that was written. Left alone: the encoding is not clear, so no byte above 127 is read
as anything, and each comes back. Wrong: some other character was read. Sentences of our own, of one kind each;
`despin.readers.western` was written with others.

Run: python benchmarks/text_encodings.py
"""

from __future__ import annotations

import random
from collections import Counter

from despin.readers.encodings import choose

CODECS = ("cp1252", "latin-1", "iso8859-15", "mac-roman", "cp850", "cp437")
SIZES = ((20, 60), (60, 200), (200, 600), (600, 2000))

ACCENTS = """
The matinée was sold out within a day.
A blasé answer is no answer.
Chloë and Noël share a flat in Göteborg.
They served crème brûlée and a small Gruyère tart.
Señora Peña reads the paper in La Coruña.
The doppelgänger of the mayor waved from the balcony.
An exposé about the château filled four pages.
Her début as a soprano was in Orléans.
José plays the guitar; Germán sings.
A smörgåsbord was laid out in the hall.
The über-rich rarely come to Düsseldorf.
He is a habitué of the bistro in Genève.
Beyoncé was asked about her rôle in the film.
The piñon trees grow on a plateau near Cañón City.
Décor and éclairs were both overdone.
Jørgen moved from Århus to Reykjavík.
A touché was all that Anaïs would say.
The émigrés met at a crêperie in Nîmes.
Pelé scored twice against Perú.
Mötley bands like their umlauts in Munich, or München.
""".strip().split("\n")
QUOTES = """
“Who’s there?” she whispered.
The neighbour’s cat won’t come down.
We’ve seen the “final” version twice.
It’s been years since they’d met.
‘Perhaps,’ said the nurse, ‘it’s too late.’
The students’ union didn’t reply.
He called it “a triumph” and left.
I’ll bring the children’s coats.
“You’d better sit down.”
She’s sure that he doesn’t mind.
""".strip().split("\n")
DASHES = """
The letter—unsigned—came by post.
Two teams – both from Leeds – went home.
See pages 12–18 of the report.
I wonder… never mind.
Only one guest — a dentist — stayed.
Between 2001–2004 it was empty.
""".strip().split("\n")
SIGNS = """
The rent rose to 900 € in March.
Tickets from €15 to €40.
The oven should be at 180 °C.
The fine was £200.
Add ¼ of the flour first.
• Bring a towel.
All names are fictional. © The publisher.
It measures 3 × 4 metres.
""".strip().split("\n")
PLAIN = """
The rain had stopped by the time we reached the village.
Nobody in the office could say where the keys were.
A long queue stood outside of the bakery.
The garden needs water every evening in July.
Two of the lamps in the hall were broken.
She bought a book about birds and read it on the train.
""".strip().split("\n")
KINDS = {"accents": ACCENTS, "quotes": QUOTES, "dashes": DASHES, "signs": SIGNS}


def texts(count: int, seed: int) -> list[tuple[str, int, str]]:
    """Kind, number of the size, and text, in which a sentence or more has characters beyond ASCII."""
    rng = random.Random(seed)
    made = []
    for kind, sentences in [*KINDS.items(), ("mixed", [one for some in KINDS.values() for one in some])]:
        for size, (low, high) in enumerate(SIZES):
            for _ in range(count):
                want, parts = rng.randrange(low, high), [rng.choice(sentences)]
                while sum(map(len, parts)) < want:
                    parts.append(rng.choice(sentences if rng.random() < 0.3 else PLAIN))
                rng.shuffle(parts)
                made.append((kind, size, " ".join(parts)))
    return made


def outcome(text: str, codec: str) -> str | None:
    """What is made of `text` in `codec`; None where it cannot be written in that, or is ASCII."""
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return None
    if data.isascii():
        return None
    chosen = choose(data)
    if chosen.codec == "ascii":
        return "left alone"
    return "right" if data.decode(chosen.codec, "surrogateescape") == text else "wrong"


def main() -> None:
    """Print a table by encoding and size, and one by kind."""
    results: dict[tuple[str, str], Counter[str]] = {}
    for kind, size, text in texts(40, 5):
        for codec in CODECS:
            if found := outcome(text, codec):
                low, high = SIZES[size]
                for what in (f"{low} to {high}", "all", kind):
                    results.setdefault((codec, what), Counter())[found] += 1
    for what in (*(f"{low} to {high}" for low, high in SIZES), *KINDS, "mixed", "all"):
        print(f"\n{what}\n| encoding | texts | right | left alone | wrong |\n|---|---|---|---|---|")
        for codec in CODECS:
            if counts := results.get((codec, what)):
                shares = " | ".join(f"{counts[one] / counts.total():.3f}" for one in ("right", "left alone", "wrong"))
                print(f"| {codec} | {counts.total()} | {shares} |")


if __name__ == "__main__":
    main()
