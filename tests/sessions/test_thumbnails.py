"""Pictures are shown small, as a picture of our own making; whatever cannot be made small safely is a plain file."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sessions_app import thumbnails
from sessions_app.actions import attach
from sessions_app.models import Agent, Attachment, LiveSession
from sessions_app.thumbnails import Thumbnail, thumbnail_of
from tests.cast import CUSTOMER, address, browser_of
from tests.moments import STARTED

ORIENTATION, GPS = 0x0112, 0x8825


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **more: Any) -> bytes:
    kept = io.BytesIO()
    Image.new(mode, (width, height), "red" if mode in ("RGB", "RGBA") else 0).save(kept, kind, **more)
    return kept.getvalue()


def small(content: bytes) -> Thumbnail:
    made = thumbnail_of(io.BytesIO(content))
    assert made
    return made


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_every_common_picture_gets_a_small_one(kind: str) -> None:
    made = small(picture(1200, 800, kind))
    shown = Image.open(io.BytesIO(made.content))
    assert (shown.format, shown.size) == ("WEBP", (480, 320))
    assert (made.width, made.height) == (240, 160)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_colours_of_every_kind_are_fine(mode: str) -> None:
    assert small(picture(30, 20, mode=mode)).width == 30


def test_a_tiny_or_a_narrow_picture_stays_as_it_is_and_never_vanishes() -> None:
    assert (small(picture(16, 16)).width, small(picture(5000, 2)).height) == (16, 1)


def test_a_photograph_stands_upright_and_does_not_say_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    made = small(picture(1200, 800, "JPEG", exif=exif, comment=b"secret"))
    shown = Image.open(io.BytesIO(made.content))
    assert shown.size == (320, 480)
    assert not shown.getexif() and "exif" not in shown.info and b"secret" not in made.content


def test_of_an_animation_there_is_the_first_frame() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    kept = io.BytesIO()
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:])
    shown = Image.open(io.BytesIO(small(kept.getvalue()).content))
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").resize((1, 1)).tobytes()[0] > 200


def bomb(side: int) -> bytes:
    """A few kilobytes that say they are a picture of this many pixels squared."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!L", len(data)) + name + data + struct.pack("!L", zlib.crc32(name + data))

    head = struct.pack("!LLBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


NO_PICTURES = {
    "a bomb": bomb(8_000),
    "a larger bomb": bomb(60_000),
    "half of one": picture(500, 500)[:300],
    "only a head": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(30),
    "something else": b"%PDF-1.7",
    "nothing": b"",
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_whatever_else_is_in_a_file_it_just_has_no_small_picture(content: bytes) -> None:
    file = io.BytesIO(content)
    assert thumbnail_of(file) is None and file.tell() == 0


def test_pillow_is_never_asked_about_other_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    assert thumbnail_of(io.BytesIO(picture(10, 10, "BMP"))) is None
    monkeypatch.setattr(thumbnails, "FORMATS", ("BMP",))
    assert thumbnail_of(io.BytesIO(picture(10, 10, "BMP")))


def test_a_picture_is_shown_in_the_room_with_its_size_and_only_as_a_picture(
    session: LiveSession, anna: Agent, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    photo = SimpleUploadedFile("house.png", picture(1200, 800))
    row = attach(session.pk, CUSTOMER, photo, key=uuid4(), now=STARTED)
    annas, shown_at = browser_of(anna), address(session, "agent", "files", row.payload["file"], "thumbnail")
    page = annas.get(address(session, "agent")).content.decode()
    assert f'src="{shown_at}" width="240" height="160" alt="house.png"' in page
    shown = annas.get(shown_at)
    assert shown.headers["Content-Type"] == "image/webp" and "attachment" not in shown.headers.get(
        "Content-Disposition", ""
    )
    assert (
        shown.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in shown.headers["Content-Security-Policy"]
    )
    assert Image.open(io.BytesIO(b"".join(shown))).size == (480, 320)
    assert Attachment.objects.get().width == 240


def test_a_file_without_a_small_picture_has_none_to_show(
    session: LiveSession, anna: Agent, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = attach(session.pk, CUSTOMER, SimpleUploadedFile("a.txt", b"text"), key=uuid4(), now=STARTED)
    annas = browser_of(anna)
    assert "thumbnail" not in annas.get(address(session, "agent")).content.decode()
    assert annas.get(address(session, "agent", "files", row.payload["file"], "thumbnail")).status_code == 404
