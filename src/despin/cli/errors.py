"""What a person can mend: the sentence that the command ends with, exit code 2."""

from __future__ import annotations

from ..util.errors import DespinError


class UsageError(DespinError, ValueError):
    """The command line, or what it names, cannot be used. The message is a sentence for people."""
