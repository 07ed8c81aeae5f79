"""Forms whose point is the file or its pages: rotation, cropping, several pages, other ways to store the same."""

from io import BytesIO

from fpdf import FPDF
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pypdf import PdfReader, PdfWriter
from pypdfium2 import PdfDocument

from tests.documents.pdf.corpus.making import A4, LETTER, Paper
from tests.documents.pdf.corpus.texts import FRAME, HELV, acrobat_hierarchy, inherited


def rotated() -> bytes:
    """Pages that are turned by each quarter; a field at the same corner of each as it is seen."""
    paper = Paper()
    places = {0: (60, 780, 260, 800), 90: (42, 60, 62, 260), 180: (335, 42, 535, 62), 270: (533, 582, 553, 782)}
    for turn, box in places.items():
        page = paper.page(A4, f"/Rotate {turn}")
        mark = f"/MK<</R {turn}/BC[0]>>"
        paper.widget(page, box, f"/FT/Tx/T(turned{turn}){HELV}{mark}")
        small = (box[0], box[1] - 40, box[0] + 14, box[1] - 26)
        paper.box(page, small, f"/FT/Btn/T(box{turn})")
    return paper.finish()


def cropped() -> bytes:
    """Like pre-press programs: the page does not begin at the origin, and a part of it is cut off."""
    paper = Paper()
    page = paper.page(A4, "/MediaBox[-20 -30 635 872]/CropBox[30 40 565 802]")
    page.say(90, 705, "Name")
    paper.widget(page, (150, 700, 350, 718), f"/FT/Tx/T(name){HELV}{FRAME}")
    turned = paper.page(A4, "/MediaBox[100 100 695 942]/CropBox[110 120 685 922]/Rotate 90")
    paper.widget(turned, (140, 150, 158, 350), f"/FT/Tx/T(turned){HELV}{FRAME}")
    return paper.finish()


def several_places() -> bytes:
    """One field on three pages, with the field apart from its widgets; and the same name twice in the form."""
    paper = Paper()
    parent, kids = paper.reserve(), []
    for number in range(3):
        page = paper.page()
        page.say(60, 755, f"Page {number + 1} of the contract with")
        box = (250, 750, 450, 768)
        kids.append(paper.widget(page, box, f"/Parent {parent}{HELV}{FRAME}", is_field=False))
    paper.put(parent, f"<</FT/Tx/Ff 2/T(customer)/TU(Your name)/Kids[{' '.join(kids)}]>>")
    paper.fields.append(parent)
    for number in (0, 2):
        paper.widget(paper.pages[number], (250, 700, 330, 718), f"/FT/Tx/T(initials)/MaxLen 4{HELV}{FRAME}")
    return paper.finish()


def four_pages() -> bytes:
    """A contract of four pages with every kind of field: the one that is measured."""
    paper = Paper()
    for number in range(4):
        page = paper.page()
        page.say(60, 790, f"Contract, page {number + 1} of 4", 14)
        for line in range(12):
            page.say(60, 380 - 14 * line, "The parties agree on what is said here, and on nothing beside it. " * 2, 7)
        for row, label in enumerate(["Name", "Street", "City", "Reference"]):
            y = 740 - 30 * row
            page.say(60, y + 5, label)
            entries = f"/FT/Tx/T(p{number + 1}.{label.lower()})/TU({label}, page {number + 1}){HELV}{FRAME}"
            paper.widget(page, (150, y, 400, y + 18), entries)
        paper.widget(page, (150, 540, 530, 610), f"/FT/Tx/Ff 4096/T(p{number + 1}.notes)/TU(Notes){HELV}{FRAME}")
        paper.box(page, (150, 510, 164, 524), f"/FT/Btn/T(p{number + 1}.read)/TU(I have read this page)")
    page = paper.pages[3]
    form = '/AA<</F<</S/JavaScript/JS(AFDate_FormatEx("dd.mm.yyyy"))>>>>'
    paper.widget(page, (150, 470, 260, 488), f"/FT/Tx/T(date){form}{HELV}{FRAME}")
    parent = paper.reserve()
    kids = [
        paper.box(page, (150 + 80 * at, 440, 162 + 80 * at, 452), f"/Parent {parent}", state, is_field=False)
        for at, state in enumerate(["monthly", "yearly"])
    ]
    page.say(166, 442, "Monthly")
    page.say(246, 442, "Yearly")
    paper.put(parent, f"<</FT/Btn/Ff 49152/T(pay)/TU(How you pay)/Kids[{' '.join(kids)}]>>")
    paper.fields.append(parent)
    paper.widget(page, (300, 440, 400, 456), f"/FT/Ch/Ff 131072/T(plan)/Opt[(Small)(Large)]{HELV}{FRAME}")
    paper.widget(page, (300, 395, 530, 430), f"/FT/Sig/T(sign)/TU(Signature){FRAME}")
    return paper.finish()


