"""`despin-learn`: everything that makes the data. Start reading from `cli`."""
