"""Which settings hold for which file."""
