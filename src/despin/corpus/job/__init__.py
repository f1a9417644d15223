"""`despin-corpus`: one run over a corpus."""
