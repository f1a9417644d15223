"""`Report` → what people and programs read: pure functions, a string out of each.

`text` for people, `diff` for patches, `json` for programs (docs/json.md), `github` and `sarif` for CI
(docs/formats.md), `html` for reviewing (docs/review.md; the page's own parts are in `review/`).
"""
