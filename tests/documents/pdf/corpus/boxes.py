"""Forms whose point is boxes: check boxes, radio buttons, lists, buttons."""

from tests.documents.pdf.corpus.making import Box, Page, Paper, string
from tests.documents.pdf.corpus.texts import FRAME, HELV


def _row(
    paper: Paper, page: Page, y: float, parent: str, states: list[str], words: list[str], **more: bool
) -> list[str]:
    kids = []
    for at, (state, said) in enumerate(zip(states, words, strict=True)):
        x = 150 + 100 * at
        box: Box = (x, y, x + 12, y + 12)
        kids.append(paper.box(page, box, f"/Parent {parent}/MK<</CA(l)>>", state, is_field=False, **more))
        page.say(x + 16, y + 2, said)
    return kids


def radio_states() -> bytes:
    """Like Acrobat: each button has its own state, one of them is chosen."""
    paper = Paper()
    page = paper.page()
    page.say(60, 702, "Marital status")
    parent = paper.reserve()
    kids = _row(paper, page, 700, parent, ["single", "married", "widowed"], ["Single", "Married", "Widowed"])
    paper.put(parent, f"<</FT/Btn/Ff 49154/T(status)/TU(Marital status)/V/married/Kids[{' '.join(kids)}]>>")
    paper.fields.append(parent)
    return paper.finish()


def radio_options() -> bytes:
    """Like newer programs: states are numbers, and what they stand for is in /Opt; two stand for the same."""
    paper = Paper()
    page = paper.page()
    for y, name, options in ((700, "pay", ["Invoice", "Card", "Überweisung"]), (660, "twice", ["a", "a", "b"])):
        parent = paper.reserve()
        kids = _row(paper, page, y, parent, ["0", "1", "2"], ["", "", ""])
        opt = "".join(string(one) for one in options)
        paper.put(parent, f"<</FT/Btn/Ff 32768/T({name})/V/Off/Opt[{opt}]/Kids[{' '.join(kids)}]>>")
        paper.fields.append(parent)
    return paper.finish()


def hyperref() -> bytes:
    """Like LaTeX with hyperref: boxes without an appearance for off, buttons of one group as kids, no flags."""
    paper = Paper("1.5")
    page = paper.page()
    paper.box(page, (150, 700, 162, 712), "/FT/Btn/T(newsletter)/V/Off/MK<</BC[1 0 0]/CA(4)>>", off=False)
    page.say(60, 702, "Newsletter:")
    parent = paper.reserve()
    kids = _row(paper, page, 660, parent, ["red", "green"], ["Red", "Green"], off=False)
    paper.put(parent, f"<</FT/Btn/Ff 32768/T(colour)/TU(Colour)/DV/green/Kids[{' '.join(kids)}]>>")
    paper.fields.append(parent)
    paper.widget(page, (150, 620, 350, 636), f"/FT/Tx/T(name)/TU(name){HELV}/MK<</BC[0 1 1]>>")
    return paper.finish("/NeedAppearances true")


def excluding_boxes() -> bytes:
    """Check boxes of one name and different states exclude each other; of the same state they are ticked together."""
    paper = Paper()
    page = paper.page()
    parent = paper.reserve()
    kids = _row(paper, page, 700, parent, ["yes", "no"], ["Yes, I smoke", "No, I do not"])
    paper.put(parent, f"<</FT/Btn/T(smoker)/Kids[{' '.join(kids)}]>>")
    paper.fields.append(parent)
    both = paper.reserve()
    kids = _row(paper, page, 660, both, ["On", "On"], ["Here", "and here"])
    paper.put(both, f"<</FT/Btn/T(agreed)/V/On/Kids[{' '.join(kids)}]>>")
    paper.fields.append(both)
    return paper.finish()


def lists() -> bytes:
    """Drop-down lists and lists, with plain options and pairs, editable, with several choices, empty."""
    paper = Paper()
    page = paper.page()
    rows = [
        ("country", 1 << 17, "/Opt[[(de)(Germany)][(fr)(France)][(jp)<FEFF65E5672C>]]/V(fr)/DV(de)"),
        ("title", 1 << 17 | 1 << 18, "/Opt[(Ms)(Mr)(Dr)]"),
        ("language", 0, "/Opt[(English)(German)]/V[(German)]"),
        ("topics", 1 << 21, "/Opt[(Tax)(Law)(Money)]/V[(Tax)(Money)]"),
        ("free", 1 << 17 | 1 << 18, ""),
        ("nothing", 1 << 17, "/Opt[]"),
    ]
    for row, (name, flags, more) in enumerate(rows):
        y = 700 - 50 * row
        paper.widget(page, (150, y, 350, y + 20), f"/FT/Ch/Ff {flags}/T({name}){more}{HELV}{FRAME}")
        page.say(60, y + 6, name.capitalize())
    return paper.finish()


def not_asked() -> bytes:
    """Buttons, read-only, hidden, without a size, without a page, without a name; and one field that is asked."""
    paper = Paper()
    page = paper.page()
    reset = "/FT/Btn/Ff 65536/T(reset)/A<</S/ResetForm>>/MK<</CA(Reset)/BG[0.8]>>"
    box: Box = (60, 700, 120, 720)
    look = paper.look(box, "0.8 g 0 0 60 20 re f BT 0 g /Helv 10 Tf 10 6 Td (Reset) Tj ET")
    paper.widget(page, box, f"{reset}/AP<</N {look}>>")
    logo = paper.look(box, "1 0 0 rg 0 0 60 20 re f")
    paper.widget(page, (400, 700, 460, 720), f"/FT/Btn/Ff 65536/T(logo)/AP<</N {logo}>>")
    paper.widget(page, (60, 660, 260, 680), f"/FT/Tx/Ff 1/T(reference)/V(REF-2026-0042){HELV}")
    paper.widget(page, (60, 620, 260, 640), f"/FT/Tx/T(secret)/V(not to be seen){HELV}/F 2")
    paper.widget(page, (0, 0, 0, 0), "/FT/Sig/T(invisible)")
    paper.fields.append(paper.add("<</FT/Tx/T(nowhere)/Subtype/Widget/Rect[0 0 100 20]>>"))
    paper.widget(page, (60, 580, 260, 600), f"/FT/Tx{HELV}")
    paper.widget(page, (60, 540, 260, 560), f"/FT/Tx/T(asked)/Ff 2{HELV}{FRAME}")
    return paper.finish()


def no_appearances() -> bytes:
    """Like simple programs: nothing has an appearance, the viewer is to make them."""
    paper = Paper("1.3")
    page = paper.page()
    paper.widget(page, (150, 700, 350, 718), f"/FT/Tx/T(full_name)/V(Ada Lovelace){HELV}{FRAME}")
    paper.widget(page, (150, 670, 164, 684), "/FT/Btn/T(member)/V/Yes/AS/Yes/MK<</CA(8)/BC[0]>>")
    parent = paper.reserve()
    kids = [
        paper.widget(
            page, (150 + 40 * at, 640, 164 + 40 * at, 654), f"/Parent {parent}/MK<</CA(l)/BC[0]>>", is_field=False
        )
        for at in range(2)
    ]
    paper.put(parent, f"<</FT/Btn/Ff 32768/T(gender)/Opt[(female)(male)]/Kids[{' '.join(kids)}]>>")
    paper.fields.append(parent)
    return paper.finish("/NeedAppearances true")
