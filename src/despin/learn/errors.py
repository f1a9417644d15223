"""What goes wrong with learning, as a sentence."""

from __future__ import annotations

from ..util.errors import DespinError


class LearningError(DespinError, ValueError):
    """The texts and options do not make what was asked for; the message says why and what to do."""
