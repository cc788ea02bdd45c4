"""The way out where nobody is left who could reset it in the admin. Whoever runs it owns the server."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from config.kit.factors.enrolment import remove_all


class Command(BaseCommand):
    help = "Remove all second factors of a user and end the sessions. A new one is added at the next log-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("There is no such user.")
        remove_all(user, actor_id=user.pk)
        self.stdout.write(f"The second factor of {user.username} was reset.")
