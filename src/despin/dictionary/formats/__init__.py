"""Dictionaries that users bring, in whatever format. Start reading from `detect`."""
