"""HTML and Markdown → the prose in them."""
