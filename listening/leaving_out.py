"""What somebody does not want to be known by: it stays in their history and numbers, and is no taste of theirs."""

from typing import Any

from listening import statements
from listening.models import LeftOut
from listening.store import Selection, listen_store


def leave_out(user_id: int, kind: LeftOut.Kind, target_id: int) -> None:
    """Of a playlist, each listen that was played from it; what is played from now on is marked when it begins.

    Raises StoreAway, for playlists.
    """
    LeftOut.objects.get_or_create(user_id=user_id, kind=kind, target_id=target_id)
    _mark(user_id, kind, target_id, is_left_out=True)


def let_count(user_id: int, kind: LeftOut.Kind, target_id: int) -> None:
    """Raises StoreAway, for playlists."""
    LeftOut.objects.filter(user_id=user_id, kind=kind, target_id=target_id).delete()
    _mark(user_id, kind, target_id, is_left_out=False)


def _mark(user_id: int, kind: LeftOut.Kind, target_id: int, *, is_left_out: bool) -> None:
    """A track is known by every listen of it, from which playlist it was played only by the listen itself."""
    if kind == LeftOut.Kind.PLAYLIST:
        listen_store().leave_out(user_id, Selection(source=f"{kind}:{target_id}"), is_left_out)


def left_out(user_id: int) -> dict[LeftOut.Kind, set[int]]:
    """The ids of each kind."""
    found: dict[LeftOut.Kind, set[int]] = {kind: set() for kind in LeftOut.Kind}
    for kind, target_id in statements.left_out(user_id):
        found[LeftOut.Kind(kind)].add(target_id)
    return found


def is_left_out(user_id: Any, kind: LeftOut.Kind, target_id: int) -> bool:
    return LeftOut.objects.filter(user_id=user_id, kind=kind, target_id=target_id).exists()


def is_source_left_out(user_id: Any, source: str) -> bool:
    """Of "playlist:3", whether that playlist is."""
    kind, _, target_id = source.partition(":")
    is_playlist = (
        kind == LeftOut.Kind.PLAYLIST and target_id.isascii() and target_id.isdecimal() and len(target_id) < 19
    )
    return is_playlist and is_left_out(user_id, LeftOut.Kind.PLAYLIST, int(target_id))
