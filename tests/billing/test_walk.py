"""A short stateful walk, and controls: with a guard off the walk must see the damage (`tests/prove/walk`).

WALK_SECONDS (120) and WALK_SEED set how long and from where; the seed of a failure is in its message.
"""

import os

import pytest

from tests.prove.walk.controls import CONTROLS
from tests.prove.walk.runner import walk

SECONDS = float(os.environ.get("WALK_SECONDS", "120"))
SEED = int(os.environ.get("WALK_SEED", "20261121"))


def test_after_every_walk_our_books_are_the_banks(transactional_db):
    result = walk(first_seed=SEED, seconds=SECONDS)
    if result.failure is not None:
        pytest.fail(f"python -m tests.prove.walk --walks 1 --seed {result.seed}\n{result.failure!r}")


@pytest.mark.parametrize("name", ["not-sent-is-doubt"])
def test_the_walk_sees_a_guard_that_is_off(transactional_db, name):
    assert walk(first_seed=1, seconds=60, shrink=False, control=CONTROLS[name]).failure is not None


def test_every_control_finds_what_it_switches_off(transactional_db):
    """A renamed function must not make a control do nothing."""
    for control in CONTROLS.values():
        with control():
            pass
