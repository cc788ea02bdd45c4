from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    """Who may do what, and what takes two people."""

    name = "config.kit.identity"
    label = "identity"
    verbose_name = _("Team")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from config.kit.identity import failures, logins, notice, session_limits

        def end_session(request: HttpRequest, **_: object) -> None:
            if request.session.session_key:
                logins.end(request.session.session_key)

        user_logged_out.connect(end_session, weak=False, dispatch_uid="identity.end_session")
        user_logged_in.connect(session_limits.begin, dispatch_uid="identity.begin_session")
        user_logged_in.connect(notice.prepare, dispatch_uid="identity.log_in_notice")
        failures.connect()
