from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from listening.store import store_state, worker_state
from uploads import queue


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """How each part is. Always 200: the process answers; what is away is in the body."""
    return JsonResponse(
        {
            "database": _database_state(),
            "listen_store": asked(store_state),
            "worker": asked(worker_state),
            "tasks": asked(queue.worker_state),
        }
    )


def _database_state() -> dict[str, str]:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"state": "away"}
    return {"state": "ok"}


def asked(state: Any) -> dict[str, Any]:
    """The stores keep their outbox in the database, so without it they cannot tell."""
    try:
        return dict(state())
    except DatabaseError:
        return {"state": "unknown"}
