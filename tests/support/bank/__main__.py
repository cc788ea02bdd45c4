"""`python -m tests.support.bank [--port N] [--seed N]`: serves until it is stopped; prints its address
first.
"""

import argparse

from tests.support.bank.server import Server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.bank", description=__doc__)
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free one (default: 8900)")
    parser.add_argument("--seed", type=int, default=0, help="of faults with a probability (default: 0)")
    options = parser.parse_args()
    with Server(options.port, options.seed) as server:
        print(f"bank simulator on {server.bank.base_url}", flush=True)  # noqa: T201 this is its output
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
