"""Texts → weights: of the evidence, of the first look, of words that go together."""
