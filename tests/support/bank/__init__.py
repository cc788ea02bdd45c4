"""A bank simulator: the banks' protocols over real sockets, with books that can be read back.

It shares no code with `payments.gateways`, so that client and bank cannot have one mistake in common. Started by
`python -m tests.support.bank --port 8900 --seed 0`; `tests.support.bank.client` talks to it from a test. Cards that
are refused stand in `cards.py`.

Each bank is a package here with a `SIMULATOR` (`simulator.py`): its addresses, cards and attacks. `/acs/…` is the
challenge of all of them.

Control, JSON in and out:

* `GET /control/books`: every order with charges, captured, refunded and voided, in minor units.
* `GET /control/calls`: every API call with the fault that struck it; no card data.
* `GET /control/pans`: the card numbers that must not be found anywhere after a run (`client.find_pans`).
* `POST /control/settle`: the end of the day, now.
* `POST /control/reset {"seed": 0}`: new books, no faults.
* `POST /control/faults {"kind", "gateway", "operation", "times", "probability", "seconds", "order_prefix"}`: see
  `faults.py`; `GET` lists them, `DELETE` clears them.
* `POST /control/knobs {"accept_duplicates": true}`: a bank that charges an order as often as it is asked.
"""
