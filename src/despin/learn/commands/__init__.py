"""One module a sub-command of `despin-learn`."""
