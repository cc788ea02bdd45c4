"""A bank of our own: NestPay, Garanti and iyzico shapes over real sockets, with books that can be read back.

It shares no code with `payments.gateways`, so that client and bank cannot have one mistake in common.
Started by `python -m tests.support.bank --port 8900`; `tests.support.bank.client` talks to it from a test.
"""
