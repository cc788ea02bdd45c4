"""What the commands that make keys print: once, as one JSON object, and nowhere else."""

import json
from typing import Any

from vault.services.keys import IssuedKey


def as_json(issued: IssuedKey) -> str:
    shown: dict[str, Any] = {
        "merchant": issued.key.merchant_id,
        "apikeyprivate": issued.private,
        "apiclientprivate": issued.client,
    }
    return json.dumps(shown)
