"""What any program could use, and nothing of language: columns, array types, cache files, safe writing, signals."""
