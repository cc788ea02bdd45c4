"""What one hung bank costs everybody else, while sixteen payers at a time try the bank that hangs."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.beside import Place, run

PAYERS = 16


def main() -> int:
    return run("hung_bank", _hung_bank, f"{PAYERS} payers at a bank that hangs")


@contextmanager
def _hung_bank(place: Place) -> Iterator[None]:
    import httpx

    from tests.support.two_banks import HUNG

    place.bank.fault("delay_before", gateway=HUNG, operation="sale", seconds=60)
    over = threading.Event()

    def hang_on() -> None:
        with httpx.Client(base_url=place.url, timeout=90, trust_env=False) as http:
            while not over.is_set():
                body = place.shop.body(HUNG, next(place.bills))
                answer = http.post("/api/payment/add", json=body, headers=place.shop.headers)
                if answer.json().get("error") == "GatewayUnavailableException":
                    over.wait(0.5)  # a payer who tries again

    payers = [threading.Thread(target=hang_on, daemon=True) for _ in range(PAYERS)]
    for payer in payers:
        payer.start()
    yield
    over.set()
    for payer in payers:
        payer.join(60)


if __name__ == "__main__":
    sys.exit(main())
