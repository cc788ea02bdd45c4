"""A seal: what its signature says, and whether it is authentic."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True)
class Sealed:
    """A seal as an anchor keeps it. All values are text: the day as ISO, hash, key and signature as hexadecimal."""

    day: str
    count: int
    hash: str
    key: str
    signature: str

    @property
    def message(self) -> bytes:
        return f"audit {self.day} {self.count} {self.hash}".encode()

    def is_authentic(self, trusted: frozenset[str]) -> bool:
        if self.key not in trusted:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key)).verify(
                bytes.fromhex(self.signature), self.message
            )
        except (InvalidSignature, ValueError):
            return False
        return True
