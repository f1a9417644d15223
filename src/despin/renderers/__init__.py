"""`Report` → what people and programs read: pure functions, a string out of each. In reading order:

* `formats`: format → renderer, for `--check --format`.
* `text`, `diff`: for people and for `patch`; `excuses`: what a text says of ignored findings.
* `json`: for programs (docs/json.md).
* `table`: for spreadsheets (docs/papers.md).
* `github`, `sarif`: for CI (docs/formats.md).
* `html`: the page for reviewing (docs/review.md); its own parts are in `review/`.
* `comparisons`, `evidence_page`: for `--against` (docs/copies.md); the page's own parts are in `evidence/`.
* `inert`: what keeps a page from running or fetching anything.
* `lookup`, `trace`: what `--lookup` found, what `--trace` followed.
* `escaping`: what a reader would not see, shown; all of them need it.

Internal: docs/library.md lists what is public.
"""
