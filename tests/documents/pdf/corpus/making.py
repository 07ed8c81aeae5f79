"""Writes PDF objects as they stand in a file, so that a form can be of any producer's shape, right or wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field

A4 = (595, 842)
LETTER = (612, 792)

Box = tuple[float, float, float, float]


def string(text: str) -> str:
    """A string as it is written in a PDF: in ASCII as it is, else UTF-16."""
    if text.isascii():
        return "(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ")"
    return "<FEFF" + text.encode("utf-16-be").hex().upper() + ">"


@dataclass
class Page:
    """A page that is still being made: its words, the annotations on it, what else is in its dictionary."""

    number: int
    size: tuple[float, float]
    more: str = ""
    drawn: list[str] = field(default_factory=list)
    annotations: list[str] = field(default_factory=list)

    def say(self, x: float, y: float, text: str, size: float = 10) -> None:
        """Print words, in Latin-1."""
        written = string(text) if text.isascii() else "<" + text.encode("latin-1").hex() + ">"
        self.drawn.append(f"BT /F1 {size} Tf {x} {y} Td {written} Tj ET")


class Paper:
    """A PDF in the making. References are written `4 0 R`."""

    def __init__(self, version: str = "1.7") -> None:
        self.version = version
        self.objects: list[bytes] = []
        self.pages: list[Page] = []
        self.fields: list[str] = []
        self.catalog, self.tree = self.reserve(), self.reserve()
        self.font = self.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
        self.zapf = self.add("<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>")

    def reserve(self) -> str:
        """A reference to an object that comes later."""
        self.objects.append(b"null")
        return f"{len(self.objects)} 0 R"

    def add(self, body: str) -> str:
        reference = self.reserve()
        self.put(reference, body)
        return reference

    def put(self, reference: str, body: str | bytes) -> None:
        self.objects[int(reference.split(maxsplit=1)[0]) - 1] = (
            body if isinstance(body, bytes) else body.encode("latin-1")
        )

    def stream(self, data: bytes | str, head: str = "") -> str:
        data = data.encode("latin-1") if isinstance(data, str) else data
        reference = self.reserve()
        self.put(reference, f"<<{head}/Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream")
        return reference

    def page(self, size: tuple[float, float] = A4, more: str = "") -> Page:
        made = Page(len(self.pages), size, more)
        self.pages.append(made)
        return made

    def look(self, box: Box, drawn: str) -> str:
        """An appearance for a box of that size."""
        wide, high = box[2] - box[0], box[3] - box[1]
        resources = f"/Resources<</Font<</Helv {self.font}/ZaDb {self.zapf}>>>>"
        return self.stream(drawn, f"/Type/XObject/Subtype/Form/BBox[0 0 {wide} {high}]{resources}")

    def widget(self, page: Page, box: Box, entries: str, *, is_field: bool = True) -> str:
        """A widget, merged with its field if it has one; `is_field` lists it in the form."""
        rect = " ".join(f"{side:g}" for side in box)
        printed = "" if "/F " in entries else "/F 4"
        made = self.add(f"<</Type/Annot/Subtype/Widget{printed}/Rect[{rect}]{entries}>>")
        page.annotations.append(made)
        if is_field:
            self.fields.append(made)
        return made

    def box(
        self, page: Page, box: Box, entries: str, on: str = "Yes", *, off: bool = True, is_field: bool = True
    ) -> str:
        """A check box or a radio button with appearances, the one for off only if wanted."""
        wide, high = box[2] - box[0], box[3] - box[1]
        frame = f"0.5 w 0.5 0.5 {wide - 1:g} {high - 1:g} re S"
        mark = f"q BT /ZaDb {high * 0.8:g} Tf {wide * 0.15:g} {high * 0.2:g} Td (4) Tj ET Q"
        states = f"/{on} {self.look(box, f'{frame} {mark}')}" + (f"/Off {self.look(box, frame)}" if off else "")
        state = "" if "/AS" in entries else "/AS/Off"
        return self.widget(page, box, f"{entries}{state}/AP<</N<<{states}>>>>", is_field=is_field)

    def parent(self, entries: str, kids: Iterable[str], *, is_field: bool = True) -> str:
        """A field above others. Its kids have to name it: reserve it first for that, or leave that out as some do."""
        made = self.add(f"<<{entries}/Kids[{' '.join(kids)}]>>")
        if is_field:
            self.fields.append(made)
        return made

    def resources(self) -> str:
        return f"/DR<</Font<</Helv {self.font}/ZaDb {self.zapf}>>>>/DA(/Helv 0 Tf 0 g)"

    def finish(self, form: str = "", root: str = "", trailer: str = "", *, head: bytes = b"") -> bytes:
        """The file. `form`, `root` and `trailer` are added to the dictionaries of these names."""
        kids = " ".join(self._finished(page) for page in self.pages)
        self.put(self.tree, f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]>>")
        fields = f"/AcroForm<</Fields[{' '.join(self.fields)}]{self.resources()}{form}>>" if self.fields or form else ""
        self.put(self.catalog, f"<</Type/Catalog/Pages {self.tree}{fields}{root}>>")
        return head + self.written(trailer, len(head))

    def _finished(self, page: Page) -> str:
        content = self.stream("\n".join(page.drawn))
        resources = f"/Resources<</Font<</F1 {self.font}>>>>"
        wide, high = page.size
        media = "" if "/MediaBox" in page.more else f"/MediaBox[0 0 {wide} {high}]"
        notes = f"/Annots[{' '.join(page.annotations)}]" if page.annotations else ""
        return self.add(f"<</Type/Page/Parent {self.tree}{media}/Contents {content}{resources}{notes}{page.more}>>")

    def written(self, trailer: str = "", before: int = 0) -> bytes:
        """The objects as they are, as a file; `before` counts the bytes that will stand before it."""
        out = bytearray(f"%PDF-{self.version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))
        places = []
        for number, body in enumerate(self.objects, 1):
            places.append(len(out) + before)
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out) + before
        count = len(self.objects) + 1
        out += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
        out += f"trailer\n<</Size {count}/Root {self.catalog}{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
        return bytes(out)
