"""The formats of logos. Others that Pillow reads run interpreters (EPS, PDF) or are no images for a browser."""

import warnings
from typing import Any

from PIL import Image

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
SUFFIXES = {**{suffix: name for name, suffix in FORMATS.items()}, "jpeg": "JPEG"}
MAX_PIXELS = 4_000_000


class NotALogoError(ValueError):
    """The file is no complete image of FORMATS, or has too many pixels."""


def format_of(file: Any) -> str:
    """The format's name. Raises NotALogoError."""
    try:
        with warnings.catch_warnings(), Image.open(file, formats=list(FORMATS)) as image:
            warnings.simplefilter("error")
            if image.width * image.height > MAX_PIXELS:
                raise NotALogoError(f"more than {MAX_PIXELS} pixels")
            image.load()
            return str(image.format)
    except NotALogoError:
        raise
    except Exception as error:  # Pillow raises whatever a broken file leads it to
        raise NotALogoError("not an image") from error
