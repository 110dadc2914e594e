"""Drafts are looked over, mended, compared and published; alone or together, with JavaScript or without."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import DEMO, MP3, OGG, bring_in, check_uploads, media_files, send
from music.models import Album, Artist, Track
from music.search import find_tracks
from music.tests.catalogue import add_track
from uploads.models import LibraryFile, LibraryFolder, Upload
from uploads.tests.arriving import retagged
from uploads.views.review import DraftForm

PAGE = "/upload/review/"
PICTURE = DEMO.parent / "docs" / "screenshots" / "home.png"


def draft(user: Any, title: str = "", **more: Any) -> Upload:
    """One that waits for its review, without a file."""
    track = add_track(user, title, state="review", **more)
    return Upload.objects.create(user=user, filename=f"{title}.mp3", size_bytes=1000, state="review", track=track)


def fields(*uploads: Upload, **changed: Any) -> dict[str, Any]:
    """What the form sends for these rows; `changed` holds for the first of them."""
    sent: dict[str, Any] = {"row": [upload.pk.hex for upload in uploads]}
    for number, upload in enumerate(uploads):
        values = DraftForm.initial_of(upload.track) | (changed if number == 0 else {})
        sent |= {f"{upload.pk.hex}-{name}": "" if value is None else value for name, value in values.items()}
    return sent


def act(client: Client, action: str, *chosen: Upload, **more: Any) -> Any:
    return client.post(PAGE, {"action": action, "chosen": [upload.pk.hex for upload in chosen], **more})


def found(user: Any, query: str) -> list[Any]:
    return find_tracks(user, query, size=5).items


def text(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


@pytest.fixture
def one(alice: Any) -> Upload:
    return draft(alice, "One", album="First", genres=["Jazz"])


@pytest.fixture
def two(alice: Any) -> Upload:
    return draft(alice, "Two", album="First", genres=["Folk"])


def test_the_page_shows_what_was_read_from_the_files(as_alice: Client) -> None:
    send(as_alice, MP3)
    check_uploads()
    page = text(as_alice)
    for words in ("Corner Booth at Two", "The Late Shift Quartet", "Jazz", MP3.name):
        assert f'value="{words}"' in page or words in page
    assert "data-play" in page


def test_a_draft_is_heard_and_seen_by_its_sender_alone(as_alice: Client, as_bob: Client, one: Upload) -> None:
    assert "One" in text(as_alice)
    assert "One" not in text(as_bob)
    assert as_bob.post(f"{PAGE}{one.pk}/", fields(one)).status_code == 404


def test_publishing_shows_it_to_everybody(as_alice: Client, as_bob: Client, one: Upload, two: Upload) -> None:
    added_at = one.track.added_at
    response = act(as_alice, "publish", one)
    assert (response.status_code, response.url) == (302, PAGE)
    assert "One" in text(as_bob, "/tracks/")
    assert "Two" not in text(as_bob, "/tracks/")
    one.refresh_from_db()
    assert one.state == "published"
    assert Track.objects.get(title="One").added_at > added_at


def test_what_is_published_is_found(as_alice: Client, bob: Any) -> None:
    send(as_alice, MP3)
    check_uploads()
    assert not found(bob, "corner booth")
    act(as_alice, "publish_all")
    assert found(bob, "corner booth")


def test_publishing_all_leads_back_to_the_uploads(as_alice: Client, one: Upload, two: Upload) -> None:
    response = act(as_alice, "publish_all")
    assert response.url == "/upload/"
    assert "2 tracks are published." in text(as_alice, "/upload/")
    assert Track.objects.filter(state="published").count() == 2


def test_publishing_twice_is_publishing_once(as_alice: Client, one: Upload) -> None:
    act(as_alice, "publish", one)
    added_at = Track.objects.get().added_at
    act(as_alice, "publish", one)
    assert Track.objects.get().added_at == added_at


def test_nobody_publishes_or_discards_the_drafts_of_another(as_bob: Client, one: Upload) -> None:
    for action in ("publish", "publish_all", "discard"):
        act(as_bob, action, one)
    assert Track.objects.get().state == "review"


def test_what_was_typed_is_saved_with_whatever_button(as_alice: Client, one: Upload, two: Upload) -> None:
    act(as_alice, "publish", one, **fields(one, two, title="Uno", artists="Ann; Bob", year="1999", genres="folk"))
    track = Track.objects.get(pk=one.track_id)
    assert (track.title, track.year, track.state) == ("Uno", 1999, "published")
    assert [credit.artist.name for credit in track.credits.all()] == ["Ann", "Bob"]
    assert [genre.name for genre in track.genres.all()] == ["Folk"]
    assert Track.objects.get(pk=two.track_id).title == "Two"


def test_a_row_that_is_wrong_stays_as_it_was_typed_and_the_others_go_on(
    as_alice: Client, one: Upload, two: Upload
) -> None:
    response = act(as_alice, "publish_all", **fields(one, two, title="", year="20215"))
    assert response.status_code == 422
    assert "1 track is not saved: what is wrong stands beside it." in response.content.decode()
    page = response.content.decode()
    assert 'value="20215"' in page
    assert 'aria-invalid="true"' in page
    assert Track.objects.get(pk=one.track_id).state == "review"
    assert Track.objects.get(pk=two.track_id).state == "published"


def test_a_changed_row_is_saved_by_itself(as_alice: Client, one: Upload) -> None:
    answer = as_alice.post(f"{PAGE}{one.pk}/", fields(one, genres="hip hop ; jazz"))
    assert answer.json()["values"]["genres"] == "Hip-Hop; Jazz"
    answer = as_alice.post(f"{PAGE}{one.pk}/", fields(one, year="no year"))
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["year"]


def test_selected_drafts_are_changed_together(as_alice: Client, one: Upload, two: Upload) -> None:
    more = {"all-album": "Second", "all-album_artist": "Many", "all-year": "2001", "all-genres": "Rock; Blues"}
    assert act(as_alice, "edit", one, two, **more).status_code == 302
    album = Album.objects.get()
    assert (album.title, album.album_artist.name) == ("Second", "Many")
    assert {track.year for track in Track.objects.all()} == {2001}
    assert {genre.name for genre in two.track.genres.all()} == {"Rock", "Blues"}
    assert [track.title for track in Track.objects.order_by("pk")] == ["One", "Two"]


def test_selected_drafts_get_one_cover(as_alice: Client, one: Upload, two: Upload) -> None:
    act(as_alice, "edit", one, two, **{"all-cover": PICTURE.open("rb")})
    [cover] = {track.cover for track in Track.objects.all()}
    assert as_alice.get(f"/covers/{cover}-320.webp").status_code == 200


def test_a_picture_that_is_none_says_so_and_changes_nothing(as_alice: Client, one: Upload) -> None:
    bad = SimpleUploadedFile("front.png", b"no picture")
    response = act(as_alice, "edit", one, **{"all-cover": bad, "all-album": "Second"})
    assert response.status_code == 422
    assert "not a picture" in response.content.decode()
    assert 'value="Second"' in response.content.decode()
    assert Album.objects.get().title == "First"


def test_all_can_be_selected_of_which_a_page_shows_some(as_alice: Client, alice: Any, bob: Any) -> None:
    another = draft(bob, album="First")
    for _number in range(50):
        draft(alice, album="First")
    assert "on every page" not in text(as_alice)
    last = draft(alice, album="First")
    assert "Select all 51, on every page" in text(as_alice)

    refused = act(as_alice, "edit", everything="on", **{"all-year": "soon"})
    assert refused.status_code == 422 and 'name="everything" checked' in refused.content.decode()
    act(as_alice, "edit", everything="on", **{"all-year": "2001"})
    assert set(Track.objects.filter(uploader=alice).values_list("year", flat=True)) == {2001}
    assert Track.objects.get(pk=another.track_id).year is None

    act(as_alice, "replace:" + last.pk.hex, everything="on")
    assert Upload.objects.filter(user=alice).count() == 51
    act(as_alice, "discard", everything="on")
    assert list(Upload.objects.all()) == [another]


def test_what_was_typed_for_the_selected_stays_when_none_are_selected(as_alice: Client, one: Upload) -> None:
    page = act(as_alice, "edit", **{"all-album": "Second"}).content.decode()
    assert 'value="Second"' in page and "<details data-menu open>" in page


def test_what_was_typed_for_the_selected_stays_for_a_row_that_is_wrong(
    as_alice: Client, one: Upload, two: Upload
) -> None:
    response = act(as_alice, "edit", one, two, **fields(one, two, year="20215"), **{"all-album": "Second"})
    assert response.status_code == 422
    assert {track.album.title for track in Track.objects.all()} == {"First", "Second"}
    assert 'name="all-album" value="Second"' in response.content.decode()


@pytest.mark.parametrize("action", ["publish", "edit", "discard"])
def test_a_button_for_the_selected_asks_for_some(as_alice: Client, one: Upload, action: str) -> None:
    response = act(as_alice, action, **fields(one, title="Kept"))
    assert response.status_code == 422
    assert "Tick the tracks" in response.content.decode()
    assert Track.objects.get().title == "Kept"


def test_discarded_drafts_leave_nothing(as_alice: Client, django_capture_on_commit_callbacks: Any) -> None:
    send(as_alice, MP3, OGG)
    check_uploads()
    with django_capture_on_commit_callbacks(execute=True):
        act(as_alice, "discard", *Upload.objects.all())
    assert not Track.objects.exists()
    assert not Artist.objects.exists()
    assert not Upload.objects.exists()
    assert media_files() == []


@pytest.mark.parametrize("value", ["", "nonsense", "replace:", "replace:1", "keep_old:'", "explode"])
def test_a_button_that_we_have_not_made_does_nothing(as_alice: Client, one: Upload, value: str) -> None:
    assert act(as_alice, value, one).status_code == 302
    assert Track.objects.get().state == "review"


def test_more_drafts_cost_no_more_queries(as_alice: Client, alice: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_alice.get(PAGE).status_code == 200
        return len(captured)

    for _number in range(2):
        draft(alice, album="First")
    few = queries()
    for number in range(30):
        draft(alice, album=f"Album {number}")
    assert queries() == few


def test_publishing_more_drafts_costs_no_more_queries(as_alice: Client, alice: Any) -> None:
    def queries(number: int) -> int:
        for _number in range(number):
            draft(alice, album="First")
        with CaptureQueriesContext(connection) as captured:
            act(as_alice, "publish_all")
        return len(captured)

    queries(1)
    assert queries(30) == queries(2)


def test_every_draft_is_on_one_of_the_pages(as_alice: Client, alice: Any) -> None:
    titles = {f"Draft {number}" for number in range(120)}
    for title in titles:
        draft(alice, title)
    seen: list[str] = []
    path = PAGE
    for _page in range(3):
        response = as_alice.get(path)
        seen += [row.upload.track.title for row in response.context["rows"]]
        path = f"{PAGE}?after={response.context['page'].next_cursor}"
    assert set(seen) == titles
    assert len(seen) == 120
    assert response.context["page"].next_cursor == ""


@pytest.mark.parametrize("cursor", ["nonsense", "1_2", "1e999_00000000000000000000000000000000", "_", "nan_x"])
def test_a_cursor_that_we_have_not_given_starts_anew(as_alice: Client, one: Upload, cursor: str) -> None:
    assert "One" in text(as_alice, f"{PAGE}?after={cursor}")


class Twins:
    """A published track, and a draft with the same sound under another name."""

    def __init__(self, client: Client, folder: Path, by: Client | None = None) -> None:
        [self.old] = bring_in(client, MP3)
        send(by or client, retagged(MP3, folder, title="Another Name", album="Another Album"))
        check_uploads()
        self.upload = Upload.objects.get(state="review")


@pytest.fixture
def twins(as_alice: Client, tmp_path: Path) -> Twins:
    return Twins(as_alice, tmp_path)


def test_old_and_new_are_shown_side_by_side(as_alice: Client, twins: Twins) -> None:
    page = text(as_alice)
    assert "The same sound is here already" in page
    assert f'href="{twins.old.get_absolute_url()}"' in page
    for button in ("keep_old", "replace", "keep_both"):
        assert f'value="{button}:{twins.upload.pk.hex}"' in page


def test_a_likely_copy_is_not_published_before_it_is_decided_about(as_alice: Client, twins: Twins) -> None:
    act(as_alice, "publish", twins.upload)
    assert twins.upload.track.state == "review"
    assert "decide about it first" in text(as_alice)


def test_keeping_the_old_one_drops_the_draft(
    as_alice: Client, twins: Twins, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        act(as_alice, f"keep_old:{twins.upload.pk.hex}")
    assert Track.objects.get() == twins.old
    assert [path for path in media_files() if "covers" not in path.parts] == [Path(twins.old.file.path)]
    twins.upload.refresh_from_db()
    assert twins.upload.state == "duplicate"


def test_keeping_the_old_ones_of_all_leaves_the_other_drafts(as_alice: Client, twins: Twins, one: Upload) -> None:
    act(as_alice, "keep_old_all")
    assert {track.title for track in Track.objects.all()} == {twins.old.title, "One"}
    assert "The old one is kept, 1 copy is dropped." in text(as_alice)


def test_keeping_both_makes_two_tracks(as_alice: Client, twins: Twins) -> None:
    act(as_alice, f"keep_both:{twins.upload.pk.hex}")
    assert "1 track can be published as well." in text(as_alice)
    act(as_alice, "publish", twins.upload)
    assert Track.objects.filter(state="published").count() == 2
    assert Track.objects.get(title="Another Name").is_copy


def test_replacing_keeps_the_number_and_takes_the_rest(
    as_alice: Client, twins: Twins, django_capture_on_commit_callbacks: Any
) -> None:
    draft_file = twins.upload.track.file.name
    with django_capture_on_commit_callbacks(execute=True):
        act(as_alice, f"replace:{twins.upload.pk.hex}")
    track = Track.objects.get()
    assert (track.pk, track.added_at) == (twins.old.pk, twins.old.added_at)
    assert found(track.uploader, "another name")
    assert not found(track.uploader, "corner booth")
    assert (track.title, track.album.title, track.file.name) == ("Another Name", "Another Album", draft_file)
    assert (track.state, track.is_copy) == ("published", False)
    assert [credit.artist.name for credit in track.credits.all()] == [track.artist.name]
    assert [genre.name for genre in track.genres.all()] == ["Jazz"]
    assert [path for path in media_files() if "covers" not in path.parts] == [Path(track.file.path)]
    assert [album.title for album in Album.objects.all()] == ["Another Album"]
    assert as_alice.get(track.cover_url).status_code == 200
    twins.upload.refresh_from_db()
    assert (twins.upload.state, twins.upload.track) == ("published", track)


def test_replacing_twice_is_replacing_once(as_alice: Client, twins: Twins) -> None:
    for _time in range(2):
        assert act(as_alice, f"replace:{twins.upload.pk.hex}").status_code == 302
    assert Track.objects.get().pk == twins.old.pk


def test_somebody_elses_track_is_not_replaced(as_alice: Client, as_bob: Client, tmp_path: Path) -> None:
    twins = Twins(as_alice, tmp_path, by=as_bob)
    assert "replace:" not in text(as_bob)
    act(as_bob, f"replace:{twins.upload.pk.hex}")
    twins.old.refresh_from_db()
    assert twins.old.title == "Corner Booth at Two"
    assert Track.objects.count() == 2


def test_what_lies_in_a_folder_used_in_place_is_not_replaced(as_alice: Client, alice: Any, twins: Twins) -> None:
    folder = LibraryFolder.objects.create(path="/srv/music", user=alice, in_place=True)
    LibraryFile.objects.create(folder=folder, track=twins.old, path="/srv/music/a.mp3", size_bytes=1, mtime_ns=1)
    assert "replace:" not in text(as_alice)
    act(as_alice, f"replace:{twins.upload.pk.hex}")
    assert Track.objects.count() == 2


def test_a_twin_that_became_private_is_forgotten(as_alice: Client, as_bob: Client, tmp_path: Path) -> None:
    twins = Twins(as_alice, tmp_path, by=as_bob)
    Track.objects.filter(pk=twins.old.pk).update(visibility="private", title="Secret")
    assert "Secret" not in text(as_bob)
    act(as_bob, "publish_all")
    assert Track.objects.get(title="Another Name").state == "published"


def test_a_twin_in_the_trash_is_restored_when_it_is_kept(as_alice: Client, twins: Twins) -> None:
    Track.objects.filter(pk=twins.old.pk).update(state="trashed")
    assert "in your trash" in text(as_alice)
    act(as_alice, f"keep_old:{twins.upload.pk.hex}")
    assert Track.objects.get().state == "published"


def test_replacing_a_track_whose_file_is_missing_brings_it_back(as_alice: Client) -> None:
    [old] = bring_in(as_alice, MP3)
    Track.objects.update(state="missing")
    send(as_alice, MP3)
    check_uploads()
    act(as_alice, f"replace:{Upload.objects.get(state='review').pk.hex}")
    track = Track.objects.get()
    assert (track.pk, track.state) == (old.pk, "published")


def test_replacing_a_draft_leaves_one_to_review(as_alice: Client, tmp_path: Path) -> None:
    send(as_alice, MP3)
    check_uploads()
    send(as_alice, retagged(MP3, tmp_path, title="Another Name"))
    check_uploads()
    act(as_alice, f"replace:{Upload.objects.get(twin__isnull=False).pk.hex}")
    assert [(track.title, track.state) for track in Track.objects.all()] == [("Another Name", "review")]
    assert Upload.objects.filter(state="review").count() == 1


def test_what_another_published_meanwhile_is_noticed_when_publishing(
    as_alice: Client, as_bob: Client, tmp_path: Path
) -> None:
    send(as_alice, MP3)
    check_uploads()
    mine = Upload.objects.get()
    send(as_bob, retagged(MP3, tmp_path, title="Another Name"))
    check_uploads()
    act(as_bob, "publish_all")
    act(as_alice, "publish", mine)
    assert Track.objects.get(uploader=mine.user).state == "review"
    assert "The same sound is here already" in text(as_alice)


def test_a_draft_that_the_staff_deleted_no_longer_waits(as_alice: Client, one: Upload, two: Upload) -> None:
    Track.objects.filter(pk=one.track_id).delete()
    assert as_alice.get("/upload/").status_code == 200
    page = text(as_alice)
    assert "1 track waits for you." in page
    assert list(Upload.objects.all()) == [two]


def test_titles_are_text_and_never_markup(as_alice: Client, alice: Any) -> None:
    draft(alice, '"><script>alert(1)</script>', artist="<b>Bold</b>", album="<i>x")
    page = text(as_alice)
    assert "<script>alert" not in page
    assert "<b>Bold" not in page
    assert "<i>x" not in page
