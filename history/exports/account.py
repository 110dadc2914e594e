"""All that is kept of somebody as one zip, written in the background and gone after a week."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from discovery.exports import taste_of
from history.exports.listens import batches_of, csv_lines, json_lines, safe_cell
from history.models import AccountExport
from listening.errors import StoreAway
from listening.models import LeftOut
from music.models import Track, TrackReport
from playlists.stars.taking_along import stars_given_by
from playlists.taking_along import playlists_of
from scrobbling.models import DeviceToken, ServiceConnection
from users.forms import PeopleForm

State = AccountExport.State

KEPT = timedelta(days=7)
README = """This is all that {site} keeps of {name}, as of {now:%Y-%m-%d %H:%M} UTC.

profile.json     your account and profile, your favourite genres, who may see your listening, the reviews you share,
                 whom you follow, block and mute, and who follows you
listens.jsonl    every listen, as ListenBrainz' exports have it; can be imported here and there
listens.csv      the same for a spreadsheet
uploads.csv      the tracks that you brought in
takedowns.json   which of them were taken down and why, what you said to that and what was answered; what you reported
taste.json       what you chose, what was learned from what you finished, and what you said of it
playlists.json   your playlists, each as JSPF
stars.json       what you starred and rated, and your smart playlists
left_out.json    what you left out of your taste
services.json    where your listens are sent, without the keys to it
shares.json      the links that you made, without what opens them
devices.json     the devices that may tell what you play
security.json    where you are signed in, your passkeys and codes by name, and the invitations that you made

The sound of your uploads is not in here: each can be downloaded from its page.
"""
UPLOAD_COLUMNS = (
    "title",
    "artist__name",
    "album__title",
    "year",
    "original_filename",
    "visibility",
    "state",
    "added_at",
)

Part = tuple[str, Callable[[Any], Iterable[str]]]


def write_now(export_id: str) -> None:
    """Whole or not at all; what a worker left unfinished is written anew."""
    export = AccountExport.objects.select_related("user__profile").filter(pk=export_id, state=State.WAITING).first()
    if export is None:
        return
    export.path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = export.path.with_suffix(".part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, (name, lines) in enumerate(PARTS, 1):
                with archive.open(name, "w", force_zip64=True) as part:
                    for line in lines(export.user):
                        part.write(line.encode())
                _tell(export, share=number / len(PARTS))
    except (OSError, StoreAway):
        unfinished.unlink(missing_ok=True)
        _tell(export, state=State.FAILED)
        return
    unfinished.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    unfinished.replace(export.path)
    _tell(export, state=State.READY, expires_at=timezone.now() + KEPT, size_bytes=export.path.stat().st_size)


def _tell(export: AccountExport, **fields: Any) -> None:
    AccountExport.objects.filter(pk=export.pk).update(**fields, changed_at=timezone.now())


def _readme(user: Any) -> Iterator[str]:
    yield README.format(site=settings.SITE_URL, name=user.get_username(), now=timezone.now())


def _profile(user: Any) -> Iterator[str]:
    profile = user.profile
    yield _json(
        {
            "username": user.get_username(),
            "email": user.email,
            "joined_at": user.date_joined,
            "display_name": profile.display_name,
            "bio": profile.bio,
            "time_zone": profile.time_zone,
            "listening_visible_to": profile.listening_visible_to,
            **{name: getattr(profile, name) for name in PeopleForm.Meta.fields},
            "following": list(user.following.values("followed__username", "asked_at", "approved_at")),
            "followers": list(user.followers.values("follower__username", "asked_at", "approved_at")),
            "followed_artists": list(user.followed_artists.values("artist__name", "since")),
            "blocked": list(user.blocks.values_list("blocked__username", flat=True)),
            "muted": list(user.mutes.values_list("muted__username", flat=True)),
            "shared_reviews": list(user.shared_reviews.order_by("period").values("period", "created_at")),
            "favourite_genres": list(profile.favourite_genres.values_list("name", flat=True)),
        }
    )


def _listens_json(user: Any) -> Iterator[str]:
    return json_lines(batches_of(user.pk))


def _listens_csv(user: Any) -> Iterator[str]:
    return csv_lines(batches_of(user.pk))


def _uploads(user: Any) -> Iterator[str]:
    yield _row(name.replace("__name", "").replace("__title", "") for name in UPLOAD_COLUMNS)
    for track in Track.objects.kept_by(user).order_by("pk").values_list(*UPLOAD_COLUMNS).iterator(chunk_size=1000):
        yield _row(track)


def _takedowns(user: Any) -> Iterator[str]:
    """Not who of staff it was: their page does not say it either."""
    said = ("title", "reason", "words", "taken_down_at", "appeal", "appealed_at", "outcome", "answer", "answered_at")
    reported = ("track__title", "reason", "note", "created_at", "resolved_at")
    yield _json(
        {
            "taken_down": list(user.takedowns.order_by("pk").values(*said)),
            "reported": list(TrackReport.objects.filter(reporter=user).order_by("pk").values(*reported)),
        }
    )


def _taste(user: Any) -> Iterator[str]:
    yield _json(taste_of(user))


def _playlists(user: Any) -> Iterator[str]:
    """One after the other, because together they may be large."""
    separator = "[\n"
    for playlist in playlists_of(user):
        yield f"{separator}{json.dumps(playlist, ensure_ascii=False)}"
        separator = ",\n"
    yield "[]" if separator == "[\n" else "\n]"


def _stars(user: Any) -> Iterator[str]:
    yield _json(stars_given_by(user))


def _left_out(user: Any) -> Iterator[str]:
    yield _json(list(LeftOut.objects.filter(user_id=user.pk).values("kind", "target_id", "since")))


def _services(user: Any) -> Iterator[str]:
    shown = ("service", "account", "state", "since", "last_sent_at")
    yield _json(list(ServiceConnection.objects.filter(user=user).order_by("service").values(*shown)))


def _shares(user: Any) -> Iterator[str]:
    shown = ("track__title", "album__title", "playlist__name", "created_at", "expires_at", "revoked_at", "last_used_at")
    yield _json(list(user.shares.order_by("pk").values(*shown, "plays")))


def _devices(user: Any) -> Iterator[str]:
    yield _json(list(DeviceToken.objects.filter(user=user).values("name", "created_at", "last_used_at")))


def _security(user: Any) -> Iterator[str]:
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    seen = ("browser", "system", "network", "created_at", "last_used_at")
    made = ("note", "uses", "max_uses", "created_at", "expires_at", "revoked_at")
    yield _json(
        {
            "roles": list(user.groups.values_list("name", flat=True)),
            "sessions": list(user.user_sessions.order_by("pk").values(*seen)),
            "second_factors": [{"name": str(each), "created_at": each.created_at} for each in factors],
            "invitations": list(user.invitations.order_by("pk").values(*made)),
        }
    )


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _row(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe_cell("" if cell is None else cell) for cell in cells])
    return text.getvalue()


PARTS: tuple[Part, ...] = (
    ("README.txt", _readme),
    ("profile.json", _profile),
    ("uploads.csv", _uploads),
    ("takedowns.json", _takedowns),
    ("taste.json", _taste),
    ("playlists.json", _playlists),
    ("stars.json", _stars),
    ("left_out.json", _left_out),
    ("services.json", _services),
    ("shares.json", _shares),
    ("devices.json", _devices),
    ("security.json", _security),
    ("listens.jsonl", _listens_json),
    ("listens.csv", _listens_csv),
)
