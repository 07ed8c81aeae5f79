"""Forms whose point is text: names, formats, combs, inheritance."""

from tests.documents.pdf.corpus.making import LETTER, Paper, string

HELV = "/DA(/Helv 10 Tf 0 g)"
FRAME = "/MK<</BC[0]/BG[0.95 0.95 1]>>"


def script(kind: str, text: str) -> str:
    return f"/{kind}<</S/JavaScript/JS{string(text)}>>"


def formatted(call: str, arguments: str) -> str:
    return f"/AA<<{script('F', f'AF{call}_Format{arguments};')}{script('K', f'AF{call}_Keystroke{arguments};')}>>"


def acrobat_hierarchy() -> bytes:
    """Like Acrobat: names in levels, tooltips, appearances for everything, formats as scripts."""
    paper = Paper("1.6")
    page = paper.page(LETTER)
    page.say(72, 740, "Application for an account", 16)
    applicant, address, root = paper.reserve(), paper.reserve(), paper.reserve()
    rows = [
        (applicant, "first", "First name of the applicant", 700, f"/Ff 2{HELV}"),
        (applicant, "last", "Last name of the applicant", 670, f"/Ff 2{HELV}"),
        (address, "street", "Street and number", 640, HELV),
        (address, "city", "", 610, f"{HELV}/MaxLen 40"),
    ]
    kids: dict[str, list[str]] = {applicant: [], address: []}
    for parent, name, tip, y, more in rows:
        box = (200, y, 420, y + 18)
        look = paper.look(box, "/Tx BMC EMC")
        tooltip = f"/TU{string(tip)}" if tip else ""
        entries = f"/FT/Tx/T({name}){tooltip}/Parent {parent}{more}{FRAME}/AP<</N {look}>>"
        kids[parent].append(paper.widget(page, box, entries, is_field=False))
        page.say(72, y + 5, name.capitalize())
    paper.put(address, f"<</T(address)/Parent {applicant}/Kids[{' '.join(kids[address])}]>>")
    paper.put(applicant, f"<</T(applicant)/Parent {root}/Kids[{' '.join([*kids[applicant], address])}]>>")
    paper.put(root, f"<</T(form)/Kids[{applicant}]>>")
    paper.fields.append(root)
    born = f"/FT/Tx/T(born)/TU(Date of birth){HELV}" + formatted("Date", 'Ex("dd/mm/yyyy")')
    paper.widget(page, (200, 580, 300, 598), born + FRAME)
    dollars = formatted("Number", '(2, 0, 0, 0, "$ ", true)')
    income = f"/FT/Tx/T(income)/TU(Yearly income)/Q 2{HELV}{dollars}"
    paper.widget(page, (200, 550, 300, 568), income + FRAME)
    paper.box(page, (200, 520, 214, 534), "/FT/Btn/T(terms)/TU(I accept the terms)/Ff 2")
    page.say(220, 523, "I accept the terms")
    options = "/Opt[[(ch)(Checking)][(sa)(Savings)]]/V(sa)"
    paper.widget(page, (200, 490, 320, 508), f"/FT/Ch/Ff 131072/T(account)/TU(Kind of account){options}{HELV}{FRAME}")
    paper.widget(page, (200, 430, 420, 480), f"/FT/Sig/T(signature)/TU(Signature of the applicant){FRAME}")
    return paper.finish()


def livecycle_names() -> bytes:
    """Like LiveCycle's static forms: names that mean nothing, so that only the printed words help."""
    paper = Paper()
    page = paper.page(LETTER)
    texts = ["Your name (as shown on your income tax return)", "Business name", "Account number"]
    for row, words in enumerate(texts):
        y = 700 - 40 * row
        page.say(60, y + 20, words, 8)
        name = f"topmostSubform[0].Page1[0].f1_0{row + 1}[0]"
        paper.widget(page, (60, y, 400, y + 16), f"/FT/Tx/T({name}){HELV}")
    for column, words in enumerate(["Individual", "Corporation"]):
        x = 60 + 120 * column
        name = f"topmostSubform[0].Page1[0].c1_{column + 1}[0]"
        paper.box(page, (x, 560, x + 10, 570), f"/FT/Btn/T({name})", "1")
        page.say(x + 14, 562, words, 8)
    return paper.finish()


