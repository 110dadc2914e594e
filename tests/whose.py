"""Everything that is somebody's, once each: what tests about access ask for, and who asks."""

from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.utils import timezone

from audio.facts import COVER_SIZES
from conftest import make_user
from discovery.models import Correction, WeeklyMix
from history.models import AccountExport, ListenImport, ReviewShare
from listening.models import Deletion, LeftOut
from listening.store import listen_store
from music.files import cover_path
from music.models import Track, TrackWaveform
from music.tests.catalogue import add_track
from music.tests.listens import listened
from playlists.editing import add_tracks
from playlists.models import Editor, Folder, MissingTrack, Playlist, PlayQueue, Rating, SmartPlaylist, Star
from playlists.tests.cast import edited_by, playlist_of
from scrobbling.models import DeviceToken, ServiceConnection
from scrobbling.tokens import make_token
from sharing.links import make_share
from sharing.tickets import picture_url, sound_url
from social.models import Announcement, NowListening
from uploads.models import Upload
from users.avatars import avatar_path
from users.invitations import make_invitation
from users.models import Block, Follow, Notification, UserProfile, UserSession
from users.moderation import take_down
from users.roles import Role, set_role

VISITOR = "visitor"
# What is somebody's own and private has this in its name.
HUSHED = "Hush"
# And what everybody may see this.
OPEN = "Open"
RULES = {"match": "all", "rules": [{"field": "starred", "operator": "is", "value": True}]}
COVER, AVATAR = "c" * 32, "a" * 32

A_DAY = 24 * 60 * 60

Things = dict[str, dict[str, Any]]


class World(NamedTuple):
    """`things` are the arguments of an address by what they lead to; `clients` and `tokens` go by role."""

    people: dict[str, Any]
    clients: dict[str, Client]
    tokens: dict[str, str]
    things: Things


def make_world() -> World:
    people = _people()
    clients = {role: _client(number, user) for number, (role, user) in enumerate(people.items())}
    clients[VISITOR] = Client(REMOTE_ADDR="10.0.1.1")
    tokens = {role: make_token(user, f"{HUSHED} phone of {role}")[1] for role, user in people.items()}
    DeviceToken.objects.update(last_used_at=timezone.now() + timedelta(days=1))  # so that no use need be noted
    owner = people["owner"]
    things = {**_music(owner), **_accounts(people)}
    things |= _playlists(people) | _shares(owner, things)
    _said_by(people, things)
    take_down(people["moderator"], [things["taken down track"]["pk"]], "wrong")
    things["announcement"] = {"pk": Announcement.objects.create(text="We move tonight").pk}
    return World(people, clients, tokens, things)


def _people() -> dict[str, Any]:
    roles = {"owner": Role.UPLOADER, "editor": Role.UPLOADER, "invited": Role.UPLOADER, "follower": Role.UPLOADER}
    roles |= {"blocked": Role.UPLOADER, "stranger": Role.UPLOADER, "listener": Role.LISTENER}
    people = {name: make_user(name) for name in [*roles, "moderator", "admin"]}
    for name, role in {**roles, "moderator": Role.MODERATOR, "admin": Role.ADMIN}.items():
        set_role(people[name], role)
    for audience in UserProfile.Audience.values:
        UserProfile.objects.filter(user=make_user(f"for-{audience}")).update(listening_visible_to=audience)
    for shown in (people["owner"], *type(people["owner"]).objects.filter(username__startswith="for-")):
        Follow.objects.create(follower=people["follower"], followed=shown, approved_at=timezone.now())
        Follow.objects.create(follower=people["stranger"], followed=shown)  # asked, and was not let in yet
        Block.objects.create(blocker=shown, blocked=people["blocked"])
    return people


def _client(number: int, user: Any) -> Client:
    """Signed in so lately that no page asks for the password again, however long a test takes."""
    client = Client(REMOTE_ADDR=f"10.0.0.{number}")
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp() + A_DAY}]
    session.save()
    return client


