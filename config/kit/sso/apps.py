from django.apps import AppConfig


class SsoConfig(AppConfig):
    """Log-in through the company's OpenID provider."""

    name = "config.kit.sso"
    label = "sso"
