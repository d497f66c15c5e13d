"""The published credit files inside Airflow's UI: Browse → Credit files.

Airflow loads this file into each of its processes, so it imports little. It does not protect what a plugin
mounts, so we ask its auth manager ourselves: who may see the DAG may see the credit files it made.
"""

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

DAG = "nightly_credit_files"
PREFIX = "/credit-files"
HEADERS = {
    # Our pages run our own scripts, never an inline one, and talk to nobody but this server.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",  # on a shared computer, the next user is asked who they are
}
NOTHING_YET = """<!doctype html><meta charset="utf-8"><title>Credit files</title>
<p style="font:16px sans-serif;padding:2rem">还没有发布任何一夜：请运行 nightly_credit_files。<br>
No night has been published yet: run nightly_credit_files.</p>"""


def may_read(user: GetUserDep) -> None:
    """401 comes from the dependency when nobody is logged in; 403 when this user may not see the DAG."""
    if not get_auth_manager().is_authorized_dag(
        method="GET", details=DagDetails(id=DAG), user=user
    ):
        raise HTTPException(403, "Forbidden")


app = FastAPI(
    title="Credit files",
    dependencies=[Depends(may_read)],
    docs_url=None,
    redoc_url=None,
    openapi_url=None,  # these pages of FastAPI's own would be open to everybody
)


@app.api_route("/", methods=["GET", "HEAD"])
def portfolio() -> Response:
    """The portfolio page of the night the pointer shows."""
    from etl.publish.site import read_pointer
    from etl.settings import settings

    pointer = read_pointer(settings().home / "published")
    if pointer is None:
        return HTMLResponse(NOTHING_YET, 404, HEADERS)
    return RedirectResponse(f"{pointer.path}/index.html", 307, HEADERS)


@app.api_route("/{address:path}", methods=["GET", "HEAD"])
def published_file(address: str) -> Response:
    """A file of a published night."""
    from etl.publish.site import find
    from etl.settings import settings

    found = find(settings().home / "published", address)
    if found is None:
        raise HTTPException(404, "Not Found", HEADERS)
    file, media_type = found
    return FileResponse(file, media_type=media_type, headers=HEADERS)


class CreditFilesPlugin(AirflowPlugin):
    """Mounts the pages and puts them into the navigation."""

    name = "credit_files"
    fastapi_apps = [{"app": app, "url_prefix": PREFIX, "name": "Credit files"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Credit files",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "category": "browse",
            "url_route": "credit-files",
        }
    ]
