"""Pictures: each is drawn anew before it is kept, and once more as a small one for lists."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import IO

from superapp.kernel.language import gettext as _

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 4096
"""Pixels that a stored photo has on its longer side at most; larger JPEG are read at a half or less, which keeps memory flat."""
SMALL_SIDE, SMALL_BYTES = 320, 60_000
"""What a small picture has at most: pixels on its longer side, and bytes."""
SMALL_TYPE = "image/jpeg"
_FORMS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_drawing = threading.Lock()
"""One picture at a time: each may take a hundred megabytes while it is drawn."""


def redrawn(stream: IO[bytes], extension: str) -> IO[bytes]:
    """Return the image drawn anew: upright, without place and camera data, and without what hides behind its end.

    Raises ValueError with a sentence when it is broken, or has more pixels than MOST_PIXELS.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    form, drawn = _FORMS[extension], BytesIO()
    try:
        with _drawing, Image.open(stream, formats=[form]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(_("Gambar terlalu besar. Kecilkan dulu, lalu unggah lagi."))
            half = 1 << max(0, (max(image.size) - 1) // LONGEST_SIDE).bit_length()
            image.draft(None, (image.width // half, image.height // half))
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGB") if form == "JPEG" and upright.mode != "RGB" else upright
            plain.info.clear()
            plain.save(drawn, form, quality=88)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError, EOFError) as error:
        raise ValueError(_("Gambar rusak. Pilih gambar lain.")) from error
    drawn.seek(0)
    return drawn


def small(stream: IO[bytes]) -> IO[bytes]:
    """Return the small JPEG of a picture that `redrawn` has made, on white paper; the stream is rewound."""
    from PIL import Image

    stream.seek(0)
    with _drawing, Image.open(stream) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        picture = image.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture)
    stream.seek(0)
    for quality in (80, 60, 40, 20):
        drawn = BytesIO()
        paper.save(drawn, "JPEG", quality=quality)
        if drawn.tell() <= SMALL_BYTES:
            break
    drawn.seek(0)
    return drawn
