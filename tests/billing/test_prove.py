"""A short run of `make prove`, and the control: with one guard off the proof must see the damage."""

import subprocess
import sys

from tests.prove.invariants import INVARIANTS
from tests.support.bank.client import ROOT
from tests.support.database import copied_database

SHORT = ("--payments", "25", "--every", "2", "--pace", "0.5", "--web-workers", "2")


def prove(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.prove", *SHORT, *arguments]
    with copied_database() as url:
        return subprocess.run(
            [*command, "--database", url], cwd=ROOT, capture_output=True, text=True, timeout=400
        )


def test_our_books_equal_the_banks_whatever_dies():
    run = prove()
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("\nholds ") >= len(INVARIANTS)


def test_the_proof_sees_a_guard_that_is_off():
    run = prove("--scenario", "control")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "broken  no bill is paid twice" in run.stdout
