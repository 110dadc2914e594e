"""SQLite's FTS5. All text that comes here is folded: letters, digits and spaces, nothing to escape."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection

from music.search.fold import trigrams

if TYPE_CHECKING:
    from music.search.texts import Table

COLLATION = "BINARY"

# What is folded is cut at spaces and nowhere else: the tokenizer that knows no Unicode does just that.
SCHEMA = (
    "CREATE VIRTUAL TABLE search_tracks USING fts5(name, artist, album, tokenize='ascii', prefix='2 3')",
    "CREATE VIRTUAL TABLE search_albums USING fts5(name, artist, tokenize='ascii', prefix='2 3')",
    "CREATE VIRTUAL TABLE search_artists USING fts5(name, others, tokenize='ascii', prefix='2 3')",
    "CREATE TABLE search_words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE search_spellings USING fts5(word, tokenize='trigram', content='')",
    "CREATE TRIGGER search_spell AFTER INSERT ON search_words BEGIN "
    "INSERT INTO search_spellings (rowid, word) VALUES (new.id, ' ' || new.word || ' '); END",
)
DROP = ("search_tracks", "search_albums", "search_artists", "search_words", "search_spellings")


def insert(table: "Table") -> str:
    """For rows of the id and the columns."""
    columns, values = ", ".join(("rowid", *table.columns)), ", ".join(["%s"] * (1 + len(table.columns)))
    return f"INSERT OR REPLACE INTO {table.name} ({columns}) VALUES ({values})"  # noqa: S608 names of ours


def row(pk: int, texts: Sequence[str]) -> tuple[object, ...]:
    return (pk, *texts)


def rebuild(tables: Sequence["Table"]) -> None:
    """Make the indexes anew from the rows, whatever had become of them; no words are left."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_words")
        cursor.execute("INSERT INTO search_spellings (search_spellings) VALUES ('delete-all')")
        for table in tables:
            cursor.execute(f"INSERT INTO {table.name} ({table.name}) VALUES ('rebuild')")  # noqa: S608


def expression(words: Sequence[str], prefixes: Sequence[str]) -> str:
    """All the words, and words that begin with the prefixes; a whole word counts for more than a beginning."""
    return " AND ".join(
        [*(f'"{word}"' for word in words), *(f'("{prefix}" OR "{prefix}"*)' for prefix in prefixes)],
    )


def source(table: "Table", allowed: str, parameters: Sequence[object], expression: str) -> tuple[str, list[object]]:
    """FROM and WHERE. SQLite would rather begin with the tracks than with the words: CROSS keeps the order."""
    return (
        f"FROM {table.name} CROSS JOIN ({allowed}) AS allowed ON allowed.id = {table.name}.rowid "
        f"WHERE {table.name} MATCH %s",
        [*parameters, expression],
    )


def score(table: "Table", _expression: str) -> tuple[str, list[str]]:
    """The lower the better; as SQL and its parameters."""
    return f"bm25({table.name}, {', '.join(map(str, table.weights))})", []


def begins(word: str) -> tuple[str, list[str]]:
    """What is true of a known word that begins so, and its parameters."""
    return "word >= %s AND word < %s", [word, f"{word}\U0010ffff"]


def similar_words(word: str) -> list[str]:
    """Words that share groups of three letters with this one. To have them ranked took twice as long."""
    found = (
        "SELECT search_words.word FROM search_spellings JOIN search_words ON search_words.id = search_spellings.rowid "
        "WHERE search_spellings MATCH %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(found, [" OR ".join(f'"{each}"' for each in sorted(trigrams(word)))])
        return [word for (word,) in cursor.fetchall()]
