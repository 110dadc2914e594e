from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error as plain_server_error


def server_error(request: HttpRequest) -> HttpResponse:
    """The error page with the player still in it; a bare one when even the page cannot be drawn."""
    try:
        return render(request, "500.html", status=500)
    except Exception:
        return plain_server_error(request, template_name="500_bare.html")
