"""What published pages share: our script, style and words, and the chart library's script.

They are copied once, into a folder named by their content, and every page points there: a night's
pages keep looking the way they did, and a browser or a phone fetches each file once. The chart
script comes out of the installed plotly package; nothing is ever asked of the internet.
"""

import hashlib
import importlib.resources
import json
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from etl.catalogue import catalogue
from etl.errors import ZixinError

PAGES = Path(__file__).resolve().parent / "pages"
PAGE_SCRIPTS = {
    "credit_file": ("outside.js", "decision.js", "credit_file.js"),
    "portfolio": ("book.js", "portfolio.js"),
    "quality": ("quality.js",),
}
"""What draws each page, beside what all pages share; the last one starts it."""
NIGHT_SCRIPTS = {
    "credit_file": ("changes.js", "alerts/@part@.js"),
    "portfolio": ("changes.js", "compare.js"),
}
"""What of its own night a page loads; `@part@` is the page's own part of a list that is cut into many."""
STATIC = ("zixin.css", "zixin.js", *(name for several in PAGE_SCRIPTS.values() for name in several))


def words() -> dict[str, list[str]]:
    """Every word pages and terminal print: key -> [Chinese, English]."""
    pairs: dict[str, list[str]] = {}
    for path in (PAGES / "words.json", *sorted((PAGES / "words").glob("*.json"))):
        several = json.loads(path.read_text(encoding="utf-8"))
        several.pop("_", None)
        if twice := sorted(several.keys() & pairs.keys()):
            raise ZixinError(f"{path.name}: {twice[0]} stands in another file of words already")
        pairs |= several
    return pairs


def indicators() -> dict[str, dict[str, list[str]]]:
    """Names and meanings of the indicators, [Chinese, English], from the catalogue that SQL quotes."""
    return {
        line.indicator: {
            "name": [line.name_zh, line.name_en],
            "meaning": [line.meaning_zh, line.meaning_en],
        }
        for line in catalogue()
    }


def _chart_script() -> bytes:
    script = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    try:
        return script.read_bytes()
    except OSError as error:
        raise ZixinError(
            f"The chart script {script} cannot be read: reinstall the plotly package."
        ) from error


@cache
def contents() -> Mapping[str, bytes]:
    """File name -> bytes of everything in the assets folder."""
    from etl.publish.rule_words import refusals  # it needs our words

    script_words = (
        f"window.ZIXIN_WORDS = {inline_json(_json({**words(), **refusals()}))};\n"
        f"window.ZIXIN_INDICATORS = {inline_json(_json(indicators()))};\n"
    )
    return {
        **{name: (PAGES / name).read_bytes() for name in STATIC},
        "words.js": script_words.encode(),
        "plotly.min.js": _chart_script(),
    }


def assets_hash() -> str:
    """The name of the assets folder: a digest of every file in it."""
    digest = hashlib.sha256()
    for name, data in sorted(contents().items()):
        digest.update(f"{name}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def copy_assets(published: Path) -> str:
    """Put the assets under `published`/assets/<hash>/ unless they are there; returns `assets/<hash>`.

    Every file is written whole and moved into place, so two nights at once do no harm.
    """
    folder = published / "assets" / assets_hash()
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents().items():
        target = folder / name
        if target.exists() and target.stat().st_size == len(data):
            continue
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    return f"assets/{folder.name}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def inline_json(text: str) -> str:
    """JSON text that may stand inside a <script>: no tag or comment can open or close in it."""
    return (
        text.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def shell(page: str, root: str, assets: str) -> tuple[str, str]:
    """What stands before and after the document in a page's HTML.

    `page` is a name in PAGE_SCRIPTS; `root` leads from the page to the night's
    folder and `assets` to the shared files, both relative and ending in `/` when not empty. A credit
    file's page still has to be told its `@part@` (etl/publish/names.py).
    """
    sources = [
        *(f"@root@{name}" for name in NIGHT_SCRIPTS.get(page, ())),
        *(f"@assets@{name}" for name in PAGE_SCRIPTS[page]),
    ]
    scripts = "\n".join(f'<script src="{source}"></script>' for source in sources)
    before, after = (PAGES / "shell.html").read_text(encoding="utf-8").split("@document@")
    filled = [
        part.replace("@scripts@", scripts).replace("@assets@", assets).replace("@root@", root)
        for part in (before, after)
    ]
    return filled[0], filled[1]
