"""Deleting in the administration. Django's own way first gathers all that hangs on the rows to list it: of a track that
everybody has in their playlists, or of all tracks, that is more than fits into memory or onto a page.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import CASCADE, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.portions import in_portions

MOST_COUNTED = 10_000
MOST_NAMED = 10


class DeletingAdmin(admin.ModelAdmin):
    """Says how many rows go along with one, without reading them."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        """Who may delete it may delete what is its own."""
        return [str(each) for each in objs], _counted(self.model, objs), set(), []

    def may_delete(self, request: HttpRequest, chosen: QuerySet[Any]) -> QuerySet[Any]:
        return chosen


@admin.action(description=_("Delete selected %(verbose_name_plural)s"), permissions=["delete"])
def delete_selected(model_admin: Any, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
    """Asks, with how many there are and what goes along; then deletes and logs them in portions."""
    if isinstance(model_admin, DeletingAdmin):
        chosen = model_admin.may_delete(request, chosen)
    if not request.POST.get("post"):
        return ask(model_admin, request, chosen)
    _delete(model_admin, request, chosen)
    return None


def _delete(model_admin: Any, request: HttpRequest, chosen: QuerySet[Any]) -> None:
    count = 0
    for some in in_portions(chosen):
        model_admin.log_deletions(request, some)
        count += some.count()
        model_admin.delete_queryset(request, some)
    said = ngettext("%(count)d is deleted.", "%(count)d are deleted.", count) % {"count": count}
    model_admin.message_user(request, said, messages.SUCCESS)


def ask(model_admin: Any, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse:
    """Before the action that was chosen deletes them; a yes comes to it as "post".

    A choice of all rows of a list is sent on as such; else there is a page of them at most.
    """
    is_across = request.POST.get("select_across") == "1"
    ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Delete?"),
        "opts": model_admin.opts,
        "action": request.POST["action"],
        "count": chosen.count(),
        "first": list(chosen[:MOST_NAMED]),
        "along": _counted(model_admin.model, chosen).items(),
        "is_across": is_across,
        "ticked": ticked[:1] if is_across else ticked,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "admin/delete_selected.html", context)


def _counted(model: type[Model], objects: Any) -> dict[str, str]:
    """What hangs on them and goes along: how much of each kind, up to MOST_COUNTED."""
    if isinstance(objects, QuerySet):
        objects = objects.order_by().values("pk")
    found: dict[str, str] = {}
    for relation in model._meta.related_objects:
        if relation.on_delete is CASCADE:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": objects})
            count = rows[: MOST_COUNTED + 1].count()
            name = str(relation.related_model._meta.verbose_name_plural)
            if count:
                found[name] = str(count) if count <= MOST_COUNTED else gettext("more than %d") % MOST_COUNTED
    return found
