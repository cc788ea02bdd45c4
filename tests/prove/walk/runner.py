"""Walks until enough: so many of them, or for so long; each batch from its own seed, which is printed."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from unittest import mock

from django.test import override_settings
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from billing.attempts import gateway
from tests.prove.walk.machine import Walk
from tests.prove.walk.shop import find_shop, open_shop
from tests.prove.walk.wire import Wire

BATCH = 10
STEPS = 30
SETTINGS = {
    "GATEWAY_TIMEOUT_SECONDS": 30.0,
    "IN_FLIGHT_SECONDS": 120,
    "THREE_D_MINUTES": 15,
    "PUBLIC_URL": "https://shop.test",
    # Limits before the bank have their own tests; here they would only keep the walk from happening.
    **dict.fromkeys(
        ("VELOCITY_PER_BILL", "VELOCITY_PER_CARD", "VELOCITY_PER_ACCOUNT", "VELOCITY_PER_ADDRESS"), 10**6
    ),
    "GATEWAY_BREAKER_FAILURES": 10**6,
}


@dataclass
class Result:
    walks: int
    steps: int
    seconds: float
    seed: int
    """Of the last batch: of the failure, where there is one."""
    failure: BaseException | None = None


def walk(
    *,
    first_seed: int,
    walks: int = 0,
    seconds: float = 0,
    shrink: bool = True,
    control: Callable[[], AbstractContextManager[object]] | None = None,
) -> Result:
    """`control` is a guard that is off meanwhile: then a failure must come."""
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    batch_settings = settings(
        max_examples=BATCH,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        print_blob=False,
        verbosity=Verbosity.quiet if control else Verbosity.normal,
        suppress_health_check=list(HealthCheck),
    )
    wire = Wire()
    result = Result(0, 0, 0, first_seed)
    started = time.monotonic()
    with (
        mock.patch.object(gateway, "_client", wire.client),
        override_settings(**SETTINGS),
        (control or nullcontext)(),
    ):
        shop = find_shop() or open_shop()

        class Machine(Walk):
            """A class of its own: hypothesis keeps the seed on it."""

        Machine.shop, Machine.wire = shop, wire
        while True:
            try:
                run_state_machine_as_test(seed(result.seed)(Machine), settings=batch_settings)
            except Exception as error:  # also what hypothesis wraps around several failures
                result.failure = error
            result.walks += BATCH
            result.steps, result.seconds = Machine.steps, time.monotonic() - started
            enough = result.walks >= walks if walks else result.seconds >= seconds
            if result.failure is not None or enough:
                return result
            result.seed += 1
