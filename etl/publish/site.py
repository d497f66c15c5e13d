"""What of the published folder a browser may read: the nights that the pointer names, and what their pages share."""

import json
from dataclasses import dataclass
from pathlib import Path

# The kinds of file a night is made of. A browser is told the kind, and told not to guess another.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}
SHARED = "assets"
POINTER = "current.json"


@dataclass(frozen=True)
class Pointer:
    """Which nights are published. Read once for each question, so that an answer is of one moment."""

    as_of: str
    path: str
    nights: dict[str, str]


def read_pointer(published: Path) -> Pointer | None:
    """The pointer, or None before the first night."""
    try:
        pointer = json.loads((published / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Pointer(pointer["as_of"], pointer["path"], pointer["nights"])


def find(published: Path, address: str) -> tuple[Path, str] | None:
    """The file at an address below `published` and its media type; None for whatever is not ours to show.

    The address is a stranger's text. Only plain names reach the disk, and what the disk then says must
    still lie inside a published night: a link that leads out of it leads nowhere.
    """
    parts = address.split("/")
    if not all(_is_plain(part) for part in parts) or not (media_type := _media_type(parts[-1])):
        return None
    folder = _shown_folder(published, address)
    if folder is None:
        return None
    try:
        file = published.joinpath(*parts).resolve(strict=True)
    except OSError:
        return None
    if not file.is_file() or not file.is_relative_to(folder):
        return None
    return file, media_type


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith(".") and not any(c in "\\:" or c < " " for c in name)


def _media_type(name: str) -> str | None:
    return MEDIA_TYPES.get(Path(name).suffix)


def _shown_folder(published: Path, address: str) -> Path | None:
    """The published night, or the shared folder, that an address is in."""
    root = published.resolve()
    pointer = read_pointer(published)
    for shown in (SHARED, *(pointer.nights.values() if pointer else ())):
        folder = root.joinpath(shown).resolve()
        if address.startswith(f"{shown}/") and folder.is_relative_to(root):
            return folder
    return None
