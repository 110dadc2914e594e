"""Listens that somebody deletes are hidden at once, and erased when there is no way back any more."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from listening.lease import lease
from listening.listen import packed_selection, unpacked_selection
from listening.models import ClosedAccount, Deletion
from listening.store import Selection, StoreAway, listen_store

logger = logging.getLogger(__name__)

UNDO = timedelta(minutes=1)
# No request and no batch of an import takes as long.
LANDED = timedelta(hours=1)


def delete_listens(user: Any, selection: Selection) -> Deletion:
    """What is heard from now on stays; what was hidden before is not counted again. Raises StoreAway."""
    now = timezone.now()
    gone = replace(selection, until=min(selection.until or now, now))
    count = listen_store().count(user.pk, gone, hidden_from(user.pk))
    return Deletion.objects.create(user_id=user.pk, selection=packed_selection(gone), count=count, erase_at=now + UNDO)


def undo_deletion(user: Any, deletion_id: int) -> int | None:
    """How many listens are back, which are none while another deletion hides them; None when it is too late."""
    undone = Deletion.objects.filter(user_id=user.pk, pk=deletion_id, erase_at__gt=timezone.now()).first()
    if undone is None or not Deletion.objects.filter(pk=undone.pk).delete()[0]:
        return None
    with suppress(StoreAway):
        recount_deletions(user.pk)
        return listen_store().count(user.pk, unpacked_selection(undone.selection), hidden_from(user.pk))
    return undone.count


def recount_deletions(user_id: int) -> None:
    """Once listens that they hide are back or gone. Raises StoreAway."""
    hidden: list[Selection] = []
    for deletion in Deletion.objects.filter(user_id=user_id).order_by("erase_at", "pk"):
        selection = unpacked_selection(deletion.selection)
        count = listen_store().count(user_id, selection, hidden)
        Deletion.objects.filter(pk=deletion.pk).update(count=count)
        hidden.append(selection)


def deletions_of(user_id: int) -> list[Deletion]:
    """Those that are not erased yet, the latest first."""
    return list(Deletion.objects.filter(user_id=user_id).order_by("-erase_at"))


def hidden_from(user_id: int) -> list[Selection]:
    """What no page and no export of theirs shows any more."""
    return hidden_by(deletions_of(user_id))


def hidden_by(deletions: Iterable[Deletion]) -> list[Selection]:
    return [unpacked_selection(deletion.selection) for deletion in deletions]


def seconds_to_undo(deletion: Deletion) -> int:
    """0 when it is too late."""
    return max(0, (deletion.erase_at - timezone.now()) // timedelta(seconds=1))


def forget_account(user_id: int) -> None:
    """In the transaction in which the account goes. A report that is just coming in does not wait for that: what it
    leaves behind is erased later.
    """
    listen_store().forget_user(user_id)
    ClosedAccount.objects.create(user_id=user_id, erase_at=timezone.now() + LANDED)


def erase_due() -> int:
    """How many listens are gone for good. What a store that is away keeps for now is erased another time."""
    erased = 0
    with lease("erase listens") as held:
        for closed in ClosedAccount.objects.filter(erase_at__lte=timezone.now()) if held else ():
            erased += listen_store().forget_user(closed.user_id)
            closed.delete()
        for deletion in Deletion.objects.filter(erase_at__lte=timezone.now()).order_by("erase_at") if held else ():
            try:
                erased += listen_store().erase(deletion.user_id, unpacked_selection(deletion.selection))
            except StoreAway:
                logger.warning("The listens that user %s deleted are erased when the store is back.", deletion.user_id)
                break
            deletion.delete()
    return erased
