"""The app: every stand-in under its prefix, the control endpoints, the troubles around them."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from sandbox.server.control import ROUTES
from sandbox.server.state import State
from sandbox.server.system import System
from sandbox.server.trouble import Trouble

MODULES = (
    "fxiaoke",
    "zoho",
    "salesforce",
    "qcc",
    "tianyancha",
    "creditsafe",
    "courtlistener",
    "gleif",
    "sec",
)
"""Each is a module here that exports SYSTEM."""


def systems() -> list[System]:
    """The stand-ins there are."""
    return [
        import_module(f"sandbox.server.{name}").SYSTEM
        for name in MODULES
        if find_spec(f"sandbox.server.{name}")
    ]


def create_app(world: Any, state: State) -> Starlette:
    """The sandbox over `world` (a `sandbox.world.reader.World`)."""
    state.world = world
    found = systems()
    by_prefix = {prefix: system for system in found for prefix in system.prefixes}
    app = Starlette(
        routes=[
            Mount("/_sandbox", routes=ROUTES),
            *(
                Mount(f"/{prefix}", routes=list(system.routes(prefix)))
                for prefix, system in by_prefix.items()
            ),
        ],
        middleware=[Middleware(Trouble, systems=by_prefix, state=state)],
    )
    app.state.sandbox = state
    return app
