"""Turkish letters."""

_ASCII = str.maketrans("ıİşŞğĞüÜöÖçÇ", "iIsSgGuUoOcC")


def ascii_turkish(text: str) -> str:
    """`Iğdır Çağdaş` → `Igdir Cagdas`. Other letters stay."""
    return text.translate(_ASCII)
