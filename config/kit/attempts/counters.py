"""Counting attempts in PostgreSQL: one statement each, in the database's time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from config.kit.attempts.models import AttemptCounter
from config.kit.lib.encryption import fingerprint, fingerprints

_COUNT = """
    INSERT INTO attempts_attemptcounter AS counter (key, count, ends_at)
    SELECT wanted.key, 1, clock_timestamp() + wanted.seconds * interval '1 second'
    FROM unnest(%s::text[], %s::float8[]) AS wanted (key, seconds)
    ORDER BY wanted.key
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN counter.ends_at > clock_timestamp() THEN counter.count + 1 ELSE 1 END,
        ends_at = CASE WHEN counter.ends_at > clock_timestamp() THEN counter.ends_at ELSE excluded.ends_at END
    RETURNING counter.key, counter.count, extract(epoch FROM counter.ends_at - clock_timestamp())
"""
_READ = """
    SELECT key, count, extract(epoch FROM ends_at - clock_timestamp())
    FROM attempts_attemptcounter WHERE key = ANY(%s) AND ends_at > clock_timestamp()
"""


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts of `who` (an account, an address, a prefix) in `seconds`."""

    kind: str
    who: str
    most: int
    seconds: float

    @property
    def key(self) -> str:
        return fingerprint(self.who, f"attempt {self.kind}")

    @property
    def keys(self) -> list[str]:
        """Under all encryption keys: a rotation of keys ends no lock."""
        return fingerprints(self.who, f"attempt {self.kind}")


def count(limits: Sequence[Limit]) -> float | None:
    """Count one attempt under each limit. Seconds to wait if it was one too many for any of them."""
    wanted = {limit.key: limit for limit in limits}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(wanted), [limit.seconds for limit in wanted.values()]])
        rows = list(cursor.fetchall())
    return max((float(rest) for key, counted, rest in rows if counted > wanted[key].most), default=None)


def wait_of(limits: Sequence[Limit]) -> float | None:
    """Seconds to wait if any limit is used up. Counts nothing."""
    wanted = {key: limit for limit in limits for key in limit.keys}
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(wanted)])
        rows = list(cursor.fetchall())
    return max((float(rest) for key, counted, rest in rows if counted >= wanted[key].most), default=None)


def forget(limits: Sequence[Limit]) -> None:
    AttemptCounter.objects.filter(key__in=[key for limit in limits for key in limit.keys]).delete()
