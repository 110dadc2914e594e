"""Paths on disk are bytes, and not always UTF-8: in the database they stand percent-encoded."""

import os
from urllib.parse import quote_from_bytes, unquote_to_bytes

PLAIN = "/ !$&'()+,;=@[]{}~#"


def encoded(path: str) -> str:
    """A path as Python has it, with surrogates for what is not UTF-8, as text that any database takes."""
    return quote_from_bytes(os.fsencode(path), safe=PLAIN)


def decoded(text: str) -> str:
    return os.fsdecode(unquote_to_bytes(text))


def shown(path: str) -> str:
    """The path for people: what is not UTF-8, or would move the cursor, as a sign in its place."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
