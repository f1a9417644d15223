"""Mark-up → the prose in it. In reading order:

* `html`: HTML → its view, with `html_tags` (where its mark-up is) and `main_content` (which of it is the article).
* `markdown`: Markdown → its view, with `markdown_inline` (mark-up within a line) and `mdx` (what is JavaScript).
* `rst`, `asciidoc`, `subtitles`: line-based languages → their views, with `paragraphs` (lines → paragraphs of a view).
* `latex`: LaTeX → its view. `jats`: an article in JATS XML → its view.
* `notebook`: the Markdown cells of a notebook → one view.
"""
