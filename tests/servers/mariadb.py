"""A private MariaDB server: its own data, its own port, gone after the tests."""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.05
MISSING = "these tests need a real MariaDB: install it (apt-get install mariadb-server)"


class MariaDBMissingError(Exception):
    """There is no MariaDB on this machine; the message says what to install."""


@dataclass(frozen=True)
class Database:
    """A database on the private server, and the URL under which root reaches it."""

    name: str
    url: str


class MariaDB:
    """One mariadbd of our own. ``root`` has no password.

    Its data outlive ``stop`` and ``kill`` until ``remove``; ``start`` serves them again on the
    same port.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self.port = 0
        self._options = tuple(options)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        # Not under pytest's directory: a socket's path may have about 100 characters only.
        self._home = Path(tempfile.mkdtemp(prefix="bw-"))

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def url(self, database: str = "", user: str = "root", password: str = "") -> str:
        """Give a mysql:// URL on this server."""
        account = f"{user}:{password}" if password else user
        return f"mysql://{account}@{HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, for the first time or again; return when it answers."""
        if not (self._home / "data").exists():
            self._install()
        if not self.port:
            self.port = _free_port()
        server = _program("mariadbd")
        self._process = subprocess.Popen(
            [server, *self._arguments()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_until_it_answers(self._process)

    def stop(self) -> None:
        """Shut the server down in good order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End the server as a power cut would: at once, nothing flushed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Kill the server and delete its data."""
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    def execute(self, statement: str, database: str = "") -> list[tuple[Any, ...]]:
        """Run one statement as root and give the rows of its answer."""
        with (
            pymysql.connect(
                host=HOST, port=self.port, user="root", database=database or None, autocommit=True
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return list(cursor.fetchall())

    def create_database(self, name: str = "", charset: str = "utf8mb3") -> Database:
        """Create an empty database, in Open Dental's character set; "" makes up a fresh name."""
        name = name or f"practice_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE `{name}` CHARACTER SET {charset}")
        return Database(name, self.url(name))

    def drop_database(self, name: str) -> None:
        """Delete a database and everything in it."""
        self.execute(f"DROP DATABASE IF EXISTS `{name}`")

    def create_account(
        self,
        name: str,
        password: str,
        *,
        privileges: Sequence[str] = ("SELECT",),
        database: str = "",
    ) -> str:
        """Create an account that may do only this in one database, or in all; give its URL."""
        scope = f"`{database}`.*" if database else "*.*"
        account = f"'{name}'@'%'"
        self.execute(f"CREATE OR REPLACE USER {account} IDENTIFIED BY '{password}'")
        self.execute(f"GRANT {', '.join(privileges)} ON {scope} TO {account}")
        return self.url(database, name, password)

    def _install(self) -> None:
        """Write the system tables into a data directory."""
        installer = _program("mariadb-install-db")
        scratch = self._home / "tmp"
        scratch.mkdir()
        if os.geteuid() == 0:
            for directory in (self._home, scratch):
                shutil.chown(directory, "mysql")
        subprocess.run(
            [
                installer,
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                f"--datadir={self._home / 'data'}",
                # In a shared one, two servers that start together overwrite each other's tables.
                f"--tmpdir={scratch}",
                *_as_mysql(),
            ],
            check=True,
            capture_output=True,
        )

    def _arguments(self) -> list[str]:
        return [
            "--no-defaults",
            f"--datadir={self._home / 'data'}",
            f"--tmpdir={self._home / 'tmp'}",
            f"--socket={self._home / 's'}",
            f"--pid-file={self._home / 'pid'}",
            f"--log-error={self._home / 'log'}",
            "--skip-networking=0",
            f"--bind-address={HOST}",
            f"--port={self.port}",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--sql-mode=",
            "--character-set-server=utf8mb3",
            "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=64M",
            "--performance-schema=off",
            *_as_mysql(),
            *self._options,
        ]

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        never = threading.Event()
        for _ in range(int(PATIENCE_SECONDS / PAUSE_SECONDS)):
            if process.poll() is not None:
                raise RuntimeError(f"mariadbd ended at once: {self._last_words()}")
            try:
                self.execute("SELECT 1")
            except pymysql.OperationalError:
                never.wait(PAUSE_SECONDS)
            else:
                return
        self.kill()
        raise TimeoutError(f"mariadbd did not answer: {self._last_words()}")

    def _last_words(self) -> str:
        log = self._home / "log"
        return log.read_text(errors="replace")[-1500:] if log.exists() else "no log"


def _program(name: str) -> str:
    # Debian keeps servers where an ordinary user's PATH does not look.
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise MariaDBMissingError(MISSING)
    return found


def _as_mysql() -> list[str]:
    return ["--user=mysql"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
