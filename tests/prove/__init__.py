"""`make prove`: thousands of payments against a bank that lies, hangs and dies, with our processes killed at every
named point. Afterwards our books and the bank's must agree.
"""
