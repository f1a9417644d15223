"""What comes out, and what people do with it. In reading order:

* `finding`: Finding, Evidence; apply and invert.
* `parts`: pages, chapters and the like, for texts that have them.
* `members`: which members an object of JSON has. `notebook`: a report in a notebook.
* `report`: what is said of a text: Verdict, Passage, Report.
* `lazy_findings`: findings that are made when somebody asks for them.
* `lift`: a report on the prose of a view → one on its source.
* `quoted_examples`: phrases that a text about them quotes.
* `suppression`: findings that somebody excused: allow list, comments, [sic], quotations.
* `baseline`: findings that were there before; it moves with the text and only shrinks.
* `decisions`: decisions of a review → the text that they make.

Internal: docs/library.md lists what is public.
"""
