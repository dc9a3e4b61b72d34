# SPDX-License-Identifier: AGPL-3.0-or-later
"""A PostgreSQL server for tests: one per test run, in a temporary directory of its own, reached by a unix socket.

  with Server() as server: ...      starts one; server.url(name) is the address of a database
  server = the_server()             the one run_all.py started (TREUE_TEST_SERVER names its directory), else one that is
                                    started now and ended with this process
  server.create_database()          the address of a fresh, empty database
  python3 tests/support/postgresql.py --create       prints such an address (what the C tests call)
  python3 tests/support/postgresql.py --copy URL     prints that of a copy, to which nobody may be connected
  python3 tests/support/postgresql.py --run COMMAND  runs a command beside a server of its own

Ordinary tests do without fsync, and copy databases by their files, which lie in memory. PostgreSQL refuses to run as root: then it runs as the user postgres.
"""
import atexit
import ctypes
import fcntl
import glob
import hashlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid

USER = "treue"
NO_SYNC = ["fsync=off", "full_page_writes=off", "synchronous_commit=on", "max_connections=200", "autovacuum=on"]


class ServerError(Exception):
    """The server did not do what a test asked for."""


def as_postgres(command):
    return ["runuser", "-u", "postgres", "--"] + command if os.geteuid() == 0 else command


