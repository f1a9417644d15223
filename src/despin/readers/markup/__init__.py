"""Mark-up → the prose in it, one module a language. In reading order:

* `html`: with `html_tags` (where its mark-up is) and `main_content` (which of it is the article).
* `markdown`: with `markdown_inline` (what is mark-up within a line) and `mdx` (what of it is JavaScript).
* `rst`, `asciidoc`, `latex`: line-based languages, with `paragraphs`, which they share.
* `notebook`, `subtitles`: files that hold prose in cells or cues.
"""
