"""Parallel text → a spinner's dictionary."""
