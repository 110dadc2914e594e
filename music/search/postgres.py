"""PostgreSQL's full text and pg_trgm. All text that comes here is folded: letters, digits and spaces.

The words are given as they are, not parsed by PostgreSQL, which would see numbers, hosts and versions in them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from music.search.texts import Table

COLLATION = "C"
WEIGHTS = "ABC"

SCHEMA = (
    *(
        statement
        for name, columns in (("tracks", "artist, album"), ("albums", "artist"), ("artists", "others"))
        for statement in (
            f"CREATE TABLE search_{name} (rowid bigint PRIMARY KEY, name text NOT NULL, "
            f"{', '.join(f'{column} text NOT NULL' for column in columns.split(', '))}, words tsvector NOT NULL)",
            f"CREATE INDEX search_{name}_words ON search_{name} USING gin (words)",
        )
    ),
    "CREATE TABLE search_words (word text PRIMARY KEY)",
    "CREATE INDEX search_words_spelling ON search_words USING gin (word gin_trgm_ops)",
    # Names in an order that does not depend on the server's language, for what they begin with.
    'CREATE INDEX track_by_beginning ON music_track (sort_title COLLATE "C", id)',
    'CREATE INDEX album_by_beginning ON music_album (sort_title COLLATE "C", id)',
    'CREATE INDEX artist_by_beginning ON music_artist (sort_key COLLATE "C", id)',
)
DROP = ("search_tracks", "search_albums", "search_artists", "search_words")


def insert(table: "Table") -> str:
    """For rows of the id, the columns and the words."""
    columns, values = ", ".join(("rowid", *table.columns, "words")), ", ".join(["%s"] * (1 + len(table.columns)))
    changes = ", ".join(f"{column} = excluded.{column}" for column in (*table.columns, "words"))
    return (
        f"INSERT INTO {table.name} ({columns}) VALUES ({values}, %s::tsvector) "  # noqa: S608 names of ours
        f"ON CONFLICT (rowid) DO UPDATE SET {changes}"
    )


def row(pk: int, texts: Sequence[str]) -> tuple[object, ...]:
    return (pk, *texts, _vector(texts))


def _vector(texts: Sequence[str]) -> str:
    """ "so:1A what:2A miles:3B" """
    words = [(word, weight) for text, weight in zip(texts, WEIGHTS, strict=False) for word in text.split()]
    return " ".join(f"{word}:{place}{weight}" for place, (word, weight) in enumerate(words, 1))


def rebuild(tables: Sequence["Table"]) -> None:
    """Make the indexes anew from the rows, whatever had become of them; no words are left."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_words")
        for table in tables:
            cursor.execute(f"REINDEX TABLE {table.name}")


def expression(words: Sequence[str], prefixes: Sequence[str]) -> str:
    """All the words, and words that begin with the prefixes; a whole word counts for more than a beginning."""
    return " & ".join(
        [*(f"'{word}'" for word in words), *(f"('{prefix}' | '{prefix}':*)" for prefix in prefixes)],
    )


def source(table: "Table", allowed: str, parameters: Sequence[object], expression: str) -> tuple[str, list[object]]:
    """FROM and WHERE. OFFSET 0 is a fence: for words it takes for common ones PostgreSQL would read all tracks."""
    found = f"SELECT * FROM {table.name} WHERE words @@ %s::tsquery OFFSET 0"  # noqa: S608 names of ours
    return (
        f"FROM ({found}) AS {table.name} CROSS JOIN ({allowed}) AS allowed WHERE allowed.id = {table.name}.rowid",
        [expression, *parameters],
    )


def score(table: "Table", expression: str) -> tuple[str, list[str]]:
    """The lower the better, short names before long ones; as SQL and its parameters."""
    best, (a, b, c) = max(table.weights), (*table.weights, 0)[:3]
    weights = f"{{0, {c / best}, {b / best}, {a / best}}}"
    return f"-ts_rank('{weights}', {table.name}.words, %s::tsquery, 1)::float8", [expression]


def begins(word: str) -> tuple[str, list[str]]:
    """What is true of a known word that begins so, and its parameters."""
    return "word LIKE %s", [f"{word}%"]


def similar_words(word: str) -> list[str]:
    """Words that share a fifth of their groups of three letters with this one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.similarity_threshold = 0.2")
        cursor.execute("SELECT word FROM search_words WHERE word %% %s", [word])
        return [word for (word,) in cursor.fetchall()]
