from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField, FingerprintField
from config.kit.model_mixins import Dated
from vault.models.merchant import Merchant


class StoredCard(EncryptedModel, Dated):
    """A card that a merchant stores for later use: BIN and last four digits, never the number or the CVC.

    `sealed` is encrypted: `identity` (TCKN or VKN), `holder_name` and `unique_code`, the merchant's only handle of the
    card. A relational id that was not sent is empty.
    """

    merchant = models.ForeignKey(
        Merchant,
        verbose_name=_("Merchant"),
        on_delete=models.PROTECT,
        related_name="cards",
        db_index=False,  # the unique constraint's index begins with it
    )
    relational_id1 = models.CharField(_("Relational id 1"), max_length=128)
    relational_id2 = models.CharField(_("Relational id 2"), max_length=128, blank=True, default="")
    relational_id3 = models.CharField(_("Relational id 3"), max_length=128, blank=True, default="")
    nickname = models.CharField(_("Nickname"), max_length=100)
    card_bin = models.CharField(_("BIN"), max_length=8)
    last_four = models.CharField(_("Last four digits"), max_length=4)
    month = models.PositiveSmallIntegerField(_("Month"))
    year = models.PositiveSmallIntegerField(_("Year"))
    sealed: Any = EncryptedJSONField()
    identity_hash = FingerprintField(
        of="identity", source="sealed", purpose="vault.identity", scope="merchant_id"
    )
    unique_code_hash = FingerprintField(
        of="unique_code", source="sealed", purpose="vault.unique_code", unique=True
    )

    class Meta:
        verbose_name = _("Stored card")
        verbose_name_plural = _("Stored cards")
        ordering = ["pk"]
        permissions = [("renew_storedcard", "Can renew the unique codes of stored cards")]
        indexes = [models.Index(fields=["year", "month"], name="vault_card_expiry")]
        constraints = [
            # Its index also serves the merchant's lists.
            models.UniqueConstraint(
                fields=[
                    "merchant", "relational_id1", "relational_id2", "relational_id3",
                    "card_bin", "last_four", "identity_hash", "year", "month",
                ],
                name="vault_card_once",
            ),
            models.CheckConstraint(
                condition=Q(card_bin__regex=r"^([0-9]{6}|[0-9]{8})$", last_four__regex=r"^[0-9]{4}$"),
                name="vault_card_digits",
            ),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12), year__range=(2000, 9999)), name="vault_card_expiry_date"
            ),
            models.CheckConstraint(condition=~Q(relational_id1=""), name="vault_card_related"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.masked_card

    @property
    def masked_card(self) -> str:
        """`41197901****6389`: all that is known of the number."""
        return f"{self.card_bin}****{self.last_four}"