def programs():
    """The folder of initdb and pg_ctl; None when PostgreSQL is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"), key=lambda path: int(path.split("/")[-3]))
    return os.path.dirname(found[-1]) if found else None


def database_of(url):
    """The name of the database in an address."""
    return url.split("?")[0].rsplit("/", 1)[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Session:
    """A connection by libpq, of the process that made it."""

    def __init__(self, url):
        self.process, self.library = os.getpid(), ctypes.CDLL("libpq.so.5")
        for name in ("PQconnectdb", "PQexec"):
            getattr(self.library, name).restype = ctypes.c_void_p
        for name in ("PQerrorMessage", "PQresultErrorMessage"):
            getattr(self.library, name).restype = ctypes.c_char_p
        self.handle = ctypes.c_void_p(self.library.PQconnectdb(url.encode()))
        if self.library.PQstatus(self.handle):
            raise ServerError(self.library.PQerrorMessage(self.handle).decode())

    def execute(self, statement):
        result = ctypes.c_void_p(self.library.PQexec(self.handle, statement.encode()))
        # 1 and 2: PGRES_COMMAND_OK and PGRES_TUPLES_OK
        problem = None if self.library.PQresultStatus(result) in (1, 2) else self.library.PQresultErrorMessage(result)
        self.library.PQclear(result)
        if problem is not None:
            raise ServerError(f"{statement}: {problem.decode() or self.library.PQerrorMessage(self.handle).decode()}")


class Server:
    """`settings`: lines of the server's configuration. `port`: also listens there, on the loopback address."""

    def __init__(self, settings=NO_SYNC, port=None, directory=None, in_memory=True):
        self.settings, self.port, self.session = list(settings), port, None
        self.owner = directory is None
        # In memory where there is some: a database is hundreds of files.
        memory = "/dev/shm" if in_memory and os.access("/dev/shm", os.W_OK) else None
        self.directory = directory or tempfile.mkdtemp(prefix="treue-postgresql-", dir=memory)
        self.data = os.path.join(self.directory, "data")
        if self.owner and os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)

    def run(self, *command, **options):
        path = os.path.join(programs() or "", command[0])
        return subprocess.run(as_postgres([path] + list(command[1:])), text=True, cwd=self.directory,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)

    def initialise(self):
        if not programs():
            raise ServerError("PostgreSQL is not installed (package postgresql-15)")
        made = self.run("initdb", "-D", self.data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "-N")
        if made.returncode:
            raise ServerError("initdb failed:\n" + made.stdout)

    def start(self):
        options = [f"-k {self.directory}"] + [f"-c {setting}" for setting in self.settings]
        options.append(f"-c listen_addresses={'127.0.0.1' if self.port else ''}")
        if self.port:
            options.append(f"-p {self.port}")
        # Output to a file: the server would hold a pipe open.
        command = [os.path.join(programs(), "pg_ctl"), "-D", self.data, "-w", "-t", "120", "-o", " ".join(options), "-l",
                   os.path.join(self.directory, "log"), "start"]
        started = subprocess.run(as_postgres(command), cwd=self.directory, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if started.returncode:
            log = pathlib.Path(self.directory, "log")
            raise ServerError("PostgreSQL did not start:\n" + (log.read_text() if log.exists() else ""))

    def stop(self, mode="immediate"):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def process(self):
        """The server's process id; None when it does not run."""
        try:
            return int(pathlib.Path(self.data, "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None

    def __enter__(self):
        try:
            self.initialise()
            self.start()
        except BaseException:
            if self.process():
                self.stop()
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database="postgres", port=None):
        if port:
            return f"postgresql://{USER}@127.0.0.1:{port}/{database}"
        port = f"&port={self.port}" if self.port else ""
        return f"postgresql:///{database}?host={self.directory}&user={USER}{port}"

    def psql(self, script, database="postgres", separator="|"):
        """What psql prints, one row a line, columns separated; errors end it."""
        # Itself: what stands in the PATH is a wrapper that takes longer than most scripts.
        program = os.path.join(programs() or "", "psql")
        done = subprocess.run([program, "-X", "-q", "-A", "-t", "-F", separator, "-v", "ON_ERROR_STOP=1", "-d",
                               self.url(database), "-f", "-"], input=script, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", cwd="/")
        if done.returncode:
            raise ServerError(f"psql: {done.stderr}\n{script[:2000]}")
        return done.stdout

    def execute(self, statement):
        """One statement on the connection that this process keeps: a psql for each would take longer than the server."""
        if not self.session or self.session.process != os.getpid():
            self.session = Session(self.url())
        self.session.execute(statement)

    def create_database(self):
        name = "treue_" + uuid.uuid4().hex[:16]
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING \'UTF8\' STRATEGY FILE_COPY')
        return self.url(name)

    def copy_database(self, url):
        """The address of a new database equal to that one, which nobody may be connected to."""
        name = "treue_" + uuid.uuid4().hex[:16]
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database_of(url)}" STRATEGY FILE_COPY')
        return self.url(name)

    def template(self, key, make):
        """The address of a database to be copied, and a folder that goes with it. The first process of all that asks for
        `key` fills both by make(address, folder)."""
        folder = pathlib.Path(self.directory, "template-" + hashlib.sha256(key.encode()).hexdigest()[:16])
        with open(f"{folder}.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            noted = folder / "address"
            if not noted.exists():
                url = self.create_database()
                shutil.rmtree(folder, ignore_errors=True)
                (folder / "files").mkdir(parents=True)
                make(url, folder / "files")
                noted.write_text(url, encoding="utf-8")
            return noted.read_text(encoding="utf-8"), folder / "files"

    def drop_database(self, url):
        self.execute(f'DROP DATABASE IF EXISTS "{database_of(url)}" WITH (FORCE)')


_server = None
_created = []


def the_server():
    global _server
    if _server is None:
        directory = os.environ.get("TREUE_TEST_SERVER")
        if directory:
            _server = Server(directory=directory)
        else:
            _server = Server()
            _server.__enter__()
            os.environ["TREUE_TEST_SERVER"] = _server.directory
            atexit.register(_server.__exit__)
    return _server


def fresh_database():
    """The address of an empty database that lives until drop_databases()."""
    _created.append(the_server().create_database())
    return _created[-1]


def fresh_template(key, make):
    """(address, folder): a copy, as fresh_database() gives one, of what make() filled for this key, and the folder to be
    copied."""
    url, files = the_server().template(key, make)
    return fresh_copy(url), files


def fresh_copy(url):
    """The same for a copy of a database."""
    _created.append(the_server().copy_database(url))
    return _created[-1]


def drop_databases(count=0):
    """Removes the databases of fresh_database() but the first `count`."""
    while len(_created) > count:
        the_server().drop_database(_created.pop())


def created():
    return len(_created)


def wanted():
    """Are the databases of this test to lie on PostgreSQL?"""
    return os.environ.get("TREUE_TEST_DB") == "postgresql"


def both():
    """Does this test go through every case on both engines at once?"""
    return os.environ.get("TREUE_TEST_DB") == "both"


def main(arguments):
    if arguments == ["--create"]:
        print(the_server().create_database())
        return 0
    if len(arguments) == 2 and arguments[0] == "--copy":
        print(the_server().copy_database(arguments[1]))
        return 0
    if len(arguments) >= 2 and arguments[0] == "--run":
        with Server() as server:
            environment = dict(os.environ, TREUE_TEST_SERVER=server.directory, TREUE_TEST_DB="postgresql")
            return subprocess.run(arguments[1:], env=environment, check=False).returncode
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
