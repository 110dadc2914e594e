"""The queue of the player, as one device leaves it and another takes it up."""

import json
from itertools import accumulate
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from music.rows import for_player, in_this_order
from playlists.forms import PlayQueueForm
from playlists.models import PlayQueue

MOST_BYTES = 64 << 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def play_queue(request: HttpRequest) -> HttpResponse:
    """GET: the queue as it was saved last, without what is gone or not theirs to hear. POST: save it.

    Both say `saved_at`, by which a tab knows what it left itself from what somebody else saved since.
    """
    return _save(request) if request.method == "POST" else JsonResponse(_shown(request.user))


def _save(request: HttpRequest) -> JsonResponse:
    try:
        said = json.loads(request.body[: MOST_BYTES + 1])
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return JsonResponse({"error": _("Send the queue as a JSON object.")}, status=400)
    user: Any = request.user
    form = PlayQueueForm(said, instance=PlayQueue(user=user))
    if not form.is_valid():
        [error, *_others] = [error for errors in form.errors.values() for error in errors]
        return JsonResponse({"error": error}, status=400)
    # Two tabs may save their first one at the same moment.
    fields = {name: getattr(form.instance, name) for name in form.fields}
    queue, _is_new = PlayQueue.objects.update_or_create(user=user, defaults=fields)
    return JsonResponse({"saved_at": queue.saved_at})


def _shown(user: Any) -> dict[str, Any]:
    queue = PlayQueue.objects.filter(user=user).first() or PlayQueue(user=user)
    rows = {row.pk: row for row in in_this_order(user, list(dict.fromkeys(queue.track_ids)))}
    is_here = [pk in rows for pk in queue.track_ids]
    places = list(accumulate(is_here))  # of those that are here, counted from one
    is_current_here = bool(is_here) and is_here[queue.position]
    tracks = [for_player(rows[pk]) for pk in queue.track_ids if pk in rows]

    def here(of: list[int]) -> list[int]:
        return [places[place] - 1 for place in of if is_here[place]]

    others = [other | {"places": here(other["places"])} for other in queue.origin.get("others", [])]
    kept = [other for other in others if other["places"]]
    return {
        "tracks": tracks,
        "unshuffled": here(queue.unshuffled),
        "position": min(sum(is_here[: queue.position]), max(0, len(tracks) - 1)),
        "position_ms": queue.position_ms if is_current_here else 0,
        "repeat": queue.repeat,
        "origin": queue.origin | ({"others": kept} if others else {}),
        "saved_at": queue.saved_at,
    }
