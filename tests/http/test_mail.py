#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mail servers that are not who they say, and mail servers that hold on to whoever speaks to them.

  test_mail.py TREUE_BINARY        (a release: memory is measured)

Checks 5 (certificates of outgoing connections) and 55 (limits of time and size of answers) of docs/internals/security.md.
"""
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

from house import Browser, run
from test_access import MailServer, set_up_mail

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from certificates import Authority  # noqa: E402  (needs the path above)

SECONDS_MAX, SPARE_SECONDS = 30, 15     # of a mail; what a busy machine may take besides
MEMORY_KB_MAX = 64 << 10
CANARY = "canary-of-the-mail-server"


# ---- certificates ---------------------------------------------------------------------------------------------------

def certificates(problems, house):
    """Wrong name, expired, not yet valid, signed by itself or by somebody else, TLS 1.1: no mail, no password."""
    trusted, other = Authority(house.folder, "trusted"), Authority(house.folder, "other")
    local = "DNS:localhost,IP:127.0.0.1"
    cases = {"good": (trusted.sign("good", local), ""), "wrong name": (trusted.sign("wrong", "DNS:mail.example"), ""),
             "expired": (trusted.sign("expired", local, end="200301000000Z"), ""),
             "not yet valid": (trusted.sign("early", local, begin="480101000000Z"), ""),
             "somebody else's": (other.sign("foreign", local), ""),
             "its own": ((other.certificate, other.key), ""),
             "TLS 1.1": (trusted.sign("old", local), "TLSv1.1")}
    secret = house.treue.write("mail-password", "geheimnis\n")
    for security in ("starttls", "tls"):
        for name, (pair, version) in cases.items():
            folder = house.folder / f"{security} {name}"
            folder.mkdir()
            with MailServer(folder, *pair, security, version) as mail:
                set_up_mail(house, mail, security, mail_host="localhost", mail_user="treue", mail_password_file=secret,
                            mail_authorities=trusted.certificate)
                code, out, error = house.treue.call("setting", "test-mail", "a@muster.example")
                problems.same(code, 0 if name == "good" else 3, security, name, out, error)
                problems.same(len(mail.mails(1, 2 if name == "good" else 0)), int(name == "good"), security, name, "mails")
                problems.same((mail.folder / "login").exists(), name == "good", security, name, "the password")
    # Without a file of authorities those of the system count, which know nothing of ours.
    with MailServer(house.folder, *cases["good"][0], "tls", "") as mail:
        set_up_mail(house, mail, "tls", mail_host="localhost", mail_user="", mail_authorities="")
        problems.same(house.treue.call("setting", "test-mail", "a@muster.example")[0], 3, "the system's authorities")
        problems.same(mail.mails(1, 0), [], "nothing went out")


# ---- servers that hold on -------------------------------------------------------------------------------------------

def say(connection, *lines):
    connection.sendall("".join(line + "\r\n" for line in lines).encode())


def line_of(connection):
    held = b""
    while not held.endswith(b"\n"):
        more = connection.recv(1)
        if not more:
            raise ConnectionResetError
        held += more
    return held.decode("latin-1").strip()


def silent(connection):
    while connection.recv(4096):
        pass


def drips(connection):
    say(connection, "220-one")
    while True:
        connection.sendall(b"2")
        time.sleep(1)


def endless_lines(connection):
    while True:
        connection.sendall(b"220-and so on\r\n" * 4000)
        time.sleep(0.01)


def endless_line(connection):
    connection.sendall(b"220 ")
    while True:
        connection.sendall(b"x" * 60000)
        time.sleep(0.01)


def polite_and_slow(connection):
    """Each answer is right and comes in time; all of them do not."""
    say(connection, "220 hello")
    while line_of(connection):
        time.sleep(9)
        say(connection, "250 ok")


def never_takes_it(connection):
    say(connection, "220 hello")
    while not line_of(connection).startswith("DATA"):
        say(connection, "250 ok")
    say(connection, "354 go on")
    silent(connection)


def refuses(connection):
    say(connection, "220 hello")
    line_of(connection)
    say(connection, "250 ok")
    line_of(connection)
    say(connection, f"550 {CANARY} <script>alert(1)</script>")
    silent(connection)


class Hostile:
    """Listens on a free port and treats each connection by `manner`."""

    def __init__(self, manner):
        self.manner, self.count = manner, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self.treat, args=(connection,), daemon=True).start()

    def treat(self, connection):
        with connection:
            try:
                self.manner(connection)
            except OSError:
                pass  # the other side has had enough


class Sending:
    """`treue setting test-mail` with a mail server, measured."""

    def __init__(self, house, name, port):
        treue = house.treue
        treue.run("setting", "set", "mail_port", port)
        self.name, self.begun = name, time.monotonic()
        self.process = subprocess.Popen([treue.binary, "--data", str(treue.data), "setting", "test-mail",
                                         "a@muster.example"], env=dict(treue.environment, LANG="C.UTF-8"),
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        # The settings are read at once; the next process gets others.
        self.thread = threading.Thread(target=self.wait)
        self.thread.start()

    def wait(self):
        self.said = self.process.stdout.read().decode()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds, self.peak_kb = time.monotonic() - self.begun, usage.ru_maxrss


def limits(problems, house):
    """However a mail server drags on: the mail is given up after 30 seconds, in little memory, and what the mail server says
    is shown to nobody."""
    manners = (silent, drips, endless_lines, endless_line, polite_and_slow, never_takes_it, refuses)
    hostile = {manner.__name__: Hostile(manner) for manner in manners}
    set_up_mail(house, next(iter(hostile.values())))
    sendings = []
    for name, server in hostile.items():
        sendings.append(Sending(house, name, server.port))
        end = time.monotonic() + 20
        while server.count == 0 and time.monotonic() < end:
            time.sleep(0.02)
    for sending in sendings:
        sending.thread.join(SECONDS_MAX + SPARE_SECONDS)
        if sending.thread.is_alive():
            sending.process.kill()
            problems.expect(False, sending.name, "is still waited for")
            continue
        problems.same(sending.process.returncode, 3, sending.name, sending.said)
        problems.expect(sending.seconds <= SECONDS_MAX + SPARE_SECONDS, sending.name, sending.seconds, "s")
        problems.expect(sending.peak_kb <= MEMORY_KB_MAX, sending.name, sending.peak_kb, "kB")
        problems.expect(CANARY not in sending.said and "script" not in sending.said, sending.name, sending.said)
    problems.expect(all(server.count == 1 for server in hostile.values()), "each was asked once")
    for server in hostile.values():
        server.socket.close()


def pages_go_on(problems, house):
    """While the mail server says nothing, pages are served, links are promised alike, and the server ends."""
    hostile = Hostile(silent)
    set_up_mail(house, hostile)
    house.add("anna", "owner")
    house.treue.change("UPDATE account SET email = 'anna@muster.example'")
    begun = time.monotonic()
    with house.serving():
        house.complete("anna")
        answers = set()
        for login in ("anna", "nobody"):
            before = time.monotonic()
            answer = Browser(house).post("/sign-in/mail", {"login": login})
            problems.expect(time.monotonic() - before < 5, login, "waited", time.monotonic() - before)
            answers.add((answer.status, answer.header("Location"), answer.body))
        problems.same(len(answers), 1, "the same answer")
        for _ in range(20):
            problems.same(Browser(house).ask("/sign-in").status, 200, "a page meanwhile")
        problems.same(Browser(house).sign_in("anna").status, 303, "signing in meanwhile")
    problems.expect(time.monotonic() - begun < SECONDS_MAX + 2 * SPARE_SECONDS, "ended after", time.monotonic() - begun)
    problems.same(hostile.count, 1, "mails on their way")
    log = house.log.read_text(encoding="utf-8")
    problems.expect(not re.search(r"anna@muster", log), "no address in the log")
    hostile.socket.close()


CASES = [certificates, limits, pages_go_on]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(run([case for case in CASES if len(sys.argv) == 2 or case.__name__ in sys.argv[2:]], sys.argv[1]))
