#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Database servers that are not who they say: with sslmode=verify-full they get neither name nor password.

  test_postgresql_tls.py TREUE_BINARY

Check 5 of docs/internals/security.md, for PostgreSQL.
"""
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import postgresql  # noqa: E402  (needs the path above)
from certificates import Authority  # noqa: E402

BINARY = None
CERTIFICATE, KEY = "server.pem", "server.key"
SETTINGS = [*postgresql.NO_SYNC, "ssl=on", f"ssl_cert_file={CERTIFICATE}", f"ssl_key_file={KEY}", "log_connections=on"]
OLD = ["ssl_min_protocol_version=TLSv1", "ssl_max_protocol_version=TLSv1.1", "ssl_ciphers=ALL:@SECLEVEL=0"]
PASSWORD = "canary-of-the-password"
LOCAL = "DNS:localhost,IP:127.0.0.1"


class TlsServer(postgresql.Server):
    """Shows the certificate it is given, and asks for a password."""

    def __init__(self, port):
        super().__init__(SETTINGS, port)
        self.log = pathlib.Path(self.directory, "log")

    def initialise(self):
        super().initialise()
        pathlib.Path(self.data, "pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.1/32 password\n",
                                                          encoding="ascii")

    def show(self, pair, more=()):
        for source, name in zip(pair, (CERTIFICATE, KEY)):
            target = os.path.join(self.data, name)
            shutil.copy(source, target)
            os.chmod(target, 0o600)
            if os.geteuid() == 0:
                user = pwd.getpwnam("postgres")
                os.chown(target, user.pw_uid, user.pw_gid)
        if self.process():
            self.stop("fast")
        self.settings = [*SETTINGS, *more]
        self.start()

    def __enter__(self):
        self.initialise()
        return self


def connect(server, folder, database, host, authorities, mode="verify-full"):
    """`treue init` there: (exit status, what it says, what the server noted of it)."""
    before = server.log.stat().st_size
    url = (f"postgresql://{postgresql.USER}@{host}:{server.port}/{database}?sslmode={mode}&sslrootcert={authorities}"
           "&gssencmode=disable")
    environment = {**os.environ, "LANG": "en_GB.UTF-8", "PGPASSWORD": PASSWORD}
    done = subprocess.run([BINARY, "--data", str(folder), "--db", url, "init"], env=environment, capture_output=True,
                          text=True, timeout=120, check=False)
    with server.log.open(encoding="utf-8", errors="replace") as log:
        log.seek(before)
        return done.returncode, done.stdout + done.stderr, log.read()


def main(arguments):
    global BINARY
    if len(arguments) != 1:
        sys.exit(__doc__)
    BINARY = str(pathlib.Path(arguments[0]).resolve())
    problems = []
    with tempfile.TemporaryDirectory(prefix="treue-tls-") as name, TlsServer(postgresql.free_port()) as server:
        folder = pathlib.Path(name)
        trusted, other = Authority(folder, "trusted"), Authority(folder, "other")
        good = trusted.sign("good", LOCAL)
        # name, what it shows, settings, host, authorities, what the message says besides how to mend it; None: accepted
        cases = [
            ("good", good, (), "localhost", trusted.certificate, None),
            ("by address", good, (), "127.0.0.1", trusted.certificate, None),
            ("wrong name", trusted.sign("wrong", "DNS:db.example"), (), "localhost", trusted.certificate, "db.example"),
            ("no address", trusted.sign("named", "DNS:localhost"), (), "127.0.0.1", trusted.certificate, "127.0.0.1"),
            ("expired", trusted.sign("expired", LOCAL, end="200301000000Z"), (), "localhost", trusted.certificate, "verify"),
            ("not yet valid", trusted.sign("early", LOCAL, begin="480101000000Z"), (), "localhost", trusted.certificate,
             "verify"),
            ("somebody else's", other.sign("foreign", LOCAL), (), "localhost", trusted.certificate, "verify"),
            ("its own", (other.certificate, other.key), (), "localhost", trusted.certificate, "verify"),
            ("no authorities", good, (), "localhost", folder / "nowhere.pem", "nowhere.pem"),
        ]
        for number, (case, pair, more, host, authorities, says) in enumerate(cases):
            server.show(pair, more)
            database = f"tls{number}"
            server.psql(f"ALTER ROLE {postgresql.USER} PASSWORD '{PASSWORD}'; "
                        f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'")
            code, said, noted = connect(server, folder / database, database, host, authorities)
            tables = int(server.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database))
            if says is None:
                wanted = code == 0 and tables > 0 and "SSL enabled (protocol=TLSv1." in noted
            else:
                wanted = (code == 3 and tables == 0 and says in said and "did not prove who it is" in said and
                          "sslrootcert" in said and f"user={postgresql.USER}" not in noted)
            if not wanted or PASSWORD in said:
                problems.append(f"{case}: {code}, {tables} tables\n{said}\n{noted}")
        # The refusals above are of the certificates' making: who asks for less gets in.
        server.show(next(pair for case, pair, *_ in cases if case == "wrong name"))
        code, said, _ = connect(server, folder / "less", "tls2", "localhost", trusted.certificate, "verify-ca")
        if code != 0:
            problems.append(f"verify-ca: {code}\n{said}")
        server.show(good, OLD)
        code, said, noted = connect(server, folder / "old", "tls0", "localhost", trusted.certificate)
        if code != 3 or "protocol" not in said or f"user={postgresql.USER}" in noted:
            problems.append(f"TLS 1.1: {code}\n{said}\n{noted}")
    print("\n".join(problems) or f"ok: {len(cases) + 2} servers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