def unlisted() -> bytes:
    """Like broken programs: the form lists nothing, the fields are only on the page, with and without a parent."""
    paper = Paper()
    page = paper.page()
    paper.widget(page, (150, 700, 350, 718), f"/FT/Tx/T(alone){HELV}{FRAME}", is_field=False)
    parent = paper.reserve()
    kid = paper.widget(page, (150, 670, 350, 688), f"/Parent {parent}{HELV}{FRAME}", is_field=False)
    paper.put(parent, f"<</FT/Tx/T(with_parent)/Kids[{kid}]>>")
    return paper.finish("/SigFlags 0")


def columns() -> bytes:
    """Like a desktop publisher's: read column by column, tagged, with layers."""
    paper = Paper()
    page = paper.page(A4, "/Tabs/C/StructParents 0")
    for column, x in enumerate((60, 320)):
        for row in range(3):
            y = 700 - 40 * row
            entries = f"/FT/Tx/T({'left' if not column else 'right'}_{'abc'[row]}x){HELV}{FRAME}"
            paper.widget(page, (x, y, x + 180, y + 18), entries)
    layer = paper.add("<</Type/OCG/Name(Print)>>")
    structure = paper.add("<</Type/StructTreeRoot/K[]>>")
    return paper.finish(
        "", f"/StructTreeRoot {structure}/MarkInfo<</Marked true>>/OCProperties<</OCGs[{layer}]/D<</ON[{layer}]>>>>"
    )


def hybrid_xfa() -> bytes:
    """Like LiveCycle: an XFA form beside the plain one."""
    paper = Paper()
    page = paper.page(LETTER)
    packet = paper.stream('<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template/></xdp:xdp>')
    form = paper.reserve()
    kid = paper.widget(
        page, (150, 700, 350, 718), f"/FT/Tx/T(FamilyName[0])/Parent {form}{HELV}{FRAME}", is_field=False
    )
    paper.put(form, f"<</T(form1[0])/Kids[{kid}]>>")
    paper.fields.append(form)
    return paper.finish(f"/XFA[(preamble){packet}(postamble){packet}]")


def flat() -> bytes:
    """A letter without any form."""
    letter = FPDF(unit="pt", format="A4")
    letter.add_page()
    letter.set_font("helvetica", size=12)
    letter.text(60, 100, "I hereby authorise the bearer of this letter.")
    letter.text(60, 700, "Signature: ______________________")
    return bytes(letter.output())


def object_streams() -> bytes:
    """The form of Acrobat's shape, stored in compressed object streams with a cross-reference stream."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(acrobat_hierarchy())))
    writer.stream_xrefs = True
    packed = writer.prepare_object_stream()  # type: ignore[no-untyped-call]  # pyHanko's has no types
    for (_generation, number), thing in list(writer.objects.items()):
        if not hasattr(thing, "data"):
            packed.add_object(number, thing)
    kept = BytesIO()
    writer.write(kept)  # type: ignore[no-untyped-call]  # pyHanko's has no types
    return kept.getvalue()


def updated() -> bytes:
    """A form to which a signature field was added later, behind its end."""
    kept = BytesIO(inherited())
    writer = IncrementalPdfFileWriter(kept)
    append_signature_field(writer, SigFieldSpec("approval", box=(150, 600, 350, 640)))
    writer.write_in_place()  # type: ignore[no-untyped-call]  # pyHanko's has no types
    return kept.getvalue()


def owner_password() -> bytes:
    """Can be opened by everybody; a password protects it from changes."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(several_places())))
    writer.encrypt("", "owner", algorithm="AES-256")
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def saved_by_chrome() -> bytes:
    """The four pages as pdfium writes them."""
    kept = BytesIO()
    PdfDocument(four_pages()).save(kept)
    return kept.getvalue()


def saved_by_pypdf() -> bytes:
    """The form of Acrobat's shape, filled in by pypdf and not made flat."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(acrobat_hierarchy())))
    entered = {"form.applicant.first": "Grace", "form.applicant.last": "Hopper", "terms": "/Yes"}
    writer.update_page_form_field_values(writer.pages[0], entered, auto_regenerate=False)
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()
