from django.apps import AppConfig


class AttemptsConfig(AppConfig):
    name = "config.kit.attempts"
    label = "attempts"

    def ready(self) -> None:
        from config.kit.attempts import log_in  # models are ready

        log_in.connect()
