"""Searching the lists of the administration by the index that listeners search: of 100,000 tracks LIKE reads all."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from music.search import matching
from music.search.texts import TABLES

MOST_FOUND = 1000


class SortedByIndex(ChangeList):
    """By nothing else either when the address says so: Django only hides the links of the other columns."""

    def get_ordering_field(self, field_name: Any) -> Any:
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None


class IndexedAdmin(admin.ModelAdmin):
    """`search_fields` say only that there is something to search."""

    search_help_text = _("By whole words or how they begin. The newest 1,000 are found.")
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SortedByIndex

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        [table] = [table for table in TABLES if table.model is self.model]
        found = matching(table, search_term, MOST_FOUND)
        return (queryset if found is None else queryset.filter(pk__in=found)), False
