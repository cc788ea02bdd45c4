"""Masked identities and names."""


def mask_identity(identity: str) -> str:
    """`17654932298` → `176****298`."""
    return f"{identity[:3]}****{identity[-3:]}"


def mask_name(name: str) -> str:
    """`Test Kartı` → `T*** K***`; the length of the words is hidden."""
    return " ".join(f"{word[0]}***" for word in name.split())
