"""The version of despin, where everybody finds it without importing anything else."""

__version__ = "0.1.0"
