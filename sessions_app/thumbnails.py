"""Small versions of pictures, for the timeline. Whatever cannot be made small safely has none, and is a plain file."""

import io
import logging
import threading
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
"""Pictures with more are not opened: a small file may unfold to fill the memory."""

SHOWN = 240
"""The longest side of a picture in the timeline, in the pixels of pages."""

LARGEST = (2 * SHOWN, 2 * SHOWN)
"""Twice as large, for screens with fine pixels."""

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")

_one_at_a_time = threading.Lock()  # each may take a few hundred megabytes while it is opened

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A WebP picture with nothing in it but its pixels: no place, no camera, no comments.

    `width` and `height` are those at which it is shown.
    """

    content: bytes
    width: int
    height: int


def thumbnail_of(file: IO[bytes]) -> Thumbnail | None:
    """The picture as small as the timeline shows it, upright, its first frame only. None if it cannot be made.

    Never raises, whatever is in the file; the file is left at its start.
    """
    file.seek(0)
    try:
        with _one_at_a_time:
            return _thumbnail(file)
    except Exception as error:  # noqa: BLE001 - Pillow raises nearly anything for what is not quite a picture
        log.info("No thumbnail could be made: %s", type(error).__name__)
        return None
    finally:
        file.seek(0)


def _thumbnail(file: IO[bytes]) -> Thumbnail | None:
    with Image.open(file, formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return None
        picture.draft("RGB", LARGEST)  # a JPEG is read at a fraction of its size
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        small = picture.convert(mode) if picture.mode in ("1", "P", "PA") else picture
        small.thumbnail(LARGEST)
        small = ImageOps.exif_transpose(small).convert(mode)
        bare = Image.new(mode, small.size)  # what is beside the pixels stays behind
        bare.paste(small)
    kept = io.BytesIO()
    bare.save(kept, "WEBP", quality=80)
    scale = min(1, SHOWN / max(bare.size))
    return Thumbnail(kept.getvalue(), max(1, round(bare.width * scale)), max(1, round(bare.height * scale)))