def inherited() -> bytes:
    """Kind, flags, font and value come from the parents."""
    paper = Paper("1.4")
    page = paper.page()
    parent = paper.reserve()
    kids = []
    for row, name in enumerate(["street", "city"]):
        box = (150, 700 - 30 * row, 400, 718 - 30 * row)
        kids.append(paper.widget(page, box, f"/T({name})/Parent {parent}", is_field=False))
    paper.put(parent, f"<</FT/Tx/Ff 2/T(home)/V(unknown)/MaxLen 30{HELV}/Kids[{' '.join(kids)}]>>")
    paper.fields.append(parent)
    return paper.finish()


def combs() -> bytes:
    """Like authorities' forms: a cell for each sign."""
    paper = Paper()
    page = paper.page()
    rows = [("iban", 22, "IBAN"), ("bic", 11, "BIC"), ("postcode", 5, "Postcode"), ("signed_on", 8, "Date of signing")]
    for row, (name, cells, words) in enumerate(rows):
        y = 700 - 40 * row
        page.say(60, y + 5, words)
        box = (160, y, 160 + 16 * cells, y + 20)
        paper.widget(page, box, f"/FT/Tx/Ff 16777216/MaxLen {cells}/T({name}){HELV}/MK<</BC[0.6]>>")
    return paper.finish()


def formats() -> bytes:
    """Numbers and dates in the formats that scripts ask for, and one script that calculates."""
    paper = Paper()
    page = paper.page()
    rows = [
        ("net", "Number", '(2, 2, 0, 0, "\\u20ac", false)', "/V(1234.50)"),
        ("share", "Percent", "(1, 0)", ""),
        ("begin", "Date", 'Ex("dd.mm.yyyy")', "/V(24.12.2026)"),
        ("until", "Date", 'Ex("mmm d, yyyy")', ""),
        ("month", "Date", 'Ex("mm/yy")', ""),
        ("at", "Time", "(0)", ""),
        ("zip", "Special", "(0)", ""),
    ]
    for row, (name, call, arguments, more) in enumerate(rows):
        y = 700 - 30 * row
        page.say(60, y + 5, name.capitalize())
        paper.widget(page, (160, y, 300, y + 18), f"/FT/Tx/T({name}){HELV}{formatted(call, arguments)}{more}{FRAME}")
    calculation = script("C", 'AFSimple_Calculate("SUM", new Array("net"));')
    total = f"/AA<<{calculation}>>"
    paper.widget(page, (160, 460, 300, 478), f"/FT/Tx/T(grandTotal){HELV}{total}{FRAME}")
    return paper.finish()


def other_scripts() -> bytes:
    """Names and tooltips in Cyrillic, Greek, Japanese and with accents, in UTF-16."""
    paper = Paper()
    page = paper.page()
    rows = [("фамилия", "Фамилия"), ("Όνομα", ""), ("氏名", "氏名・漢字"), ("prénom-été", "Prénom"), ("größe", "")]
    for row, (name, tip) in enumerate(rows):
        y = 700 - 30 * row
        tooltip = f"/TU{string(tip)}" if tip else ""
        paper.widget(page, (160, y, 400, y + 18), f"/FT/Tx/T{string(name)}{tooltip}{HELV}{FRAME}")
    return paper.finish("/NeedAppearances true")


def long_texts() -> bytes:
    """Several lines with a default, a rich text, a password, and a field that wants a file."""
    paper = Paper()
    page = paper.page()
    boxes = [
        ("remarks", 4096, (60, 600, 530, 700), "/V(First line\\nSecond line)"),
        ("story", 4096 | 1 << 25, (60, 480, 530, 580), "/MaxLen 500"),
        ("pin", 8192, (60, 440, 200, 458), "/MaxLen 8"),
        ("upload", 1 << 20, (60, 400, 200, 418), ""),
        ("narrow", 0, (60, 360, 110, 376), ""),
    ]
    for name, flags, box, more in boxes:
        page.say(box[0], box[3] + 4, name.capitalize(), 8)
        paper.widget(page, box, f"/FT/Tx/Ff {flags}/T({name}){HELV}{FRAME}{more}")
    return paper.finish()


def old_program() -> bytes:
    """Of 1998: something before the header, PDFDocEncoding, no appearances, no flags of widgets."""
    paper = Paper("1.2")
    page = paper.page(LETTER)
    for row, name in enumerate(["Name", "Stra\\337e", "Phone\\(day\\)"]):
        y = 700 - 30 * row
        box = f"/Rect[400 {y + 18} 160 {y}]"
        made = paper.add(f"<</Subtype/Widget{box}/FT/Tx/T({name})/DA(/Helv 12 Tf)>>")
        page.annotations.append(made)
        paper.fields.append(made)
    return paper.finish("/NeedAppearances true", head=b"HTTP/1.0 200 OK\r\n\r\n")
