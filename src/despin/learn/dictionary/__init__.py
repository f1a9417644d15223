"""Parallel text → a spinner's dictionary. In reading order:

* `learn`: the stages in order.
* `align`: pairs of texts → blocks, where the two differ.
* `graph`, `segment`: blocks → phrase pairs, by a forward–backward sweep over all ways to take a block apart.
* `contexts`: phrase pairs at their places → counts.
* `spans`: phrases as places in a row of word ids, which all of them count with.
"""
