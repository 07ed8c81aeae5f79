"""Makes the files of the corpus anew: `python -m tests.documents.pdf.corpus`. `expected.json` is kept by hand."""

from collections.abc import Callable
from pathlib import Path

from tests.documents.pdf.corpus import boxes, papers, texts

FOLDER = Path(__file__).parent

SHAPES: list[Callable[[], bytes]] = [
    texts.acrobat_hierarchy,
    texts.livecycle_names,
    texts.inherited,
    texts.combs,
    texts.formats,
    texts.other_scripts,
    texts.long_texts,
    texts.old_program,
    boxes.radio_states,
    boxes.radio_options,
    boxes.hyperref,
    boxes.excluding_boxes,
    boxes.lists,
    boxes.not_asked,
    boxes.no_appearances,
    papers.rotated,
    papers.cropped,
    papers.several_places,
    papers.four_pages,
    papers.unlisted,
    papers.columns,
    papers.hybrid_xfa,
    papers.flat,
    papers.object_streams,
    papers.updated,
    papers.owner_password,
    papers.saved_by_chrome,
    papers.saved_by_pypdf,
]

if __name__ == "__main__":
    for shape in SHAPES:
        (FOLDER / f"{shape.__name__}.pdf").write_bytes(shape())
