from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from environs import FileAwareEnv

from config.process import app_role


class Command(BaseCommand):
    help = (
        "Create the PostgreSQL role that the program runs as, and grant what it needs. Run it as the owner of the "
        "database, once; each migrate renews the grants. The password comes from DATABASE_APP_PASSWORD (or _FILE)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", nargs="?", default=settings.DATABASE_APP_ROLE)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["role"]:
            raise CommandError("Name the role, or set DATABASE_APP_ROLE.")
        app_role.create(options["role"], FileAwareEnv(strip_whitespace=True).str("DATABASE_APP_PASSWORD", ""))
        self.stdout.write(f"{options['role']} may read and write rows, and owns nothing.")
