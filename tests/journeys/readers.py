"""Three programs that read a completed document: pdfium, pdf.js in the browser, and pyHanko for its seal."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page
from pyhanko.sign.validation.status import PdfSignatureStatus
from pypdfium2 import PdfDocument

from config.environment import BASE_DIR
from tests.documents.sealed import validated

PDF_JS = BASE_DIR / "tests" / "vendor" / "pdfjs"
READ = """async (address) => {
  const reader = await import("/pdf.min.mjs");
  reader.GlobalWorkerOptions.workerSrc = "/pdf.worker.min.mjs";
  const file = await reader.getDocument({ url: address }).promise;
  const canvas = document.createElement("canvas");
  const pages = [];
  for (let number = 1; number <= file.numPages; number++) {
    const page = await file.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    Object.assign(canvas, { width: viewport.width, height: viewport.height });
    await page.render({ canvas, viewport }).promise;
    pages.push((await page.getTextContent()).items.map(({ str }) => str).join(" "));
  }
  return pages;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Says nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def by_pdfium(file: Path) -> list[str]:
    """The text of each page."""
    document = PdfDocument(file)
    try:
        return [str(page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


def by_pdf_js(page: Page, file: Path, folder: Path) -> list[str]:
    """The text of each page, after pdf.js has drawn it. `folder` is one to put everything into."""
    for one in (file, *PDF_JS.glob("*.mjs")):
        shutil.copyfile(one, folder / one.name)
    (folder / "index.html").write_text("<!doctype html><html lang=en><title>Reader</title>")
    with _served(folder) as address:
        page.goto(f"{address}/")
        pages: list[str] = page.evaluate(READ, f"{address}/{file.name}")
    return pages


def seal_of(file: Path) -> PdfSignatureStatus:
    """What pyHanko says of the seal. In a thread, since Playwright has an event loop in this one."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(validated, file.read_bytes()).result()
