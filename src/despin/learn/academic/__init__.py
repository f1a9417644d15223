"""Tortured phrases → their makers' dictionary."""
