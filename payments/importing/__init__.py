"""Loading lists from files: banks, BINs of a card, a country's BIN list."""
