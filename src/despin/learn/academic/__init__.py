"""Tortured phrases → their makers' dictionary. In reading order:

* `learn`: the stages in order.
* `terms`: what people listed → pairs of phrases.
* `monotone`: pairs of phrases → which words became which.
* `vectors`, `similar`: what a word may stand for that was never seen substituted.
* `ranking`: which of the candidates are likely.
"""
