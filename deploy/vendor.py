"""`make vendor`: makes `static/vendor/` again from the versions in its package.json. Nothing else needs npm."""

import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
ICONS = [
    "alert-triangle",
    "arrow-left",
    "check",
    "clock",
    "copy",
    "download",
    "file",
    "history",
    "home",
    "info-circle",
    "link",
    "lock",
    "logout",
    "mail",
    "mailbox",
    "messages",
    "paperclip",
    "phone",
    "plus",
    "search",
    "send",
    "settings",
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


def put(path: str, text: str) -> None:
    target = VENDOR / path
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


def main() -> None:
    ET.register_namespace("", SVG)
    wanted = json.loads((VENDOR / "package.json").read_text(encoding="utf-8"))["dependencies"]
    with tempfile.TemporaryDirectory() as folder:
        packages = {name: fetch(name, version, Path(folder)) for name, version in wanted.items()}
        vendor_icons(packages["@tabler/icons"])
        vendor_core(packages["@tabler/core"], text_of(packages["@tabler/icons"], "LICENSE"))
    print(f"static/vendor/ holds {', '.join(f'{name} {version}' for name, version in wanted.items())}.")


if __name__ == "__main__":
    main()
