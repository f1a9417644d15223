"""Mark-up → the prose in it. In reading order:

* `html`: HTML → its view, with `html_tags` (where its mark-up is) and `main_content` (which of it is the article).
* `markdown`: Markdown → its view, with `markdown_inline` (what is mark-up within a line).
"""
