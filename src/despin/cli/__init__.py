"""The command `despin`: argv in, an exit code out."""

from .command import main

__all__ = ["main"]
