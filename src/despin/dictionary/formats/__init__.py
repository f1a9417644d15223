"""Dictionaries that users bring, in whatever format. In reading order:

* `detect`: bytes → the format, and all that is in them.
* `tables`: the formats with one fact a line.
* `spintax`: braces with alternatives.
* `query`: a screener's queries → phrases and conditions.
* `reading`: what all of them share: problems by line, and the way to entries.
"""
