"""Which tokens are one number: every border in it is inside, and no other."""

import numpy as np
import pytest

from despin.text.language import ENGLISH
from despin.text.numerals import inside, joined
from despin.text.tokens import tokenise


def parted(text: str) -> list[str]:
    """The pieces that the text falls into where no border is inside a number."""
    tokens = tokenise([text])
    borders = inside(tokens, np.arange(len(tokens)), ENGLISH)
    heads = [row for row in range(len(tokens)) if not borders[row]]
    return [tokens.found(a, b) for a, b in zip(heads, [*heads[1:], len(tokens)], strict=True)]


@pytest.mark.parametrize(
    "number",
    ["8.3%", "$5", "£4.5bn", "two,801", "3pm", "1980s", "15th", "twenty-five", "5-6", "five-to".partition("-")[0], "A4",
     "eight.Three %", "eight.3 percent", "12:30", "24/7", "20%"],
)  # fmt: skip
def test_a_number_is_one_piece(number):
    assert parted(f"so {number} it")[1:-1] in ([number], [number, "cent"])


@pytest.mark.parametrize("text", ["five - year", "20 percent", "the web - site", "one of two , three", "8.3 ( %"])
def test_what_is_apart_is_parted(text):
    assert parted(text) == text.split()


def test_words_and_their_signs_are_no_number():
    assert parted("five-year, over-the-counter (it's five).") == (
        ["five", "-", "year", ",", "over", "-", "the", "-", "counter", "(", "it", "'s", "five", ")", "."]
    )


def test_nothing_stands_before_the_first_token_or_behind_the_last():
    tokens = tokenise(["a-b", "c"])
    assert joined(tokens, np.arange(5)).tolist() == [False, True, True, False, False]
