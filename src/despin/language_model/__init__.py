"""What ordinary English looks like: vocabulary, n-grams, word vectors, how a phrase fits its neighbours."""
