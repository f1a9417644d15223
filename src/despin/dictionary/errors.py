"""What is raised of dictionaries."""

from __future__ import annotations

from ..util.errors import DespinError


class DictionaryError(DespinError, ValueError):
    """A dictionary cannot be used; the message says where the fault is and what to do."""
