"""What people prove themselves with besides a password. Passkeys are rows of django-otp-webauthn."""

import base64
import secrets
import time
from hashlib import sha256
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, DeviceManager
from django_otp.oath import TOTP

from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField

STEP_SECONDS = 30
STEPS_OFF = 1
"""How many steps the clock of a phone may be off."""

CODE_LETTERS = 16
"""80 bits: nobody guesses them, and a plain hash cannot be reversed."""


def new_secret() -> str:
    """160 bits in base32, as RFC 4226 recommends and apps expect."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


class AuthenticatorApp(Device, EncryptedModel):
    """TOTP (RFC 6238). Not `confirmed` until its first code was typed in."""

    objects: ClassVar[Any] = DeviceManager()
    secret: Any = EncryptedJSONField(default=new_secret)
    last_step = models.BigIntegerField(default=-1, help_text="Time step of the last code: each is good once.")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Authenticator app")
        verbose_name_plural = _("Authenticator apps")
        default_permissions = ()

    def verify_token(self, token: str) -> bool:
        """True once for each code, whoever else sends it at the same moment."""
        totp = TOTP(base64.b32decode(self.secret), STEP_SECONDS)
        totp.time = time.time()
        if not token.isdecimal() or not totp.verify(int(token), STEPS_OFF, self.last_step + 1):
            return False
        unused = AuthenticatorApp.objects.filter(pk=self.pk, last_step__lt=totp.t())
        return bool(unused.update(last_step=totp.t(), last_used_at=Now()))


class RecoveryCode(Device):
    """One of a sheet of codes for the day when the phone is gone. Only its hash is kept, and it is good once."""

    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Recovery code")
        verbose_name_plural = _("Recovery codes")
        default_permissions = ()

    @staticmethod
    def new_code() -> str:
        """Lower-case base32 without separators."""
        return base64.b32encode(secrets.token_bytes(CODE_LETTERS * 5 // 8)).decode().lower()

    @staticmethod
    def digest_of(user_id: int, code: str) -> str:
        return sha256(f"{user_id}\0{code}".encode()).hexdigest()

    def verify_token(self, token: str) -> bool:
        if self.digest_of(self.user_id, token) != self.digest:
            return False
        unused = RecoveryCode.objects.filter(pk=self.pk, used_at=None)
        return bool(unused.update(used_at=Now()))
