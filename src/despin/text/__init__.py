"""A text as characters, words and tokens; disguise taken off; views, with the way back. In reading order:

* `tokens`: texts → columns of tokens: the first stage.
* `characters`: what a character is; a text as bytes.
* `hashing`: words and phrases → the numbers that they are known by.
* `token_boundaries`: where tokens begin and end.
* `token_features`: what a token is: hash and shape.
* `protected`: spans that may not be changed: addresses, code, mark-up.
* `language`: one table a language: articles, sounds, capitals, small words.
* `numerals`: numbers in words and in figures.
* `view`: a text seen otherwise, and the way back.
* `unmask`: text without disguise: invisible characters, look-alike letters.
* `splitting`: where a very long text is cut.
* `contractions`: phrases that differ in nothing but contractions.

Internal: docs/library.md lists what is public.
"""
