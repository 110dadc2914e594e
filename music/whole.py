"""All of a long list for the player: page by page as it plays, or as much as a queue takes at once."""

from random import randrange
from typing import Any

from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.utils.http import urlencode

from music.paging import Order
from music.rows import for_player

MOST_QUEUED = 500
# Below 2^31, and prime: what is multiplied by anything else and divided by it leaves another rest for each id.
PRIME = 2_147_483_647


def size_of(request: HttpRequest, usual: int) -> int:
    """How many tracks one answer has: with `queue` in the address as many as a queue."""
    return MOST_QUEUED if "queue" in request.GET else usual


def luck_of(request: HttpRequest) -> int:
    """The number by which the list is shuffled, a new one where the address only says that it is; 0 where it is not."""
    if "shuffled" not in request.GET:
        return 0
    said = request.GET["shuffled"]
    return int(said) if said.isascii() and said.isdecimal() and 0 < int(said[:10]) < PRIME else randrange(1, PRIME)  # noqa: S311


def shuffled(luck: int, id: str = "pk") -> Order:
    """As the rests of the squares of products lie: far enough from any order, and the same for as long as it plays."""
    rest = (F("pk") * luck) % PRIME
    return Order(f"shuffled {luck}", keys=(rest * rest % PRIME,), id=id)


def following(luck: int, cursor: str, **kept: str) -> dict[str, Any]:
    """What the address of the page says that begins at the cursor; nothing where there is none."""
    return kept | ({"shuffled": luck} if luck else {}) | {"after": cursor} if cursor else {}


def answer(request: HttpRequest, rows: Any, *, source: str, label: str, **following: Any) -> JsonResponse:
    """`following` is what the address of what follows says; none where this is the end."""
    tracks = [for_player(row) for row in rows]
    own = request.path.removesuffix("more/")
    href = f"{request.path}?{urlencode(following)}" if following else ""
    said = {"source": source, "sourceLabel": label, "sourceHref": own, "href": href}
    return JsonResponse({"tracks": tracks, **said})
