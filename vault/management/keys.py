"""New API keys as the commands print them."""

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
