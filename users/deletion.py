"""What goes when an account goes, through whichever door it leaves."""

from django.db import transaction

from listening.deleting import forget_account
from music.removal import discard_private_uploads
from uploads.models import Sidecar
from uploads.sidecars import forget_kept
from users.avatars import discard_later
from users.models import CustomUser


def delete_account(user: CustomUser) -> None:
    """Remove the user, their profile, their listens and the tracks that only they could hear.

    Tracks they shared with everyone stay, without their name.
    """
    user_id = user.pk
    with transaction.atomic():
        # An upload of theirs that is just coming in waits here, and then finds no uploader.
        CustomUser.objects.select_for_update().get(pk=user_id)
        discard_private_uploads(user)
        forget_kept(Sidecar.objects.filter(upload__user=user).values_list("pk", flat=True))
        user.uploads.update(original_filename="")
        discard_later(user.profile.avatar)
        user.delete()
        forget_account(user_id)
