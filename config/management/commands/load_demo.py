"""Demo data: a channel that takes payments, and accounts with bills to pay."""

import json
from argparse import ArgumentParser
from typing import Any

import pghistory
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

import billing.demo
import payments.demo
from payments.models import Channel

DEMO_FILE = settings.FILES_DIR / "fixtures" / "demo.json"


class Command(BaseCommand):
    help = "Load the demo data of fixtures/demo.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only-empty", action="store_true", help="Do nothing if a channel exists.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only_empty"] and Channel.objects.exists():
            return
        demo = json.loads(DEMO_FILE.read_text())
        with transaction.atomic(), pghistory.context(command="load_demo"):
            channel = payments.demo.load(demo)
            billing.demo.load(demo, channel)
        self.stdout.write("Demo data loaded.")
