"""Garanti's hashes, written a second time from docs/gateways/garanti.md."""

import hashlib


def upper_sha512(text: str) -> str:
    return hashlib.sha512(text.encode()).hexdigest().upper()


def security_data(password: str, terminal: str) -> str:
    padded = "0" * (9 - len(terminal)) + terminal
    return hashlib.sha1((password + padded).encode()).hexdigest().upper()
