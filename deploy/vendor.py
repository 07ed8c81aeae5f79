"""`make vendor`: makes `static/vendor/` and `tests/vendor/` again from the versions in their package.json. Nothing else
needs npm."""

import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
FOR_TESTS = ROOT / "tests" / "vendor"
ICONS = [
    "alert-triangle",
    "arrow-left",
    "arrows-exchange",
    "bell",
    "bell-off",
    "bolt",
    "check",
    "chevron-down",
    "clock",
    "copy",
    "device-mobile",
    "download",
    "eye",
    "file",
    "history",
    "home",
    "info-circle",
    "keyboard",
    "link",
    "lock",
    "logout",
    "mail",
    "mailbox",
    "messages",
    "mood-smile",
    "note",
    "paperclip",
    "pencil",
    "phone",
    "plus",
    "search",
    "send",
    "settings",
    "trash",
    "user",
    "users",
    "wifi-off",
    "x",
]
SVG = "http://www.w3.org/2000/svg"
LOOK = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)
# The package names its licence (MIT) and its authors, but ships no file with the text.
CORE_AUTHORS = "Copyright 2018-2026 The Tabler Authors\nCopyright 2018-2026 codecalm.net Paweł Kuna"


def fetch(name: str, version: str, folder: Path) -> tarfile.TarFile:
    """Downloads one npm package, packed as it is."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    )
    return tarfile.open(folder / packed.stdout.split()[-1])


def text_of(package: tarfile.TarFile, path: str) -> str:
    file = package.extractfile(f"package/{path}")
    if file is None:
        raise FileNotFoundError(path)
    return file.read().decode("utf-8")


def put(path: str, text: str, within: Path = VENDOR) -> None:
    target = within / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def symbol(name: str, svg: str) -> str:
    """One icon as a symbol of the sprite, without the invisible square that every icon starts with."""
    shapes = [shape for shape in ET.fromstring(svg) if shape.get("stroke") != "none"]
    inner = "".join(ET.tostring(shape, encoding="unicode").strip() for shape in shapes)
    bare = inner.replace(f' xmlns="{SVG}"', "")
    return f'<symbol id="{name}" {LOOK}>{bare}</symbol>'


def vendor_icons(package: tarfile.TarFile) -> None:
    symbols = [symbol(name, text_of(package, f"icons/outline/{name}.svg")) for name in ICONS]
    put("tabler-icons/sprite.svg", "\n".join([f'<svg xmlns="{SVG}">', *symbols, "</svg>"]) + "\n")
    put("tabler-icons/LICENSE", text_of(package, "LICENSE"))


def vendor_core(package: tarfile.TarFile, licence: str) -> None:
    css = text_of(package, "dist/css/tabler.min.css")
    put("tabler/tabler.min.css", re.sub(r"\s*/\*# sourceMappingURL=.*?\*/\s*$", "\n", css))
    put("tabler/LICENSE", re.sub(r"Copyright \(c\).*", CORE_AUTHORS, licence, count=1))


def vendor_swagger(package: tarfile.TarFile) -> None:
    """What draws the interactive documentation of the REST API, without its pointers to source maps."""
    css, script = (text_of(package, name) for name in ("swagger-ui.css", "swagger-ui-bundle.js"))
    put("swagger-ui/swagger-ui.css", re.sub(r"\s*/\*# sourceMappingURL=.*?\*/\s*$", "\n", css))
    put("swagger-ui/swagger-ui-bundle.js", re.sub(r"\s*//# sourceMappingURL=\S+\s*$", "\n", script))
    for name in ("LICENSE", "NOTICE"):
        put(f"swagger-ui/{name}", text_of(package, name))


def vendor_pdfjs(package: tarfile.TarFile) -> None:
    for name in ("pdf.min.mjs", "pdf.worker.min.mjs"):
        put(f"pdfjs/{name}", text_of(package, f"build/{name}"), FOR_TESTS)
    put("pdfjs/LICENSE", text_of(package, "LICENSE"), FOR_TESTS)


def fetch_all(within: Path, folder: Path) -> dict[str, tarfile.TarFile]:
    """The packages that the package.json of a folder names."""
    wanted = json.loads((within / "package.json").read_text(encoding="utf-8"))["dependencies"]
    print(f"{within.relative_to(ROOT)}/ takes from", ", ".join(f"{name} {version}" for name, version in wanted.items()))
    return {name: fetch(name, version, folder) for name, version in wanted.items()}


def main() -> None:
    ET.register_namespace("", SVG)
    with tempfile.TemporaryDirectory() as folder:
        packages = fetch_all(VENDOR, Path(folder)) | fetch_all(FOR_TESTS, Path(folder))
        vendor_icons(packages["@tabler/icons"])
        vendor_core(packages["@tabler/core"], text_of(packages["@tabler/icons"], "LICENSE"))
        vendor_swagger(packages["swagger-ui-dist"])
        vendor_pdfjs(packages["pdfjs-dist"])


if __name__ == "__main__":
    main()
