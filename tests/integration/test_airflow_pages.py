"""The plugin's pages without Airflow around them: what they show, to whom, and what they never show."""

import importlib.util
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from etl.publish.site import find
from etl.settings import settings, use_settings

NIGHT = "2026-11-20/abc123"
UNPUBLISHED = "2026-11-21/def456"


@pytest.fixture(scope="module")
def plugin(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "credit_files_plugin", project / "plugins/credit_files_plugin.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Path]:
    """A lake with one published night, one that is not published yet, and things nobody may see."""
    before = settings()
    use_settings(replace(before, home=tmp_path))
    root = tmp_path / "published"
    for name, text in {
        f"{NIGHT}/index.html": "<h1>portfolio</h1>",
        f"{NIGHT}/customers/C-1.json": "{}",
        f"{NIGHT}/customers/_中文.0123456789abcdef.html": "<h1>中文</h1>",
        f"{NIGHT}/notes.txt": "no kind of ours",
        f"{NIGHT}/.hidden.json": "{}",
        f"{UNPUBLISHED}/index.html": "<h1>tomorrow</h1>",
        "assets/0a1b/zixin.js": '"use strict";',
        "current.json": json.dumps(
            {"as_of": NIGHT[:10], "path": NIGHT, "nights": {NIGHT[:10]: NIGHT}}
        ),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (tmp_path / "secret.json").write_text("{}")
    (root / NIGHT / "leak.json").symlink_to(tmp_path / "secret.json")
    (root / NIGHT / "tomorrow").symlink_to(root / UNPUBLISHED)
    os.mkfifo(root / NIGHT / "pipe.json")
    yield root
    use_settings(before)


@pytest.fixture
def anybody(plugin: ModuleType, published: Path) -> TestClient:
    return TestClient(plugin.app)


@pytest.fixture
def viewer(
    plugin: ModuleType, published: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """Somebody logged in, who may see the DAG."""
    from airflow.api_fastapi.core_api.security import get_user

    plugin.app.dependency_overrides[get_user] = lambda: SimpleNamespace(name="vera")
    monkeypatch.setattr(
        plugin, "get_auth_manager", lambda: SimpleNamespace(is_authorized_dag=lambda **_: True)
    )
    yield TestClient(plugin.app)
    plugin.app.dependency_overrides.clear()


@pytest.mark.parametrize(
    "path", ["/", f"/{NIGHT}/index.html", "/docs", "/openapi.json", "/nothing"]
)
def test_without_a_token_everything_is_401(anybody: TestClient, path: str) -> None:
    assert anybody.get(path, follow_redirects=False).status_code == 401


def test_who_may_not_see_the_dag_may_not_see_its_files(
    plugin: ModuleType, viewer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        plugin, "get_auth_manager", lambda: SimpleNamespace(is_authorized_dag=lambda **_: False)
    )
    assert viewer.get(f"/{NIGHT}/index.html").status_code == 403


def test_the_door_leads_to_the_portfolio_of_the_night_that_is_shown(viewer: TestClient) -> None:
    answer = viewer.get("/")
    assert answer.text == "<h1>portfolio</h1>"
    assert answer.url.path == f"/{NIGHT}/index.html"


def test_before_the_first_night_it_says_so(viewer: TestClient, published: Path) -> None:
    (published / "current.json").unlink()
    answer = viewer.get("/")
    assert answer.status_code == 404
    assert "No night has been published yet" in answer.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"{NIGHT}/index.html", "text/html; charset=utf-8"),
        (f"{NIGHT}/customers/C-1.json", "application/json"),
        (f"{NIGHT}/customers/_中文.0123456789abcdef.html", "text/html; charset=utf-8"),
        ("assets/0a1b/zixin.js", "text/javascript; charset=utf-8"),
    ],
)
def test_a_published_file_comes_as_what_it_is(viewer: TestClient, path: str, kind: str) -> None:
    answer = viewer.get(f"/{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "current.json",  # ours alone: it names every night
        f"{UNPUBLISHED}/index.html",  # not published yet
        f"{NIGHT}/../../current.json",
        f"{NIGHT}/%2e%2e/%2e%2e/current.json",
        f"{NIGHT}/%252e%252e/%252e%252e/current.json",
        f"{NIGHT}/..%2f..%2fcurrent.json",
        f"{NIGHT}/..%5c..%5ccurrent.json",
        f"{NIGHT}/../../../secret.json",
        f"{NIGHT}/leak.json",  # a link out of the lake
        f"{NIGHT}/tomorrow/index.html",  # a link out of the night
        f"{NIGHT}/pipe.json",  # would hang
        f"{NIGHT}/.hidden.json",
        f"{NIGHT}/notes.txt",
        f"{NIGHT}/index.html%00.json",
        f"{NIGHT}/index.html/",
        f"{NIGHT}/customers",  # no folder is listed
        f"{NIGHT}/customers/",
        f"{NIGHT}//index.html",
        f"{NIGHT}x/index.html",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "C:/windows/win.ini.json",
        f"{NIGHT}/{'a' * 300}.json",  # longer than a file name may be
        "assets",
        "assets/../current.json",
    ],
)
def test_nothing_else_is_shown(viewer: TestClient, published: Path, path: str) -> None:
    assert viewer.get(f"/{path}").status_code == 404
    # And when no client or server on the way has tidied the address up:
    assert find(published, path) is None
    assert find(published, unquote(path)) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(viewer: TestClient, method: str) -> None:
    assert viewer.request(method, f"/{NIGHT}/index.html").status_code == 405
