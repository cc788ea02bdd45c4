"""Places outside the database that keep the seals: a file, a syslog server, a bucket of an S3-compatible store."""

import json
import logging
import logging.handlers
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from config.kit.audit.sealed import Sealed

TIMEOUT = 10.0
"""Seconds for connecting, and for each read."""

if TYPE_CHECKING:
    from minio import Minio


def anchor(made: Sealed) -> None:
    """Hand a seal to every anchor that is set. One that fails keeps none of the others from it; raises
    ExceptionGroup after all.
    """
    line = json.dumps(asdict(made))
    faults = [fault for keep in (_to_file, _to_syslog, _to_bucket) if (fault := _fault_of(keep, made, line))]
    if faults:
        raise ExceptionGroup("A seal of the audit log is not kept everywhere", faults)


def anchored_seals(path: Path | None = None) -> Iterator[Sealed]:
    """Of the anchor file and of the bucket. Raises ValueError for what is no seal, OSError where nothing is read."""
    path = path or settings.AUDIT_ANCHOR_FILE
    if path.exists():
        with path.open() as lines:
            for line in lines:
                yield Sealed(**json.loads(line))
    if settings.AUDIT_ANCHOR_S3:
        yield from _in_bucket(read_bucket(settings.AUDIT_ANCHOR_S3))


@dataclass(frozen=True)
class Bucket:
    client: "Minio"
    name: str
    prefix: str


def read_bucket(url: str) -> Bucket:
    """Of `https://KEY:SECRET@HOST/BUCKET/PREFIX`, key and secret percent-encoded. Raises ValueError."""
    from minio import Minio  # of the dependency group `s3`, as urllib3 is
    from urllib3 import PoolManager, Retry, Timeout

    parts = urlsplit(url)
    name, _, prefix = parts.path.strip("/").partition("/")
    if not (parts.hostname and name and parts.username and parts.password):
        raise ValueError("AUDIT_ANCHOR_S3 has the form https://KEY:SECRET@HOST/BUCKET/PREFIX.")
    host = parts.netloc.rpartition("@")[2]
    client = Minio(
        endpoint=host,
        access_key=unquote(parts.username),
        secret_key=unquote(parts.password),
        secure=parts.scheme == "https",
        http_client=PoolManager(timeout=Timeout(TIMEOUT), retries=Retry(2, backoff_factor=0.5)),
    )
    return Bucket(client, name, f"{prefix}/" if prefix else "")


def _fault_of(keep: Callable[[Sealed, str], None], made: Sealed, line: str) -> Exception | None:
    try:
        keep(made, line)
    except Exception as error:
        return error
    return None


def _to_file(_made: Sealed, line: str) -> None:
    path: Path = settings.AUDIT_ANCHOR_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(line + "\n")


def _to_syslog(_made: Sealed, line: str) -> None:
    if settings.AUDIT_ANCHOR_SYSLOG:
        host, _, port = settings.AUDIT_ANCHOR_SYSLOG.partition(":")
        handler = logging.handlers.SysLogHandler((host, int(port or 514)))
        handler.emit(logging.LogRecord("audit", logging.INFO, __file__, 0, line, None, None))
        handler.close()


def _to_bucket(made: Sealed, line: str) -> None:
    """An object of its own for each seal, so that the store's object lock keeps it from being replaced."""
    if settings.AUDIT_ANCHOR_S3:
        bucket = read_bucket(settings.AUDIT_ANCHOR_S3)
        body = line.encode()
        name = f"{bucket.prefix}{made.day}/{made.count:012d}.json"
        bucket.client.put_object(
            bucket_name=bucket.name, object_name=name, data=BytesIO(body), length=len(body),
            content_type="application/json",
        )  # fmt: skip


def _in_bucket(bucket: Bucket) -> Iterator[Sealed]:
    from minio.error import MinioException
    from urllib3.exceptions import HTTPError

    try:
        yield from _objects_of(bucket)
    except (MinioException, HTTPError) as error:
        raise OSError(f"The bucket {bucket.name} cannot be read: {error}") from error


def _objects_of(bucket: Bucket) -> Iterator[Sealed]:
    for found in bucket.client.list_objects(bucket_name=bucket.name, prefix=bucket.prefix, recursive=True):
        answer: Any = bucket.client.get_object(bucket_name=bucket.name, object_name=str(found.object_name))
        with answer:
            yield Sealed(**json.loads(answer.read()))
