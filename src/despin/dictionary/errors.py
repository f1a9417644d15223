"""What is raised of dictionaries."""

from __future__ import annotations

from ..util.errors import DespinError


class DictionaryError(DespinError, ValueError):
    """A dictionary cannot be used; the message says where the fault is and what to do."""


class NoSuchData(DictionaryError):
    """A setting names a language or a dictionary that is not there."""

    def __init__(self, message: str, setting: str) -> None:
        super().__init__(message)
        self.setting = setting
        """The key of the setting, as configurations have it."""

    def __reduce__(self) -> tuple[type[NoSuchData], tuple[str, str]]:
        return NoSuchData, (str(self), self.setting)
