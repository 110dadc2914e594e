"""A moderator takes a track down, its uploader appeals, and it is decided: who sees what at each step."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import MP3, OGG, bring_in, check_uploads, make_user, send
from music.models import BlockedSound, Takedown, Track, TrackReport
from music.tests.catalogue import add_track
from music.tests.listens import listened
from playlists.editing import add_tracks
from playlists.models import Playlist
from uploads.models import Upload, UploadQuota
from uploads.quotas import refusal
from uploads.tests.arriving import retagged
from users.deletion import delete_account
from users.models import Notification
from users.moderation import decide, take_down
from users.roles import Role, set_role
from users.takedown_mail import mail_about_takedowns

NEW = "/admin/music/takedown/new/"


@pytest.fixture
def moderator(db: None) -> Any:
    user = make_user("moderator")
    set_role(user, Role.MODERATOR)
    return user


@pytest.fixture
def as_moderator(moderator: Any, sign_in: Any) -> Client:
    return sign_in(moderator)  # type: ignore[no-any-return]


def post_takedown(client: Client, *tracks: Track, reason: str = "copyright", **more: Any) -> Any:
    return client.post(NEW, {"track": [track.pk for track in tracks], "reason": reason, **more}, follow=True)


def appeal(client: Client, track: Track, text: str = "I wrote it myself.") -> Any:
    return client.post(f"/tracks/{track.pk}/appeal/", {"appeal": text}, follow=True)


def decide_by_form(client: Client, takedown: Takedown, decision: str, answer: str = "") -> Any:
    address = reverse("admin:music_takedown_change", args=[takedown.pk])
    return client.post(address, {"decision": decision, "answer": answer}, follow=True)


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def state(track: Track) -> str:
    return str(Track.objects.values_list("state", flat=True).get(pk=track.pk))


def test_it_is_gone_for_everybody_but_its_uploader_and_staff(
    as_alice: Client, as_bob: Client, as_moderator: Client, bob: Any
) -> None:
    [track] = bring_in(as_alice, MP3)
    playlist = Playlist.objects.create(owner=bob, name="Of bob")
    add_tracks(playlist, [track.pk], bob)
    listened(bob, track, timezone.now())
    gone = [
        *(f"/tracks/{track.pk}/", track.stream_url, f"/tracks/{track.pk}/waveform.svg", f"/tracks/{track.pk}/share/"),
        *(f"/tracks/{track.pk}/playing.json", f"/albums/{track.album_id}/", f"/artists/{track.artist_id}/"),
        *(f"/offline/tracks/{track.pk}/", f"/similar/tracks/{track.pk}/", f"/radio/track/{track.pk}/"),
    ]
    assert {as_bob.get(address).status_code for address in gone} == {200}
    assert "1 track is taken down" in post_takedown(as_moderator, track).content.decode()

    assert {as_bob.get(address).status_code for address in gone} == {404}
    for address in ("/tracks/", "/search/?q=corner", "/search/suggestions/?q=corner", "/", "/people/alice/"):
        assert "Corner Booth" not in page(as_bob, address), address
    assert track.stream_url not in page(as_bob, f"/playlists/{playlist.pk}/")
    assert "Corner Booth at Two" in page(as_bob, "/history/")
    for client in (as_alice, as_moderator):
        assert "It may not be shared here" in page(client, f"/tracks/{track.pk}/")
        assert client.get(track.stream_url).status_code == 200
    assert "Taken down" in page(as_alice, "/uploads/?show=takendown")


def test_somebody_elses_takedown_answers_like_an_absent_track(as_bob: Client, alice: Any, moderator: Any) -> None:
    track = add_track(alice, visibility="private")
    take_down(moderator, [track.pk], "other", "No.")
    there, absent = as_bob.get(f"/tracks/{track.pk}/"), as_bob.get("/tracks/999999/")
    assert (there.status_code, absent.status_code) == (404, 404)
    own = re.compile(r"/tracks/\d+/|(?<=value=\")\w{64}|(?<=content=\")[\w+/=-]{20,}")
    assert own.sub("", there.content.decode()) == own.sub("", absent.content.decode())
    assert as_bob.post(f"/tracks/{track.pk}/appeal/", {"appeal": "Mine!"}).status_code == 404
    assert Takedown.objects.get().appeal == ""


def test_only_staff_who_may_take_tracks_down(as_alice: Client, as_bob: Client, alice: Any) -> None:
    track = add_track(alice)
    for client in (as_alice, as_bob):
        assert client.post(NEW, {"track": track.pk, "reason": "copyright"}).status_code == 302
    helper = make_user("helper", is_staff=True)
    helper.groups.clear()
    client = Client()
    client.force_login(helper)
    assert client.post(NEW, {"track": track.pk, "reason": "copyright"}).status_code == 403
    assert state(track) == "published"


def test_without_a_reason_nothing_happens_and_what_was_typed_stays(as_moderator: Client, alice: Any) -> None:
    track = add_track(alice, "Kept")
    answer = as_moderator.post(NEW, {"track": track.pk, "words": "Look at this."})
    assert answer.status_code == 422 and "Look at this." in answer.content.decode()
    assert as_moderator.post(NEW, {"track": track.pk, "reason": "other"}).status_code == 422
    assert as_moderator.post(NEW, {"track": track.pk, "reason": "nonsense"}).status_code == 422
    assert state(track) == "published" and not Takedown.objects.exists()


def test_from_the_queue_of_reports_which_is_answered_by_it(as_moderator: Client, alice: Any, bob: Any) -> None:
    track = add_track(alice, "Reported")
    report = TrackReport.objects.create(track=track, reporter=bob, reason="rights")
    chosen = {"action": "take_down", "_selected_action": [report.pk]}
    asked = as_moderator.post("/admin/music/trackreport/", chosen, follow=True)
    assert asked.redirect_chain[-1][0] == f"{NEW}?track={track.pk}" and "Reported" in asked.content.decode()
    assert f"{NEW}?track={track.pk}" in page(as_moderator, f"/admin/music/track/{track.pk}/change/")
    post_takedown(as_moderator, track)
    report.refresh_from_db()
    assert report.resolved_at and report.resolved_by.username == "moderator"


def test_the_uploader_is_told_with_the_reason_in_the_page_and_by_mail(
    as_alice: Client, alice: Any, as_moderator: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    track = add_track(alice, "Told & <b>bold</b>")
    with django_capture_on_commit_callbacks() as callbacks:
        post_takedown(as_moderator, track, reason="offensive", words="<i>Rude</i> words")
    assert len(callbacks) >= 1
    told = page(as_alice, "/notifications/")
    assert "It is offensive" in told and "&lt;i&gt;Rude&lt;/i&gt; words" in told and "<b>bold" not in told
    takedown = Takedown.objects.get()
    assert not mail_about_takedowns(alice.pk, "taken_down", [takedown.pk])  # the address is not confirmed
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    assert mail_about_takedowns(alice.pk, "taken_down", [takedown.pk])
    [sent] = mail.outbox
    assert sent.to == [alice.email] and "taken down" in sent.subject
    assert "Told & <b>bold</b>" in sent.body and "It is offensive" in sent.body and "<i>Rude</i> words" in sent.body
    assert f"/tracks/{track.pk}/" in sent.body


def test_an_uploader_appeals_once(as_alice: Client, alice: Any, moderator: Any) -> None:
    track = add_track(alice)
    take_down(moderator, [track.pk], "copyright")
    assert as_alice.post(f"/tracks/{track.pk}/appeal/", {"appeal": " "}).status_code == 422
    long = as_alice.post(f"/tracks/{track.pk}/appeal/", {"appeal": "x" * 1001})
    assert long.status_code == 422 and "x" * 1001 in long.content.decode()
    assert "is sent" in appeal(as_alice, track, "<script>mine</script>").content.decode()
    assert "appealed already" in appeal(as_alice, track, "Again!").content.decode()
    assert Takedown.objects.get().appeal == "<script>mine</script>"
    shown = page(as_alice, f"/tracks/{track.pk}/")
    assert "<script>mine" not in shown and "&lt;script&gt;mine" in shown and "Send appeal" not in shown


def test_nobody_appeals_for_somebody_else_staff_included(as_moderator: Client, alice: Any, moderator: Any) -> None:
    track = add_track(alice)
    take_down(moderator, [track.pk], "copyright")
    assert as_moderator.post(f"/tracks/{track.pk}/appeal/", {"appeal": "Mine!"}).status_code == 404


def test_an_appeal_waits_in_the_queue_until_it_is_upheld(
    as_alice: Client, alice: Any, as_moderator: Client, moderator: Any
) -> None:
    track = add_track(alice, "Disputed")
    [takedown] = take_down(moderator, [track.pk], "copyright")
    queue = "/admin/music/takedown/"
    assert "Disputed" not in page(as_moderator, queue) and "Disputed" in page(as_moderator, f"{queue}?show=all")
    assert decide_by_form(as_moderator, takedown, "upheld").status_code == 200  # nobody has appealed
    assert Takedown.objects.get().outcome == "stands"
    appeal(as_alice, track)
    waiting = page(as_moderator, queue)
    assert "Disputed" in waiting and "Waits for an answer" in waiting
    assert "1 appeal to answer" in page(as_moderator, "/admin/music/trackreport/")
    decide_by_form(as_moderator, takedown, "upheld", "The label says otherwise.")
    assert state(track) == "takendown"
    assert "Disputed" not in page(as_moderator, queue)
    assert "stays down" in page(as_alice, "/notifications/")
    shown = page(as_alice, f"/tracks/{track.pk}/")
    assert "The label says otherwise." in shown and "Send appeal" not in shown
    assert "appealed already" in appeal(as_alice, track, "But!").content.decode()


def test_a_track_that_is_put_back_is_as_it_was(
    as_alice: Client, as_bob: Client, alice: Any, as_moderator: Client, moderator: Any
) -> None:
    public, private, missing = add_track(alice, "Back"), add_track(alice, visibility="private"), add_track(alice)
    trashed = add_track(alice, state="trashed")
    Track.objects.filter(pk=missing.pk).update(state="missing")
    take_down(moderator, [each.pk for each in (public, private, missing, trashed)], "wrong")
    appeal(as_alice, public)
    for takedown in Takedown.objects.all():
        decide_by_form(as_moderator, takedown, "lifted", "Sorry about that.")
    assert [state(each) for each in (public, private, missing, trashed)] == [
        "published",
        "published",
        "missing",
        "trashed",
    ]
    assert as_bob.get(f"/tracks/{public.pk}/").status_code == 200
    assert as_bob.get(f"/tracks/{private.pk}/").status_code == 404
    told = page(as_alice, "/notifications/")
    assert "is back" in told and "Sorry about that." in told
    assert not decide(moderator, Takedown.objects.first(), "lifted")
    # What was put back may be taken down another time, and then appealed against anew.
    take_down(moderator, [public.pk], "copyright")
    assert "is sent" in appeal(as_alice, public).content.decode()


def test_every_step_is_in_the_log(as_alice: Client, alice: Any, as_moderator: Client, staff: Any, sign_in: Any) -> None:
    track = add_track(alice, "Logged")
    post_takedown(as_moderator, track, refuse_sound="on")
    appeal(as_alice, track)
    decide_by_form(as_moderator, Takedown.objects.get(), "upheld")
    decide_by_form(as_moderator, Takedown.objects.get(), "lifted")
    as_moderator.post(f"/admin/music/blockedsound/{BlockedSound.objects.get().pk}/delete/", {"post": "yes"})
    log = page(sign_in(staff), "/admin/admin/logentry/?all=")
    for words in (
        "Taken down: It may not",
        "Refused from now on.",
        "Appealed.",
        "Upheld after an appeal.",
        "Put back.",
    ):
        assert words in log, words
    assert LogEntry.objects.filter(action_flag=3, content_type__model="blockedsound").exists()


def test_the_uploader_gets_no_way_round_it(as_alice: Client, alice: Any, moderator: Any, tmp_path: Path) -> None:
    [track] = bring_in(as_alice, MP3)
    take_down(moderator, [track.pk], "copyright")
    chosen = {"track": track.pk}
    as_alice.post(f"/tracks/{track.pk}/make-public/")
    as_alice.post("/uploads/change/", {**chosen, "action": "public"})
    as_alice.post(f"/tracks/{track.pk}/trash/")
    as_alice.post("/uploads/change/", {**chosen, "action": "trash"})
    as_alice.post("/tracks/undo-trash/")
    as_alice.post("/uploads/trash/change/", {**chosen, "action": "restore"})
    as_alice.post("/uploads/trash/change/", {"action": "restore_all"})
    as_alice.post("/uploads/trash/delete/", {**chosen, "sure": "yes"})
    assert as_alice.get(f"/tracks/{track.pk}/edit/").status_code == 404
    assert state(track) == "takendown"
    for file in (MP3, retagged(MP3, tmp_path, title="Another name")):
        send(as_alice, file)
    check_uploads()
    assert list(Upload.objects.exclude(state="published").values_list("state", flat=True)) == ["refused"] * 2
    assert "taken down here" in page(as_alice, "/upload/")
    assert Track.objects.count() == 1


def test_a_copy_of_the_same_sound_goes_with_it_also_out_of_the_trash(
    as_alice: Client, alice: Any, moderator: Any
) -> None:
    first, copy = add_track(alice, "First"), add_track(alice, "Copy", is_copy=True, state="trashed")
    Track.objects.filter(pk=copy.pk).update(audio_sha256=first.audio_sha256)
    take_down(moderator, [first.pk], "copyright")
    as_alice.post("/uploads/trash/change/", {"action": "restore_all"})
    assert (state(first), state(copy)) == ("takendown", "takendown")


def test_others_keep_the_same_sound_unless_it_is_refused(alice: Any, bob: Any, moderator: Any) -> None:
    first, other = add_track(alice), add_track(bob)
    Track.objects.filter(pk=other.pk).update(audio_sha256=first.audio_sha256)
    take_down(moderator, [first.pk], "wrong")
    assert state(other) == "published"
    decide(moderator, Takedown.objects.get(), "lifted")
    take_down(moderator, [first.pk], "copyright", refuse_sound=True)
    assert state(other) == "takendown"
    assert set(Notification.objects.values_list("user__username", "kind")) == {
        ("alice", "taken_down"),
        ("alice", "put_back"),
        ("bob", "taken_down"),
    }


def test_a_draft_of_a_sound_that_is_refused_since_is_not_published(
    as_alice: Client, as_bob: Client, moderator: Any
) -> None:
    [track] = bring_in(as_alice, MP3, visibility="private")
    send(as_bob, MP3)
    check_uploads()
    draft = Upload.objects.get(state="review")
    take_down(moderator, [track.pk], "copyright", refuse_sound=True)
    answer = as_bob.post("/upload/review/", {"action": f"publish:{draft.pk}"}, follow=True)
    assert "not accepted here any more" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.track) == ("refused", None)
    assert "This sound is not accepted here." in page(as_bob, "/upload/") and "alice" not in page(as_bob, "/upload/")


def test_a_draft_cannot_take_the_place_of_what_was_taken_down(as_alice: Client, alice: Any, moderator: Any) -> None:
    [track] = bring_in(as_alice, MP3)
    send(as_alice, OGG)
    check_uploads()
    draft = Upload.objects.get(state="review")
    Upload.objects.filter(pk=draft.pk).update(twin=track, likeness="similar")
    take_down(moderator, [track.pk], "copyright")
    as_alice.post("/upload/review/", {"action": f"replace:{draft.pk}"})
    as_alice.post("/upload/review/", {"action": f"keep_old:{draft.pk}"})
    assert state(track) == "takendown"


def test_a_scan_and_an_import_bring_nothing_back(alice: Any, as_bob: Client, moderator: Any, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    file = disk / "one.mp3"
    file.write_bytes(MP3.read_bytes())
    call_command("import_music", str(disk), user="alice", jobs=1, in_place=True)
    track = Track.objects.get()
    take_down(moderator, [track.pk], "copyright")
    retagged(MP3, disk, title="Once more")
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_music", str(disk), user="alice", jobs=1, in_place=True)
    with pytest.raises(CommandError):
        call_command("scan", jobs=1)
    file.unlink()
    call_command("scan", jobs=1)  # what was refused is the file of the track now: it moved there
    file.write_bytes(MP3.read_bytes())
    with pytest.raises(CommandError):
        call_command("scan", jobs=1)
    call_command("check_media", fix=True)
    assert state(track) == "takendown" and Track.objects.count() == 1
    assert as_bob.get(track.stream_url).status_code == 404


def test_a_listen_that_was_under_way_still_counts(as_bob: Client, bob: Any, alice: Any, moderator: Any) -> None:
    track = add_track(alice)
    began = timezone.now()
    take_down(moderator, [track.pk], "copyright")
    started = {
        "event_id": "6c3c1d8a-9b0e-4e05-93d5-8c5b4c0f3f10",
        "track_id": track.pk,
        "started_at": (began - timedelta(seconds=5)).isoformat(),
    }
    answer = as_bob.post("/listens/start/", started, content_type="application/json")
    assert answer.status_code in (200, 201, 204), answer.content


def test_with_an_account_go_its_takedowns_and_what_was_taken_down(alice: Any, moderator: Any) -> None:
    track = add_track(alice)
    take_down(moderator, [track.pk], "copyright", refuse_sound=True)
    delete_account(alice)
    assert not Track.objects.exists() and not Takedown.objects.exists() and not Notification.objects.exists()
    assert BlockedSound.objects.get().audio_sha256 == track.audio_sha256


def test_what_staff_took_down_leaves_room_for_other_tracks_and_counts_again_once_it_is_back(
    as_alice: Client, alice: Any, moderator: Any
) -> None:
    """Its uploader could not delete it to make room."""
    track = add_track(alice)
    UploadQuota.objects.create(user=alice, max_tracks=1)
    assert refusal(alice, 1).startswith("You have 1 of the 1 tracks")
    [takedown] = take_down(moderator, [track.pk], "copyright")
    assert as_alice.post(f"/tracks/{track.pk}/trash/").status_code == 404
    assert refusal(alice, 1) == ""
    decide(moderator, takedown, "lifted")
    assert refusal(alice, 1).startswith("You have 1 of the 1 tracks")


def test_the_page_of_a_takedown_and_its_list_cost_the_same_for_more(
    as_moderator: Client, alice: Any, moderator: Any, django_assert_num_queries: Any
) -> None:
    def fill(count: int) -> None:
        take_down(moderator, [add_track(alice).pk for _ in range(count)], "copyright")

    fill(2)
    for address in ("/admin/music/takedown/?show=all", "/admin/music/blockedsound/"):
        as_moderator.get(address)
        with CaptureQueriesContext(connection) as few:
            assert as_moderator.get(address).status_code == 200
        fill(8)
        with django_assert_num_queries(len(few)):
            as_moderator.get(address)
    [takedown, *_others] = Takedown.objects.all()
    form = f"/admin/music/takedown/{takedown.pk}/change/"
    assert "Put the track back" in page(as_moderator, form)
    decide(moderator, takedown, "lifted")
    assert as_moderator.get(form).status_code == 200 and "Put the track back" not in page(as_moderator, form)
