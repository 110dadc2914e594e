"""Which sounds may not come in, whatever door they come by."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_noop

from music.models import BlockedSound, Takedown

BLOCKED = gettext_noop("This sound is not accepted here.")
TAKEN_DOWN = gettext_noop("This sound was taken down here. You may appeal on the page of the track, under My uploads.")


def refused_sounds(user: Any, hashes: Collection[str]) -> dict[str, str]:
    """Why, by hash, in English as it is marked: the blocked ones, and what was taken down of this user's own."""
    own = Takedown.objects.filter(uploader=user, audio_sha256__in=hashes).exclude(outcome=Takedown.Outcome.LIFTED)
    blocked = BlockedSound.objects.filter(audio_sha256__in=hashes)
    why = dict.fromkeys(own.values_list("audio_sha256", flat=True), TAKEN_DOWN)
    return dict.fromkeys(blocked.values_list("audio_sha256", flat=True), BLOCKED) | why


def why_refused(user: Any, audio_sha256: str) -> str:
    """ "" where it may come in."""
    return refused_sounds(user, [audio_sha256]).get(audio_sha256, "")
