from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.models import StatementLayout
from billing.statements.loading import load_statement
from billing.statements.runs import reconcile_statements
from config.kit.lib.errors import RuleError
from payments.management.arguments import add_channel_argument, channel_of


class Command(BaseCommand):
    help = "Load a bank's statement (CSV or XLSX) by a layout, match its lines and list the differences."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        add_channel_argument(parser)
        parser.add_argument("--bank", required=True, help="slug of the bank")
        parser.add_argument("--layout", required=True, help="name of the layout")
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="first day: 2026-01-01")
        parser.add_argument("--until", type=date.fromisoformat, required=True, help="last day")
        parser.add_argument("--dry-run", action="store_true", help="check the file without writing")

    def handle(self, *args: Any, **options: Any) -> None:
        layout = StatementLayout.objects.filter(
            bank__channel=channel_of(options), bank__slug=options["bank"], name=options["layout"]
        ).first()
        if layout is None:
            raise CommandError(f"Bank {options['bank']} has no layout {options['layout']}.")
        file: Path = options["file"]
        try:
            with file.open("rb") as source:
                loaded = load_statement(
                    layout,
                    file=source,
                    name=file.name,
                    first_day=options["since"],
                    last_day=options["until"],
                    user_id=None,
                    dry_run=options["dry_run"],
                )
        except (RuleError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{loaded.created} new lines, {loaded.known} known.")
        if loaded.statement is not None:
            run = reconcile_statements(layout.bank)
            self.stdout.write(f"{run.matched} matches, {run.booked} booked, {run.opened} new differences.")
