"""One run: a shop, a crowd, disturbances, calm, and the invariants. Django is set up."""

import argparse
import threading
import time
from collections import Counter
from random import Random

from django.core.management import call_command
from django.db import connection

from tests.prove.crowd import LISTENERS, Crowd
from tests.prove.day import calm_down, end_day
from tests.prove.faults import all_faults
from tests.prove.invariants import INVARIANTS
from tests.prove.invariants.seen import Seen
from tests.prove.payers import CARD_ON_A_PAGE
from tests.prove.report import print_run, print_table
from tests.prove.scenarios import CONTROL
from tests.prove.scenarios.base import Scenario
from tests.prove.shop import open_shop
from tests.prove.world import World
from tests.support.listener import Listener, listening

DAY_SECONDS = 5
"""Of the bank's day: until its end it voids and refuses refunds, afterwards the other way round."""
LONG_RUN = 1000
"""Payments from which on everything that can happen must have happened."""


def prove(world: World, scenario: Scenario, options: argparse.Namespace) -> bool:
    """Whether all invariants hold. Prints them."""
    call_command("migrate", verbosity=0)
    shop = open_shop(world.bank.base_url, options.payments, Random(options.seed))
    if options.scenario == CONTROL:
        switch_guard_off()
    started = time.monotonic()
    with listening() as listener:
        world.start()
        crowd = Crowd(world.base_url, shop, options.payments, options.seed, listener)
        for fault in all_faults(world.setup.pace):
            world.bank.control("faults", fault)
        done = disturb(world, crowd, scenario, options)
        disturbed = time.monotonic() - started
        scenario.heal(world)
        if options.scenario != CONTROL:
            calm_down(world, crowd)
        crowd.close()
        world.stop_processes()
    print_run(options.seed, disturbed, time.monotonic() - started - disturbed, crowd, done)
    seen = _seen(world, crowd, listener, scenario)
    found = {name: check(seen) for name, check in INVARIANTS.items()}
    found["everything happened"] = scenario.missed(done, is_long=options.payments >= LONG_RUN)
    return print_table(found)


def disturb(world: World, crowd: Crowd, scenario: Scenario, options: argparse.Namespace) -> Counter[str]:
    """Until the crowd is done. How often what happened."""
    done: Counter[str] = Counter()
    random = Random(options.seed)
    every = options.every or scenario.every_seconds
    thread = threading.Thread(target=crowd.run)
    thread.start()
    struck = day_began = time.monotonic()
    while thread.is_alive():
        happened = [scenario.watch(world)]
        if time.monotonic() - struck > every:
            happened.append(scenario.strike(world, random))
            struck = time.monotonic()
        done.update(filter(None, happened))
        if time.monotonic() - day_began > DAY_SECONDS:
            end_day(world.bank)
            day_began = time.monotonic()
        world.tend()
        time.sleep(0.3)
    thread.join()
    return done


def switch_guard_off() -> None:
    """The control: without the two guards of "one open payment for a bill" the proof must find double payments."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_paymentbill DISABLE TRIGGER USER")
        cursor.execute("DROP INDEX billing_one_open_payment_per_bill")


def _seen(world: World, crowd: Crowd, listener: Listener, scenario: Scenario) -> Seen:
    return Seen(
        books=world.bank.books(),
        calls=world.bank.control("calls", method="GET"),
        told=crowd.told,
        heard={
            listener.url(path): {event["eventId"] for event in listener.events(path)} for path in LISTENERS
        },
        log=world.log_file,
        user=crowd.shop.portal,
        pages_with_cards=crowd.counts[CARD_ON_A_PAGE],
        expected_errors=scenario.expected_errors,
    )
