"""What moderators decide about tracks; whoever brought one in is told."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from music import removal
from music.models import BlockedSound, Takedown, Track, TrackReport
from users.models import Notification
from users.tasks import mail_about_takedowns_later

Outcome = Takedown.Outcome


@transaction.atomic
def take_down(
    staff: Any, track_ids: Collection[int], reason: str, words: str = "", *, refuse_sound: bool = False
) -> list[Takedown]:
    """With them go their uploaders' other tracks of the same sound, and everybody's when the sound is refused."""
    tracks = list(_with_their_like(track_ids, refuse_sound).select_for_update().order_by("pk"))
    takedowns = Takedown.objects.bulk_create(_takedown(staff, track, reason, words) for track in tracks)
    chosen = Track.objects.filter(pk__in=[track.pk for track in tracks])
    removal.take_down(chosen)
    _log(staff, tracks, _("Taken down: %(reason)s.") % {"reason": Takedown.Reason(reason).label})
    if refuse_sound:
        refuse(staff, {track.audio_sha256: track.title for track in tracks}, words)
    TrackReport.objects.filter(track__in=chosen, resolved_at=None).update(resolved_at=timezone.now(), resolved_by=staff)
    _tell(staff, takedowns, Notification.Kind.TAKEN_DOWN)
    return takedowns


def _with_their_like(track_ids: Collection[int], of_everybody: bool) -> QuerySet[Track]:
    chosen = Track.objects.filter(pk__in=track_ids)
    alike = chosen.filter(audio_sha256=OuterRef("audio_sha256"))
    if not of_everybody:
        alike = alike.filter(uploader=OuterRef("uploader"))
    return Track.objects.filter(Q(pk__in=track_ids) | Exists(alike), state__in=removal.CAN_BE_TAKEN_DOWN)


def _takedown(staff: Any, track: Track, reason: str, words: str) -> Takedown:
    return Takedown(
        track=track,
        title=track.title,
        audio_sha256=track.audio_sha256,
        uploader_id=track.uploader_id,
        state_before=track.state,
        reason=reason,
        words=words,
        taken_down_by=staff,
    )


def refuse(staff: Any, titles: dict[str, str], note: str = "") -> None:
    """These sounds, by their hash, from now on."""
    known = set(BlockedSound.objects.filter(audio_sha256__in=titles).values_list("audio_sha256", flat=True))
    sounds = [
        BlockedSound(audio_sha256=sound, title=title, note=note, added_by=staff)
        for sound, title in titles.items()
        if sound not in known
    ]
    BlockedSound.objects.bulk_create(sounds, ignore_conflicts=True)
    added = BlockedSound.objects.filter(audio_sha256__in=titles.keys() - known)
    LogEntry.objects.log_actions(staff.pk, list(added), ADDITION, _("Refused from now on."))


@transaction.atomic
def decide(staff: Any, takedown: Takedown, outcome: str, answer: str = "") -> bool:
    """Uphold it, for which there must be an appeal, or put the track back; whether that could still be decided."""
    open_to_it = Takedown.objects.filter(pk=takedown.pk, outcome=Outcome.STANDS, appealed_at__isnull=False)
    if outcome == Outcome.LIFTED:
        open_to_it = Takedown.objects.filter(pk=takedown.pk).exclude(outcome=Outcome.LIFTED)
    told = {"answer": answer, "answered_at": timezone.now(), "answered_by": staff}
    if not open_to_it.update(outcome=outcome, **told):
        return False
    if outcome == Outcome.LIFTED:
        removal.put_back(Track.objects.filter(takedowns=takedown), takedown.state_before)
        _log(staff, [takedown, takedown.track], _("Put back."))
        _tell(staff, [takedown], Notification.Kind.PUT_BACK)
    else:
        _log(staff, [takedown, takedown.track], _("Upheld after an appeal."))
        _tell(staff, [takedown], Notification.Kind.UPHELD)
    return True


def _log(staff: Any, objects: Iterable[Any], message: str) -> None:
    LogEntry.objects.log_actions(staff.pk, list(filter(None, objects)), CHANGE, message)


def _tell(staff: Any, takedowns: Collection[Takedown], kind: Notification.Kind) -> None:
    """Each uploader in the page, of each track; and by one mail. Nobody is told of what they did themselves."""
    theirs: dict[int, list[int]] = defaultdict(list)
    for takedown in takedowns:
        if takedown.uploader_id and takedown.uploader_id != staff.pk:
            theirs[takedown.uploader_id].append(takedown.pk)
    Notification.objects.bulk_create(
        Notification(user_id=user_id, kind=kind, takedown_id=pk) for user_id, pks in theirs.items() for pk in pks
    )
    for user_id, pks in theirs.items():
        mail_about_takedowns_later(user_id, kind, pks)
