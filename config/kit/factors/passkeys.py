"""The browser's part of passkeys: django-otp-webauthn's ceremonies, with our rules of who may and what follows."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django_otp_webauthn import exceptions, views
from django_otp_webauthn.models import WebAuthnCredential

from config.kit.factors import enrolment, policy, session


class _MayAdd:
    request: Any

    def check_can_register(self) -> None:
        """The first one, or with a factor that was shown just now: no password alone adds another."""
        if policy.has_factor(self.request.user) and (
            session.is_due(self.request) or session.is_stale(self.request)
        ):
            raise exceptions.NotVerified(_("Confirm first that it is you."))


class BeginRegistration(_MayAdd, views.BeginCredentialRegistrationView):
    pass


class CompleteRegistration(_MayAdd, views.CompleteCredentialRegistrationView):
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        user = cast(User, self.get_user())
        state = self.get_state()
        with views.rewrite_exceptions():
            device: WebAuthnCredential = self.get_helper().register_complete(
                user=user, state=state, data=self.request.data
            )
        device.name = _("Passkey")
        device.save(update_fields=["name"])
        enrolment.finish(self.request, user, device)
        return JsonResponse({"id": device.pk})


class BeginAuthentication(views.BeginCredentialAuthenticationView):
    pass


class CompleteAuthentication(views.CompleteCredentialAuthenticationView):
    def complete_auth(self, device: WebAuthnCredential) -> None:
        if device.user_id != self.request.user.pk:
            raise exceptions.CredentialUserMismatch()
        session.confirm(self.request, device)

    def get_success_data(self, device: WebAuthnCredential) -> dict[str, Any]:
        """No address to go to: the page sends its form (config/static/admin/factor.js)."""
        return {"id": device.pk}
