"""Why a file cannot be used, in sentences for people. English: administrators read them, and they are stored."""

from sessions_app.documents.pdf import limits

EMPTY = "The file is empty."
NOT_PDF = "This is not a PDF, whatever its name says. Save it as PDF and upload that."
DAMAGED = "The file is damaged or incomplete and cannot be opened. Export it anew and upload that."
ENCRYPTED = "The file can only be opened with a password. Save it without one and upload that."
PROTECTED = "The file is protected in a way that is not supported. Save it without protection and upload that."
XFA = (
    "This is an XFA form, which only Adobe's programs can show. Save it as a plain PDF form (AcroForm), "
    "or print it to PDF and lay the fields onto the pages here."
)
HUGE = f"The file is larger than {limits.LARGEST_SOURCE // limits.MEGABYTE} MB."
NO_PAGES = "The file has no pages."
PAGES = f"The file has more than {limits.MOST_PAGES} pages. Split it and upload the pages that are filled in."
FIELDS = f"The file has more than {limits.MOST_FIELDS:,} fields, which nobody could complete."
TANGLED = "The fields of the file are nested so deeply, or refer to each other so often, that they cannot be read."
SLOW = f"The file takes more than {limits.CPU_SECONDS} seconds to open. Print it to PDF anew and upload that."
MEMORY = "Opening the file takes more memory than one file is given. Print it to PDF anew and upload that."
WEIRD = "The file cannot be read: something in it is not as the PDF standard wants it. Print it to PDF anew."

NO_FIELDS = "The file has no form fields. Lay them onto its pages by hand."
"""Not bad at all, but worth a word."""


class BadFile(ValueError):
    """A file that cannot be used. Its text is a sentence for people: what is wrong, and what helps."""


def page_size(page: int) -> str:
    """For a page (counted from 0) of an impossible size."""
    return f"Page {page + 1} is of an impossible size: allowed are 20 to 14,400 points (about 5 m) a side."
