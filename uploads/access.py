"""Who may bring music in."""

from typing import Any


def may_upload(user: Any) -> bool:
    return bool(user.has_perm("uploads.add_upload"))
