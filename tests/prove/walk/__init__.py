"""The stateful walk: hypothesis invents what payers, clerks, banks and power cuts do, one after another and in the
middle of each other, and after each walk our books must be the bank's.

Everything runs in one process: the bank simulator is called without sockets and its time is virtual, so a walk is
quick and can be repeated. `python -m tests.prove.walk --help`; `make prove WALKS=1000`; a short run is part of the
tests.
"""