def _music(owner: Any) -> Things:
    hushed = {"artist": f"{HUSHED} artist", "album": f"{HUSHED} album", "genres": [f"{HUSHED} genre"]}
    tracks = {
        "private": add_track(owner, f"{HUSHED} track", visibility="private", cover=COVER, **hushed),
        "trashed": add_track(owner, f"{HUSHED} trashed", state=Track.State.TRASHED, artist=f"{HUSHED} trashed artist"),
        "taken down": add_track(owner, f"{HUSHED} taken down", artist=f"{HUSHED} taken down artist"),
        "draft": add_track(owner, f"{HUSHED} draft", state=Track.State.REVIEW, artist=f"{HUSHED} draft artist"),
        "public": add_track(
            owner, f"{OPEN} track", artist=f"{OPEN} artist", album=f"{OPEN} album", genres=[f"{OPEN} genre"]
        ),
    }
    for track in tracks.values():
        path = Path(settings.MEDIA_ROOT) / str(track.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sound")
        TrackWaveform.objects.create(track=track, bars=bytes([9] * 150))
    for path in [cover_path(COVER, size) for size in COVER_SIZES] + [avatar_path(AVATAR, size) for size in COVER_SIZES]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
    things: Things = {f"{state} track": _numbered(track.pk) for state, track in tracks.items()}
    for state in ("private", "public"):
        things[f"{state} album"] = _numbered(tracks[state].album_id)
        things[f"{state} artist"] = _numbered(tracks[state].artist_id)
        things[f"{state} genre"] = {"slug": tracks[state].genres.get().slug}
    uploads = {
        "arriving": Upload.State.RECEIVING, "refused": Upload.State.REFUSED, "draft": Upload.State.REVIEW,
    }  # fmt: skip
    for name, state in uploads.items():
        track = tracks["draft"] if name == "draft" else None
        upload = Upload.objects.create(
            user=owner, filename=f"{HUSHED} {name}.mp3", size_bytes=9, state=state, track=track
        )
        upload.path.parent.mkdir(parents=True, exist_ok=True)
        upload.path.write_bytes(b"some")
        things[f"{name} upload"] = {"pk": upload.pk, "upload_id": upload.pk}
    return things


def _numbered(pk: Any) -> dict[str, Any]:
    return {"pk": pk, "key": pk}


def _playlists(people: dict[str, Any]) -> Things:
    owner, things = people["owner"], {}
    for kind in [*Playlist.Visibility.values, "deleted"]:
        visibility = "public" if kind == "deleted" else kind
        name = f"{OPEN} playlist" if kind == "public" else f"{HUSHED} playlist {kind}"
        playlist = playlist_of(owner, visibility=visibility, name=name, description=name)
        tracks = Track.objects.filter(title__in=[f"{HUSHED} track", f"{OPEN} track"])
        add_tracks(playlist, [track.pk for track in tracks], owner)
        item = playlist.items.first()
        MissingTrack.objects.create(playlist=playlist, position="a9", title=f"{HUSHED} missing")
        part = edited_by(playlist, people["editor"])
        Editor.objects.create(playlist=playlist, user=people["invited"])
        if kind == "deleted":
            Playlist.objects.filter(pk=playlist.pk).update(deleted_at=timezone.now())
        things[f"{kind} playlist"] = {
            **_numbered(playlist.pk),
            "editor_id": part.pk,
            "item": item.pk,
            "secret": playlist.secret,
            "kind": "m3u8",
        }
    for kind in [*SmartPlaylist.Visibility.values, "deleted"]:
        visibility, deleted_at = ("public", timezone.now()) if kind == "deleted" else (kind, None)
        name = f"{OPEN} rules" if kind == "public" else f"{HUSHED} rules {kind}"
        said = {"name": name, "visibility": visibility, "deleted_at": deleted_at, "rules": RULES}
        smart = SmartPlaylist.objects.create(owner=owner, **said)
        things[f"{kind} rules"] = {**_numbered(smart.pk), "secret": smart.secret}
    shown = things["private playlist"]["pk"]
    revoked = Editor.objects.create(playlist_id=shown, user=people["listener"], deleted_at=timezone.now())
    things["revoked"] = {**_numbered(shown), "editor_id": revoked.pk}
    parted = {"user": people["follower"], "deleted_at": timezone.now(), "has_left": True}
    Editor.objects.create(playlist_id=things["deleted playlist"]["pk"], **parted)
    left = Editor.objects.create(playlist_id=shown, **parted)
    things["left"] = {**_numbered(shown), "editor_id": left.pk}
    for kind, deleted_at in {"folder": None, "removed folder": timezone.now()}.items():
        folder = Folder.objects.create(owner=owner, name=f"{HUSHED} folder", deleted_at=deleted_at)
        things[kind] = _numbered(folder.pk)
    return things


def _shares(owner: Any, things: Things) -> Things:
    track = Track.objects.get(title=f"{OPEN} track")
    made = {}
    for state in ("live", "revoked", "expired"):
        share = make_share(owner, track, days=30)
        if state != "live":
            over = timezone.now() - timedelta(days=1)
            field = {"revoked": "revoked_at", "expired": "expires_at"}[state]
            type(share).objects.filter(pk=share.pk).update(**{field: over})
        sound = sound_url(share, track.pk).split("/")[-2]
        made[f"{state} share"] = {"pk": share.pk, "secret": share.secret, "signed": sound, "track": track.pk}
        picture = picture_url(share, COVER, 320).split("/")[-1].removesuffix(".webp")
        made[f"picture of {state} share"] = {"signed": picture}
    review = ReviewShare.objects.create(user=owner, period="2025")
    return made | {"shared review": {"token": review.token, "shape": "wide", "said": "2025"}}


def _accounts(people: dict[str, Any]) -> Things:
    owner = people["owner"]
    imported = ListenImport.objects.create(
        user=owner, filename=f"{HUSHED} import.json", size_bytes=1, state=ListenImport.State.PREVIEW
    )
    later = timezone.now() + timedelta(days=1)
    export = AccountExport.objects.create(user=owner, state=AccountExport.State.READY, expires_at=later)
    for path in (imported.path, export.path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"bytes")
    Client().force_login(owner)
    session = UserSession.objects.filter(user=owner).latest("pk")
    UserSession.objects.filter(pk=session.pk).update(browser=f"{HUSHED} browser")
    passkey = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": f"{HUSHED} key", "credential": {}}
    )
    invitation, token = make_invitation(owner, note=f"{HUSHED} invitation", max_uses=1, days=7)
    WeeklyMix.objects.create(user=owner, monday="2025-01-06")
    deletion = Deletion.objects.create(user_id=owner.pk, selection={}, count=3, erase_at=later)
    things: Things = {
        "import": {"pk": imported.pk},
        "export": {"pk": export.pk},
        "session": {"pk": session.pk},
        "passkey": {"pk": passkey.pk},
        "device": {"pk": owner.device_tokens.get().pk},
        "invitation": {"pk": invitation.pk, "token": token},
        "week": {"monday": "2025-01-06"},
        "deletion": {"pk": deletion.pk},
        "avatar": {"name": AVATAR, "size": 320},
        "cover": {"name": COVER, "size": 320},
        "person": {"username": "owner", "user_name": "owner"},
    }
    for audience in UserProfile.Audience.values:
        things[f"person for {audience}"] = {"username": f"for-{audience}", "user_name": f"for-{audience}"}
    return things


