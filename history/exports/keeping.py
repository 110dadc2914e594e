"""Exports of accounts from the moment they are ordered until nothing is left of them."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from history.models import AccountExport
from history.tasks import write_account_export

State = AccountExport.State

SILENT_AFTER = timedelta(minutes=15)


def order(user: Any) -> AccountExport:
    """A new one, unless one is under way. The worker writes it."""

    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=user.pk)
        waiting = AccountExport.objects.filter(user=user, state=State.WAITING).first()
        if waiting:
            return waiting
        export = AccountExport.objects.create(user=user)
        transaction.on_commit(lambda: write_account_export.enqueue(str(export.pk)))
    return export


def tidy_exports() -> None:
    """Those that expired, those whose worker never came back, and files that nobody knows."""
    now = timezone.now()
    AccountExport.objects.filter(expires_at__lt=now).delete()
    AccountExport.objects.filter(state=State.WAITING, changed_at__lt=now - SILENT_AFTER).update(state=State.FAILED)
    known = {f"{pk.hex}.zip" for pk in AccountExport.objects.values_list("pk", flat=True)}
    folder = AccountExport.folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.replace(".part", ".zip") not in known:
            path.unlink(missing_ok=True)
