from django.conf import settings
from django.db import models


class ProviderAccount(models.Model):
    """Whom the provider means. An email address or a name may be given to somebody else one day, this pair never."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="provider_account"
    )
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="sso_account")]

    def __str__(self) -> str:
        return f"{self.subject} ({self.issuer})"
