"""The BINs on a card's page: one page of them with search, whatever the number of rows."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.datasets import BaseDataset

from config.admin.paginator import ForgivingPaginator
from payments.models import BinNumber


class BinRows(ModelAdmin):
    """How the tab lists BINs; not registered, so it has no pages of its own."""

    list_display = ("bin_number", "is_active", "modified_date")
    search_fields = ("bin_number__startswith",)
    ordering = ("bin_number", "channel_id")
    paginator = ForgivingPaginator
    show_full_result_count = False
    list_per_page = 20
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        card = str(self.extra_context.get("object") or "")
        rows = super().get_queryset(request)
        return rows.filter(card_id=int(card)) if card.isdecimal() and len(card) < 19 else rows.none()


class BinsOfCard(BaseDataset):
    model = BinNumber
    model_admin = BinRows
    tab = True
