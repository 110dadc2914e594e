"""What somebody does not want to be known by: it stays in their history and numbers, and is no taste of theirs."""

from typing import Any

from listening.models import LeftOut


def leave_out(user_id: int, kind: LeftOut.Kind, target_id: int) -> None:
    LeftOut.objects.get_or_create(user_id=user_id, kind=kind, target_id=target_id)


def let_count(user_id: int, kind: LeftOut.Kind, target_id: int) -> None:
    LeftOut.objects.filter(user_id=user_id, kind=kind, target_id=target_id).delete()


def left_out(user_id: int) -> dict[LeftOut.Kind, set[int]]:
    """The ids of each kind."""
    found: dict[LeftOut.Kind, set[int]] = {kind: set() for kind in LeftOut.Kind}
    for kind, target_id in LeftOut.objects.filter(user_id=user_id).values_list("kind", "target_id"):
        found[LeftOut.Kind(kind)].add(target_id)
    return found


def is_left_out(user_id: Any, kind: LeftOut.Kind, target_id: int) -> bool:
    return LeftOut.objects.filter(user_id=user_id, kind=kind, target_id=target_id).exists()
