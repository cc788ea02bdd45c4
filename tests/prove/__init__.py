"""`make prove`: payments against a bank that lies, hangs and dies, while our processes are killed. Afterwards our books
and the bank's must agree (docs/proof.md).

`scenarios/` is what goes wrong around the application, `faults.py` what goes wrong at the bank, `crowd.py` who is at
work meanwhile, `invariants/` what must be true afterwards. `walk/` is the stateful walk, a program of its own.
"""
