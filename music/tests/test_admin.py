"""What staff do in the admin: look after tracks, answer reports, rename, merge and split."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from music import merging_later
from music.cataloguing import ArtistName, artists_named, genres_named
from music.models import Album, Artist, ArtistAlias, Genre, Track, TrackReport
from music.search import rebuild
from music.tests.catalogue import add_track


@pytest.fixture
def as_staff(staff: Any, sign_in: Any) -> Client:
    return sign_in(staff)


def act(client: Client, model: str, action: str, *objects: Any, **more: Any) -> Any:
    sent = {"action": action, "_selected_action": [each.pk for each in objects], **more}
    return client.post(reverse(f"admin:music_{model}_changelist"), sent, follow=not more.get("stay", False))


def change_page(model: str, one: Any) -> str:
    return reverse(f"admin:music_{model}_change", args=[one.pk])


def sent_form(client: Client, model: str, one: Any, **more: Any) -> Any:
    """The change form as the browser has it, with some of it typed anew."""
    page = client.get(change_page(model, one))
    form = page.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {management.add_prefix(name): management[name].value() for name in management.fields}
        data |= {
            f"{row.prefix}-{name}": row[name].value()
            for row in formset.formset.forms
            for name in row.fields
            if name != "DELETE"
        }
    data = {name: value for name, value in data.items() if value is not None}
    return client.post(change_page(model, one), {**data, **more}, follow=True)


@pytest.mark.parametrize("model", ["track", "artist", "album", "genre", "trackreport"])
def test_every_list_costs_the_same_for_more_rows(
    as_staff: Client, alice: Any, bob: Any, model: str, django_assert_num_queries: Any
) -> None:
    def fill(count: int) -> None:
        for number in range(count):
            track = add_track(alice, album="Neon", genres=[f"Genre {Track.objects.count()}"])
            TrackReport.objects.create(track=track, reporter=bob, reason="tags", note=str(number))

    address = reverse(f"admin:music_{model}_changelist")
    fill(2)
    as_staff.get(address)  # what it offers as filters is kept for a while
    with CaptureQueriesContext(connection) as few:
        assert as_staff.get(address).status_code == 200
    fill(10)
    with django_assert_num_queries(len(few)):
        as_staff.get(address)


@pytest.mark.parametrize("model", ["track", "artist", "album", "genre", "trackreport"])
def test_every_page_to_change_something_opens(as_staff: Client, alice: Any, bob: Any, model: str) -> None:
    track = add_track(alice, album="Neon")
    report = TrackReport.objects.create(track=track, reporter=bob, reason="tags")
    one = {"track": track, "artist": track.artist, "album": track.album, "trackreport": report}.get(model)
    assert as_staff.get(change_page(model, one or track.genres.get())).status_code == 200


def test_tracks_go_into_the_trash_and_come_back(as_staff: Client, alice: Any) -> None:
    tracks = [add_track(alice) for _ in range(2)]
    assert "2 tracks are in the trash" in act(as_staff, "track", "move_to_trash", *tracks).content.decode()
    assert Track.objects.filter(state="trashed").count() == 2
    assert "2 tracks are back" in act(as_staff, "track", "take_out_of_trash", *tracks).content.decode()
    assert Track.objects.filter(state="published").count() == 2
    act(as_staff, "track", "make_private", tracks[0])
    assert Track.objects.get(visibility="private") == tracks[0]


def test_a_track_changed_in_the_admin_sorts_and_credits_as_it_says(as_staff: Client, alice: Any) -> None:
    track = add_track(alice, "Blue", artist="Nadia Volt", album="Neon", genres=["Zydeco"])
    other = artists_named([ArtistName("The Other")])["the other"][0]
    jazz = genres_named(["Jazz"])["Jazz"][0]

    response = sent_form(as_staff, "track", track, title="The Red", artist=other.pk, genres=[jazz.pk])

    assert response.status_code == 200
    track.refresh_from_db()
    assert (track.title, track.sort_title, track.sort_artist) == ("The Red", "red", "other")
    assert [str(each) for each in track.artists.all()] == ["The Other"]
    assert not Genre.objects.filter(name="Zydeco").exists()


def test_a_track_is_given_to_nobody_who_has_its_audio_already(as_staff: Client, alice: Any, bob: Any) -> None:
    track = add_track(alice)
    add_track(bob, audio_sha256=track.audio_sha256)
    response = sent_form(as_staff, "track", track, uploader=bob.pk)
    assert "already" in response.content.decode() and Track.objects.get(pk=track.pk).uploader == alice


def test_a_renamed_artist_is_sorted_and_found_under_both_names(as_staff: Client, alice: Any) -> None:
    track = add_track(alice, artist="Beatels", album="Help")

    sent_form(as_staff, "artist", track.artist, name="The Beatles")

    track.refresh_from_db()
    artist = track.artist
    assert (artist.name, artist.name_key, artist.sort_key) == ("The Beatles", "the beatles", "beatles")
    assert (track.sort_artist, Album.objects.get().sort_artist) == ("beatles", "beatles")
    assert [each.pk for each in artists_named([ArtistName("Beatels")])["beatels"]] == [artist.pk]


def test_a_name_that_is_taken_is_refused_with_what_to_do(as_staff: Client, alice: Any) -> None:
    one, two = add_track(alice, artist="One", genres=["Jazz"]), add_track(alice, artist="Two", genres=["Soul"])
    response = sent_form(as_staff, "artist", one.artist, name="TWO")
    assert "Merge the two" in response.content.decode()
    response = sent_form(as_staff, "genre", one.genres.get(), name="soul")
    assert "Merge the two" in response.content.decode()
    assert {str(two.artist), str(one.artist)} == set(Artist.objects.values_list("name", flat=True))


def test_a_renamed_album_keeps_its_uploads_together(as_staff: Client, alice: Any) -> None:
    album = add_track(alice, artist="Nadia Volt", album="Neom").album
    other = add_track(alice, artist="Nadia Volt", album="Live").album
    assert album and other

    sent_form(as_staff, "album", album, title="Neon", year="1999")

    album.refresh_from_db()
    assert (album.sort_title, album.identity) == ("neon", f"{album.album_artist_id}/1999/neon")
    assert [alias.identity for alias in album.aliases.all()] == [f"{album.album_artist_id}//neom"]
    refused = sent_form(as_staff, "album", other, title="neon", year="1999").content.decode()
    assert "Merge the two" in refused


def test_a_renamed_genre_keeps_its_address(as_staff: Client, alice: Any) -> None:
    genre = add_track(alice, genres=["Polkka"]).genres.get()

    sent_form(as_staff, "genre", genre, name="Polka")

    genre.refresh_from_db()
    assert (genre.name, genre.slug) == ("Polka", "polkka")
    found = genres_named(["Polka", "Polkka"])
    assert found == {"Polka": [genre], "Polkka": [genre]} and Genre.objects.filter(name__startswith="Polk").count() == 1


def test_merging_asks_first_with_what_moves_and_then_does_it(as_staff: Client, alice: Any) -> None:
    wrong, right = add_track(alice, artist="Beatels", album="Help"), add_track(alice, artist="The Beatles")

    question = act(as_staff, "artist", "merge", wrong.artist, right.artist).content.decode()
    assert "1 track, 1 album" in question and "1 track, 0 albums" in question
    assert Artist.objects.count() == 2

    unanswered = act(as_staff, "artist", "merge", wrong.artist, right.artist, confirmed="yes")
    assert unanswered.status_code == 422 and Artist.objects.count() == 2

    done = act(as_staff, "artist", "merge", wrong.artist, right.artist, confirmed="yes", into=right.artist.pk)
    assert "1 was merged into “The Beatles”" in done.content.decode()
    assert Artist.objects.get() == right.artist and ArtistAlias.objects.get().name_key == "beatels"


def test_an_artist_of_thousands_of_tracks_is_merged_by_the_worker(
    as_staff: Client, alice: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(merging_later, "MOST_WAITED_FOR", 1)
    wrong, right = (add_track(alice, artist=name).artist for name in ("Beatels", "The Beatles"))
    add_track(alice, artist="Beatels")
    with django_capture_on_commit_callbacks() as left:
        done = act(as_staff, "artist", "merge", wrong, right, confirmed="yes", into=right.pk)
    assert "“The Beatles” gets them in the background" in done.content.decode()
    assert len(left) == 1 and Track.objects.filter(artist=right).count() == 1
    for _ in range(2):  # a worker that died is followed by another
        merging_later.merge_what_is_there([wrong.pk], right.pk)
        assert Artist.objects.get() == right and Track.objects.filter(artist=right).count() == 3
    merging_later.merge_what_is_there([right.pk], wrong.pk)
    assert Artist.objects.get() == right


@pytest.mark.parametrize("model", ["album", "genre"])
def test_albums_and_genres_are_merged_too(as_staff: Client, alice: Any, model: str) -> None:
    tracks = [add_track(alice, artist="One", album=title, genres=[title]) for title in ("Wrong", "Right")]
    wrong, right = ((track.album, track.genres.get())[model == "genre"] for track in tracks)
    assert wrong and right

    act(as_staff, model, "merge", wrong, right, confirmed="yes", into=right.pk)

    assert not type(wrong).objects.filter(pk=wrong.pk).exists()
    assert {(track.album if model == "album" else track.genres.get()) for track in Track.objects.all()} == {right}


def test_one_alone_is_not_merged_and_two_are_not_split(as_staff: Client, alice: Any) -> None:
    one, two = (add_track(alice).artist for _ in range(2))
    assert "Choose two or more" in act(as_staff, "artist", "merge", one).content.decode()
    assert "Choose the one" in act(as_staff, "artist", "split", one, two).content.decode()
    albums = [add_track(alice, album=title).album for title in ("One", "Two")]
    assert "Choose the one" in act(as_staff, "album", "split", *albums).content.decode()


def test_splitting_proposes_the_parts_and_does_what_is_typed(as_staff: Client, alice: Any) -> None:
    track = add_track(alice, artist="Wren & Hollis")

    question = act(as_staff, "artist", "split", track.artist)
    assert 'value="Wren; Hollis"' in question.content.decode()
    refused = act(as_staff, "artist", "split", track.artist, confirmed="yes", names="Wren")
    assert refused.status_code == 422 and "two or more" in refused.content.decode()

    act(as_staff, "artist", "split", track.artist, confirmed="yes", names="Wren; Hollis")

    assert [str(each) for each in track.artists.order_by("credits__position")] == ["Wren", "Hollis"]


def test_tracks_of_an_album_are_ticked_to_be_one_of_their_own(as_staff: Client, alice: Any) -> None:
    stays, parts = (add_track(alice, title=title, artist="Wren", album="Heron") for title in ("Stays", "Parts"))
    ticked = {"confirmed": "yes", "tracks": parts.pk, "title": "Heron Live", "album_artist": "Wren"}

    question = act(as_staff, "album", "split", stays.album).content.decode()
    assert "Stays" in question and "Parts" in question and 'value="Heron"' in question
    for wrong in ({"tracks": ""}, {"title": "Heron"}, {"title": ""}, {"year": "soon"}):
        refused = act(as_staff, "album", "split", stays.album, **{**ticked, **wrong})
        assert refused.status_code == 422 and "errorlist" in refused.content.decode()
    assert f'value="{parts.pk}" id="track-{parts.pk}" checked' in refused.content.decode()

    done = act(as_staff, "album", "split", stays.album, **ticked, year="2003")

    assert "1 track of “Heron” is on “Heron Live” now." in done.content.decode()
    part = Track.objects.get(pk=parts.pk).album
    assert part and (part.title, part.year) == ("Heron Live", 2003)
    assert Track.objects.get(pk=stays.pk).album == stays.album
    assert LogEntry.objects.filter(object_id=stays.album_id, change_message__contains="Heron Live").exists()


def test_an_alias_can_be_forgotten(as_staff: Client, alice: Any) -> None:
    artist = add_track(alice, artist="Nadia Volt").artist
    ArtistAlias.objects.create(name_key="nadia", artist=artist)
    response = sent_form(as_staff, "artist", artist, **{"aliases-0-DELETE": "on"})
    assert response.status_code == 200 and not ArtistAlias.objects.exists()


def test_reports_wait_in_a_queue_until_they_are_dealt_with(as_staff: Client, alice: Any, bob: Any, staff: Any) -> None:
    track = add_track(alice, "Blue")
    report = TrackReport.objects.create(track=track, reporter=bob, reason="tags", note="The title is wrong")
    queue = reverse("admin:music_trackreport_changelist")
    html = as_staff.get(queue).content.decode()
    assert "The title is wrong" in html and change_page("track", track) in html and track.get_absolute_url() in html

    answer = act(as_staff, "trackreport", "dismiss", report)

    assert "1 report dealt with" in answer.content.decode()
    report.refresh_from_db()
    assert report.resolved_by == staff and report.resolved_at is not None
    assert "The title is wrong" not in as_staff.get(queue).content.decode()
    for shown in ("yes", "all"):
        assert "The title is wrong" in as_staff.get(queue, {"resolved": shown}).content.decode()
    assert Track.objects.get().state == "published"


@pytest.mark.parametrize(
    ("action", "state", "visibility"),
    [("make_private", "published", "private"), ("move_to_trash", "trashed", "public")],
)
def test_an_answer_to_one_report_answers_all_that_are_open_about_the_track(
    as_staff: Client, alice: Any, bob: Any, charlie: Any, action: str, state: str, visibility: str
) -> None:
    track, other = add_track(alice), add_track(alice)
    reports = [TrackReport.objects.create(track=track, reporter=each, reason="rights") for each in (bob, charlie)]
    kept = TrackReport.objects.create(track=other, reporter=bob, reason="tags")
    old = TrackReport.objects.create(track=track, reporter=bob, reason="tags", resolved_at=timezone.now())

    answer = act(as_staff, "trackreport", action, reports[0])

    assert "2 reports dealt with" in answer.content.decode()
    track.refresh_from_db()
    assert (track.state, track.visibility) == (state, visibility)
    assert TrackReport.objects.get(resolved_at=None) == kept
    assert TrackReport.objects.get(pk=old.pk).resolved_by is None


def found(client: Client, model: str, words: str) -> list[str]:
    page = client.get(reverse(f"admin:music_{model}_changelist"), {"q": words})
    return [str(each) for each in page.context["cl"].result_list]


def test_staff_find_what_nobody_else_sees_by_beginnings_and_without_accents(as_staff: Client, alice: Any) -> None:
    add_track(alice, "Señorita", artist="Björk", album="Neon", visibility="private")
    trashed = add_track(alice, "Other")
    act(as_staff, "track", "move_to_trash", trashed)
    rebuild(lambda _done: None)
    assert found(as_staff, "track", "senor bjo") == ["Señorita"]
    assert found(as_staff, "track", "other") == ["Other"]
    assert found(as_staff, "artist", "bjork") == ["Björk"] and found(as_staff, "album", "neo") == ["Neon"]
    assert found(as_staff, "track", "%") == ["Other", "Señorita"] and found(as_staff, "track", "nothing") == []


def test_an_action_on_more_than_a_portion_reaches_all_of_them(
    as_staff: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.admin.portions.PORTION", 2)
    tracks = [add_track(alice) for _ in range(5)]
    assert "5 tracks are in the trash" in act(as_staff, "track", "move_to_trash", *tracks).content.decode()
    assert LogEntry.objects.filter(change_message="Moved to the trash.").count() == 5
    act(as_staff, "track", "take_out_of_trash", *tracks)
    act(as_staff, "track", "make_private", *tracks)
    assert Track.objects.filter(state="published", visibility="private").count() == 5


@pytest.mark.parametrize("action", ["dismiss", "make_private", "move_to_trash"])
def test_an_answer_to_more_reports_than_a_portion_reaches_all_of_them(
    as_staff: Client, alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.setattr("music.admin.portions.PORTION", 2)
    reports = [TrackReport.objects.create(track=add_track(alice), reporter=bob, reason="other") for _ in range(5)]
    chosen = {"select_across": "1", "index": "0"}
    assert "5 reports dealt with" in act(as_staff, "trackreport", action, reports[0], **chosen).content.decode()
    assert not TrackReport.objects.filter(resolved_at=None).exists()
    assert LogEntry.objects.count() == 5
    changed = {"make_private": {"visibility": "private"}, "move_to_trash": {"state": "trashed"}}.get(action, {})
    assert Track.objects.filter(**changed).count() == 5


def test_the_genre_filter_offers_the_largest_and_keeps_any_other_that_is_chosen(
    as_staff: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.admin.genre_filter.MOST_OFFERED", 2)
    for title, genre in (("A", "Large"), ("B", "Large"), ("C", "Middle"), ("D", "Middle"), ("E", "Small")):
        add_track(alice, title, genres=[genre])
    small = Genre.objects.get(name="Small")
    listed = as_staff.get(reverse("admin:music_genre_changelist"), {"q": "Small"}).content.decode()
    [there] = re.findall(r'href="(/admin/music/track/\?[^"]*)"', listed)
    pages = [as_staff.get(path).content.decode() for path in (reverse("admin:music_track_changelist"), there)]
    offered = [re.findall(r'<a href="\?genres__id__exact=(\d+)', page) for page in pages]
    assert len(offered[0]) == 2 and str(small.pk) not in offered[0]
    assert str(small.pk) in offered[1]
    assert [track.title for track in as_staff.get(there).context["cl"].result_list] == ["E"]
    assert as_staff.get("/admin/music/track/?genres__id__exact=%00").status_code in (200, 302)


@pytest.mark.parametrize("order", ["3", "-3", "2.3", "5.6"])
def test_tracks_are_sorted_by_nothing_that_no_index_has_in_order(as_staff: Client, alice: Any, order: str) -> None:
    add_track(alice, album="Album")
    with CaptureQueriesContext(connection) as queries:
        page = as_staff.get(reverse("admin:music_track_changelist"), {"o": order})
    assert page.status_code == 200
    [asked] = [query["sql"] for query in queries if "ORDER BY" in query["sql"] and '"duration_ms"' in query["sql"]]
    assert asked.split("ORDER BY")[1].split("LIMIT")[0].strip() == '"music_track"."id" DESC'
