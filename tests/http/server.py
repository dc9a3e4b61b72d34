# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server with a data directory of its own, on either database, and people who use it as a browser does: cookies, forms
with their proof, redirects."""
import html
import http.client
import json
import os
import pathlib
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import traceback
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "road"))
import road  # noqa: E402  (needs the path above)

PASSWORD = "eine lange Losung 7"
START_SECONDS = 60


class Server:
    """An initialised data directory and `treue serve` on a free port; ends with the block."""

    def __init__(self, binary, clock="2026-01-20T09:00:00Z"):
        self.binary, self.clock, self.process = road.absolute(binary), clock, None
        self.folder = tempfile.TemporaryDirectory(prefix="treue-http-")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.environment = {**os.environ, "LANG": "en_GB.UTF-8"}
        if clock:
            self.environment["TREUE_CLOCK"] = clock
        self.databases = road.postgresql.created() if road.postgresql.wanted() else None
        self.url = road.postgresql.fresh_database() if road.postgresql.wanted() else None

    def __enter__(self):
        self.command("init")
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)
        self.folder.cleanup()
        if self.url:
            road.postgresql.drop_databases(self.databases)

    def words(self):
        return [str(self.binary), "--data", str(self.data), *(["--db", self.url] if self.url else [])]

    def command(self, *words):
        done = subprocess.run([*self.words(), *map(str, words)], env=self.environment, capture_output=True, text=True,
                              timeout=300, check=False)
        if done.returncode != 0:
            raise road.RoadError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def user(self, login, role, *words):
        """A new account; returns the token of its link."""
        said = self.command("user", "add", login, "--role", role, *words)
        return re.search(r"/link/([A-Za-z0-9_-]+)", said).group(1)

    def start(self, *words):
        self.process = subprocess.Popen([*self.words(), "serve", "--listen", "127.0.0.1:0",
                                         "--log", str(self.data) + ".log", *words],
                                        env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = ""
        while (line := self.process.stdout.readline()):
            said += line
            found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
            if found:
                self.port = int(found.group(1))
                return self
        raise road.RoadError(f"the server did not start: {said}{self.process.stderr.read()}")

    def stop(self, how=signal.SIGTERM):
        """Ends the server; what it said on standard error."""
        if not self.process:
            return ""
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=120)
        code, self.process = self.process.returncode, None
        if how == signal.SIGTERM and code != 0:
            raise road.RoadError(f"the server ended with {code}: {errors[-4000:]}")
        return errors


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.bytes = status, headers, body
        self.text = body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.bytes)


class Person:
    """Somebody at a browser: `get` and `post` for pages, `ask` and `tell` for the API with the same session."""

    def __init__(self, server):
        self.server, self.cookies, self.proof = server, {}, None

    def send(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        given = {"Accept": "text/html", "Accept-Language": "en", "Origin": f"http://127.0.0.1:{self.server.port}",
                 "Sec-Fetch-Site": "same-origin", **(headers or {})}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, given)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
        if found:
            self.proof = html.unescape(found.group(1))
        return answer

    def follow(self, answer):
        while answer.status == 303:
            answer = self.get(answer.headers["Location"])
        return answer

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, fields=(), files=None, follow=True):
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        pairs.append(("csrf", self.proof or ""))
        if files is None:
            body = urllib.parse.urlencode(pairs).encode()
            kind = "application/x-www-form-urlencoded"
        else:
            mark = secrets.token_hex(16)
            parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                     for name, value in pairs]
            parts += [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n'
                      "Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n"
                      for name, (called, content) in files.items()]
            body = b"".join(parts) + f"--{mark}--\r\n".encode()
            kind = f"multipart/form-data; boundary={mark}"
        answer = self.send("POST", path, body, {"Content-Type": kind})
        return self.follow(answer) if follow else answer

    def ask(self, path):
        return self.send("GET", "/api/v1" + path, headers={"Accept": "application/json"})

    def tell(self, path, fields=None):
        return self.send("POST", "/api/v1" + path, json.dumps(fields or {}).encode(),
                         {"Accept": "application/json", "Content-Type": "application/json",
                          "X-CSRF-Token": self.proof or ""})


def sign_in(server, login, role, *words):
    """A new account, signed in. Before the server starts its link is made; see `invite`."""
    return enter(server, login, server.user(login, role, *words))


def enter(server, login, token):
    person = Person(server)
    person.get(f"/link/{token}")
    person.post(f"/link/{token}", {"password": PASSWORD})
    person.get("/sign-in")
    answer = person.post("/sign-in", {"login": login, "password": PASSWORD}, follow=False)
    if answer.status != 303:
        raise road.RoadError(f"{login} could not sign in: {answer.status} {answer.text[:500]}")
    person.get("/account")
    return person


def run_case(case, server_of, binary):
    """What is wrong, sentence by sentence."""
    problems = []

    def check(good, what):
        if not good:
            problems.append(what)

    try:
        with server_of(binary) as server:
            case(check, server)
            errors = server.stop()
            check("Sanitizer" not in errors and "runtime error" not in errors, errors[-2000:])
    except Exception:  # a fault of the test belongs to its case, too
        problems.append(traceback.format_exc())
    return problems


def run_cases(cases, server_of):
    """What a test with cases {name: function(check, server)} does with its arguments, BINARY [NAME...]: each named case, or
    all, on a server of its own; returns the exit status."""
    binary, failed, names = sys.argv[1], 0, sys.argv[2:] or list(cases)
    for name in names:
        problems = run_case(cases[name], server_of, binary)
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok'}: {name}", *problems[:10], sep="\n    ", flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0