def _said_by(people: dict[str, Any], things: Things) -> None:
    """What the owner says, hears and is told."""
    owner = people["owner"]
    track = Track.objects.get(title=f"{HUSHED} track")
    for what in (Star, Rating):
        what.objects.create(user=owner, track=track, **({"stars": 5} if what is Rating else {}))
    PlayQueue.objects.create(user=owner, track_ids=[track.pk], origin={"sourceLabel": f"{HUSHED} queue"})
    Notification.objects.create(user=owner, kind="invitation", actor=people["editor"], subject=f"{HUSHED} told")
    Correction.objects.create(user=owner, kind="track", target_id=track.pk, factor=0)
    LeftOut.objects.create(user_id=owner.pk, kind="track", target_id=track.pk)
    ServiceConnection.objects.create(user=owner, service="listenbrainz", account=f"{HUSHED} account")
    UserProfile.objects.filter(user=owner).update(
        display_name=f"{OPEN} owner",
        bio=f"{OPEN} bio",
        show_now_listening=True,
        show_top_artists=True,
        tells_published=True,
        tells_shared=True,
        tells_starred=True,
    )
    NowListening.objects.create(user=owner, track=track, until=timezone.now() + timedelta(hours=1))
    listened(owner, track, timezone.now() - timedelta(hours=2))
    things["listen"] = {"event_id": listen_store().history(owner.pk, 1)[0].event_id}
