"""`manage.py doctor`: looks at the whole installation. Exit status 1 where something is wrong."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.process import doctor
from config.process.doctor import Finding
from payments.gateways import registry
from payments.models import POS
from payments.pos_addresses import ADDRESS_FIELDS


class Command(BaseCommand):
    help = "Look at database, settings, keys, clock, workers, disk, banks and certificates; say what to do."
    requires_system_checks = ()  # they are part of what is looked at

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--offline", action="store_true", help="call no bank, and not this site")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for finding in _examine(is_offline=options["offline"]):
            mark = "ok  " if not finding.advice else "BAD " if finding.is_fault else "look"
            self.stdout.write(f"{mark}  {finding.about}: {finding.text}")
            if finding.advice:
                self.stdout.write(f"      {finding.advice}")
                faults += finding.is_fault
        if faults:
            raise CommandError(f"{faults} {'thing is' if faults == 1 else 'things are'} wrong.")


def _examine(*, is_offline: bool) -> Iterator[Finding]:
    yield from doctor.examine_settings()
    found = list(doctor.examine_database())
    yield from found
    yield from doctor.examine_disk()
    if any(finding.advice and finding.is_fault and finding.about != "clock" for finding in found):
        return  # what follows asks the database
    yield from doctor.examine_keys()
    yield from doctor.examine_workers()
    if not is_offline:
        yield from _examine_addresses()


def _examine_addresses() -> Iterator[Finding]:
    if settings.PUBLIC_URL.startswith("https:"):
        yield doctor.examine_address("this site", settings.PUBLIC_URL)
    for gateway, url in sorted(_bank_addresses()):
        yield doctor.examine_address(f"bank ({gateway})", url)


def _bank_addresses() -> set[tuple[str, str]]:
    """Of POS that call banks. A host is asked once for each gateway."""
    by_host = {}
    for pos in POS.objects.order_by("pk"):
        gateway = registry.find(pos.gateway)
        if gateway is None or not gateway.is_operable or gateway.is_simulated:
            continue
        for url in filter(None, (getattr(pos, field) for field in ADDRESS_FIELDS)):
            by_host[gateway.name, url.split("/")[2]] = url
    return {(name, url) for (name, _host), url in by_host.items()}
