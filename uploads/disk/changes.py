"""What a file says now, as an edit of its track."""

from audio.facts import Tags
from music.cataloguing import album_artist_of, credits_of
from music.editing import KEEP, TrackChanges


def changes_from(tags: Tags) -> TrackChanges:
    """All that the tags say; genres and lyrics that the file does not name stay as they are."""
    return TrackChanges(
        title=tags.title,
        artists=tuple(artist.name for artist in credits_of(tags)),
        album=tags.album,
        album_artist=album_artist_of(tags).name,
        year=tags.year,
        track_number=tags.track_number,
        disc_number=tags.disc_number,
        genres=tags.genres or KEEP,
        lyrics=tags.lyrics or KEEP,
    )
