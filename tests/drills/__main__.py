"""The database is killed in the middle of an import; then it is lost, restored, and compared with the bank's books.

`python -m tests.drills [--directory DIR]`. Exit status 1 where something was not as it has to be.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.drills.program import Program
from tests.prove.postgres import Cluster
from tests.support.bank.client import BankProcess

BEFORE, AFTER, LAST = 10, 10, 5
"""Payments before the backup, after it, and in the last seconds, of which no whole file of the log is written."""
BINS = 300_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills")
    parser.add_argument("--directory", type=Path)
    options = parser.parse_args()
    with _directory(options.directory) as directory, BankProcess() as bank:
        server = Cluster(directory / "server")
        with server.running():
            server.execute("ALTER SYSTEM SET fsync = off")  # the machine itself is not lost here
            server.execute("SELECT pg_reload_conf()")
            try:
                rehearse(directory, server, bank)
            finally:
                server.kill()
                for process in STARTED:
                    process.terminate()
                    process.wait()
    say("all as it has to be")
    return 0


def rehearse(directory: Path, server: Cluster, bank: BankProcess) -> None:
    program = Program(server.url)
    say("migrate")
    program.manage("migrate", "--verbosity", "0")
    kill_during_import(server, program)
    lose_and_restore(directory, server, program, bank)


STARTED: list[subprocess.Popen[bytes]] = []


@contextmanager
def _directory(given: Path | None) -> Iterator[Path]:
    if given:
        given.mkdir(parents=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="drill-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def require(is_so: bool, text: str) -> None:
    say(f"{'ok ' if is_so else 'NOT'}  {text}")
    if not is_so:
        raise SystemExit(1)


def kill_during_import(server: Cluster, program: Program) -> None:
    card = program.call("make_card")
    lines = [f"{number}\n".encode() for number in range(10_000_000, 10_000_000 + BINS)]
    importing = program.start_import(card)
    assert importing.stdin is not None
    importing.stdin.writelines(lines[: BINS // 2])
    importing.stdin.flush()
    server.kill()
    say("the database is killed, half of the file is sent")
    server.start()
    try:
        importing.stdin.writelines(lines[BINS // 2 :])
        importing.stdin.close()
    except BrokenPipeError:
        pass
    told = (importing.stderr.read() if importing.stderr else b"").decode().strip().splitlines()
    require(importing.wait() == 1, f"the import fails: {told[-1] if told else ''}")
    require(program.call("count_bins") == "0", "nothing of the file is kept")
    again = program.start_import(card)
    assert again.stdin is not None
    again.stdin.writelines(lines)
    again.stdin.close()
    require(again.wait() == 0, "the same command works")
    require(program.call("count_bins") == str(BINS), f"all {BINS} rows are there")


def lose_and_restore(directory: Path, server: Cluster, program: Program, bank: BankProcess) -> None:
    backup, log = directory / "backup", directory / "log"
    program.call("open_shop", bank.base_url)
    program.call("pay", bank.base_url, BEFORE)
    say(f"{BEFORE} payments")
    log.mkdir()
    receive = server.receive_log(log)
    STARTED.append(receive)
    server.back_up(backup)
    say("base backup; pg_receivewal streams the log")
    program.call("pay", bank.base_url, AFTER)
    server.execute("SELECT pg_switch_wal()")
    program.call("pay", bank.base_url, LAST)
    _wait_for_log(server, log)
    say(f"{AFTER} and {LAST} payments")
    server.kill()
    shutil.rmtree(server.data)
    receive.terminate()
    receive.wait()
    say("the database is lost")
    begun = time.monotonic()
    restore(server, backup, log, with_last=False)
    require(program.call("compare", bank.base_url) == f"{LAST} at the bank only",
            "without the last, unfinished file of the log the comparison finds what is missing")  # fmt: skip
    server.kill()
    shutil.rmtree(server.data)
    restore(server, backup, log, with_last=True)
    require(program.call("compare", bank.base_url) == "agree", "with it, ours and the bank's books agree")
    say(f"two restores took {time.monotonic() - begun:.0f} s")
    program.call("pay", bank.base_url, 1)
    require(program.call("compare", bank.base_url) == "agree", "payments go on")


def restore(server: Cluster, backup: Path, log: Path, *, with_last: bool) -> None:
    """What docs/operations.md says, "Point-in-time restore"."""
    files = log.with_name("log-to-read")
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    for file in sorted(log.iterdir()):
        if file.suffix != ".partial":
            shutil.copy(file, files / file.name)
        elif with_last:
            shutil.copy(file, files / file.stem)
    shutil.copytree(backup, server.data)
    server.recover_from(files)
    say("restored")


def _wait_for_log(server: Cluster, log: Path) -> None:
    """Until the log's copy has all that is committed."""
    for _ in range(100):
        if server.is_received():
            return
        time.sleep(0.1)
    raise RuntimeError(f"{log} is behind")


if __name__ == "__main__":
    sys.exit(main())
