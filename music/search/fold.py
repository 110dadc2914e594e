"""Text as searching and sorting see it: no capitals, no accents, no punctuation; the same on every database."""

import re
import unicodedata
from functools import lru_cache

MAX_WORDS = 40
WORD = re.compile(r"[^\W_]+")
APOSTROPHES = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
# What Unicode does not take apart into a letter and a mark.
LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ħ": "h", "$": "s"}
)
# Written without spaces: each sign is a word, so that a part of a name is found too.
SIGNS = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
ARTICLES = ("the ", "a ", "an ")


@lru_cache(maxsize=20_000)  # an import folds the names of its artists and albums again and again
def fold(text: str) -> str:
    """ "Beyoncé & JAŸ-Z" -> "beyonce jay z"; at most 40 words."""
    if text.isascii():
        return " ".join(WORD.findall(APOSTROPHES.sub("", text.lower()).replace("$", "s"))[:MAX_WORDS])
    plain = unicodedata.normalize("NFKD", APOSTROPHES.sub("", text.casefold())).translate(LETTERS)
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(WORD.findall(SIGNS.sub(r" \1 ", unicodedata.normalize("NFKC", bare)))[:MAX_WORDS])


def sort_key(text: str) -> str:
    """Where a name stands in a list: "The Beatles" among the B; nothing legible comes last."""
    folded = fold(text)
    for article in ARTICLES:
        if folded.startswith(article):
            folded = folded.removeprefix(article)
            break
    return folded[:120] or "\uffff"


def trigrams(word: str) -> set[str]:
    """Its groups of three letters, with a gap before and after it."""
    padded = f" {word} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
