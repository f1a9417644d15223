"""WordNet and hand-written lists → broad dictionaries."""
