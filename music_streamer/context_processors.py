from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest


def messages(request: HttpRequest) -> dict[str, Any]:
    """What waits to be said, for a page that somebody is about to see.

    A message is forgotten once it is drawn. The error page that answers for a picture, or a page that is fetched before
    anybody asks for it, would take it away unseen.
    """
    accepted = request.headers.get("Accept", "text/html")
    is_ahead_of_time = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("X-Sec-Purpose", ""))
    return {"messages": get_messages(request) if "text/html" in accepted and not is_ahead_of_time else []}
