"""`Report` → what people and programs read: pure functions, a string out of each.

`text` for people, `diff` for patches, `json` for programs (docs/json.md).
"""
