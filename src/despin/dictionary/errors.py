"""What is raised of dictionaries."""

from __future__ import annotations


class DictionaryError(ValueError):
    """A dictionary cannot be used; the message says where the fault is and what to do."""
