"""Looking at a PDF as its readers do: the words in a place, the pixels of a place, what is left of a form."""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from sessions_app.documents.fields import Place
from sessions_app.documents.pdf.geometry import Box
from sessions_app.documents.pdf.opening import sheet_of

CORPUS = Path(__file__).parent / "corpus"
LEFTOVERS = (b"/AcroForm", b"/Annots", b"/AA", b"/JS", b"/JavaScript", b"/XFA", b"/OpenAction", b"/EmbeddedFile")


class Seen:
    """A PDF as pdfium shows it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.document = PdfDocument(content)
        self.document.init_forms()
        self._texts: dict[int, Any] = {}
        self._drawn: dict[int, Image.Image] = {}

    def words(self, place: Place) -> str:
        """What can be read in a place, spaces and breaks left out."""
        if place.page not in self._texts:
            page = self.document[place.page]
            self._texts[place.page] = sheet_of(page), page.get_textpage()
        sheet, text = self._texts[place.page]
        found = text.get_text_bounded(*sheet.own(_box(place)))
        return "".join(found.split())

    def everything(self, page: int = 0) -> str:
        found: str = self.document[page].get_textpage().get_text_bounded()
        return found

    def pixels(self, place: Place) -> Image.Image:
        """The place, twice as large as in print."""
        page = self.document[place.page]
        if place.page not in self._drawn:
            self._drawn[place.page] = page.render(scale=2, may_draw_forms=True).to_pil().convert("L")
        whole, high = self._drawn[place.page], page.get_height()
        left, bottom, right, top = _box(place)
        return whole.crop((round(left * 2), round((high - top) * 2), round(right * 2), round((high - bottom) * 2)))

    @property
    def sizes(self) -> list[list[float]]:
        return [[round(side, 2) for side in page.get_size()] for page in self.document]


def differences(one: Image.Image, other: Image.Image) -> int:
    """How many pixels are clearly darker or lighter."""
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    return sum(abs(a - b) > 64 for a, b in pairs)


def dark(picture: Image.Image) -> int:
    """How many pixels are dark."""
    return sum(value < 128 for value in picture.tobytes())


def leftovers(content: bytes) -> list[str]:
    """What of a form, of scripts and of what else does not belong there is in a file, unpacked."""
    reader = PdfReader(BytesIO(content))
    found = [name.decode() for name in LEFTOVERS if name in content]
    if reader.metadata:
        found.append("metadata")
    return found + [key for key in reader.root_object if key not in ("/Type", "/Pages", "/OCProperties")]


def _box(place: Place) -> Box:
    return place.left, place.bottom, place.right, place.top
