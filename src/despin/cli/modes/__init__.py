"""What the command can do: one function is one mode. In reading order:

* `table`: option → mode.
* `texts`: restore, --check, --diff, --write.
* `against`: --against.
* `records`: --jsonl, --column.
* `review`: --apply, --undo.
* `info`: the modes that read no text.
* `word_frequencies`: how common words are, for --explain.
"""
