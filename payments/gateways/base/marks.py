"""Marks texts for translation without importing Django, which gateways do not depend on."""


def gettext_noop(text: str) -> str:
    """`text` unchanged; makemessages finds it by this function's name."""
    return text
