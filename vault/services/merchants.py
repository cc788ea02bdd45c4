from typing import Any

from django.db import transaction
from django.utils import timezone

from config.kit.services import Service
from vault.errors import MerchantDeletedError
from vault.models import Merchant


class MerchantService(Service[Merchant]):
    model = Merchant

    def check_rules(self, instance: Merchant, stored: Merchant | None) -> None:
        if instance.is_active and stored is not None and stored.deleted_at is not None:
            raise MerchantDeletedError

    def delete(self, instance: Merchant) -> None:
        """Revokes the merchant's keys at once. Its cards are removed by the next retention run; its row stays."""
        with transaction.atomic():
            now = timezone.now()
            instance.keys.filter(revoked_at__isnull=True).update(revoked_at=now, modified_date=now)
            self.update(instance, is_active=False, deleted_at=now)

    def usage(self, instance: Merchant) -> dict[str, int]:
        """Nothing prevents deletion."""
        return {}


def get_merchant(text: str) -> Merchant:
    """By id or name, for commands. Raises Merchant.DoesNotExist."""
    by: dict[str, Any] = {"pk": int(text)} if text.isascii() and text.isdigit() else {"name": text}
    return Merchant.objects.get(deleted_at__isnull=True, **by)
