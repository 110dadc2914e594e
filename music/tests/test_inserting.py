import pytest
from django.db import IntegrityError, transaction

from music.inserting import insert_objects, insert_rows
from music.models import Artist, Genre

pytestmark = pytest.mark.django_db


def artists(count: int) -> list[Artist]:
    return [Artist(name=f"Artist {n}", name_key=f"artist {n}", sort_key=f"artist {n}") for n in range(count)]


def test_each_of_many_objects_gets_the_id_of_its_own_row() -> None:
    new = artists(1_200)
    insert_objects(new)
    assert {artist.pk: artist.name for artist in new} == dict(Artist.objects.values_list("pk", "name"))
    assert not any(artist._state.adding for artist in new)


def test_one_object_that_is_there_already_keeps_all_of_them_out() -> None:
    insert_objects(artists(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_objects(artists(300)[::-1])
    assert Artist.objects.count() == 1


def test_no_objects_are_no_rows() -> None:
    insert_objects([])
    insert_rows(Genre, ("slug", "name", "is_suggested"), [])
    assert not Artist.objects.exists()


def test_a_row_is_renewed_where_the_same_is_there_already() -> None:
    rows = [("pop", "Pop", False), ("rock", "Rock", False)]
    Genre.objects.all().delete()
    insert_rows(Genre, ("slug", "name", "is_suggested"), rows)
    kept = Genre.objects.get(slug="pop").pk
    insert_rows(Genre, ("slug", "name", "is_suggested"), [("pop", "POP!", True)], renew_by="slug")
    assert list(Genre.objects.order_by("slug").values_list("name", flat=True)) == ["POP!", "Rock"]
    assert Genre.objects.get(slug="pop").pk == kept
