"""The BINs on a card's page."""

from unfold.datasets import BaseDataset

from config.kit.admin.related_rows import RelatedRows
from payments.models import BinNumber


class BinRows(RelatedRows):
    parent = "card_id"
    list_display = ("bin_number", "is_active", "modified_date")
    search_fields = ("bin_number__startswith",)
    ordering = ("bin_number", "channel_id")


class BinsOfCard(BaseDataset):
    model = BinNumber
    model_admin = BinRows
    tab = True
