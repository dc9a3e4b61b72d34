# SPDX-License-Identifier: AGPL-3.0-or-later
"""A company with accounts and a running `treue serve`, for tests of the pages: on the embedded database, or with
TREUE_TEST_DB=postgresql on a server's."""
import contextlib
import http.cookies
import pathlib
import re
import shutil
import sys
import tempfile
import traceback
import urllib.parse

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "road"))
import road  # noqa: E402  (needs the path above)

PASSWORD = "grünes sofa am teich"
OTHER = "sieben leise laternen"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


class Browser:
    """Keeps cookies, sends the token of its pages, follows nothing by itself."""

    def __init__(self, house, address=None, agent=AGENT):
        self.house, self.address, self.agent = house, address, agent
        self.cookies, self.csrf = {}, None

    def ask(self, path, method="GET", fields=None, accept="text/html", headers=(), token=True, key=None):
        lines = [("Accept", accept), ("User-Agent", self.agent), *headers]
        if self.address:
            lines.append(("X-Forwarded-For", self.address))
        if key:
            lines.append(("Authorization", f"Bearer {key}"))
        if self.cookies:
            lines.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        form = None
        if method != "GET":
            pairs = [(name, value) for name, values in (fields or {}).items()
                     for value in (values if isinstance(values, list) else [values])]
            if token and self.csrf:
                pairs.append(("csrf", self.csrf))
            form = urllib.parse.urlencode(pairs)
            if not any(name == "Origin" for name, _ in lines):
                lines.append(("Origin", "http://localhost"))
        before = self.session()
        answer = self.house.server.ask(path, method=method, headers=lines, form=form)
        for line in answer.all("Set-Cookie"):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        found = re.search(rb'name="csrf-token" content="([^"]*)"', answer.body)
        if found:
            self.csrf = found.group(1).decode()
        elif self.session() != before and self.session():
            self.ask("/account")  # the page that comes next carries another token
        return answer

    def post(self, path, fields=None, **more):
        return self.ask(path, "POST", fields, **more)

    def json(self, path, **more):
        return self.ask("/api/v1" + path, accept="application/json", **more)

    def session(self):
        return self.cookies.get("treue_session")

    def sign_in(self, login, password=PASSWORD):
        return self.post("/sign-in", {"login": login, "password": password})

    def is_signed_in(self):
        return self.json("/account").status == 200


class House:
    """`clock`: the time the program believes it is, also that of a server started from now on; it stands still."""

    def __init__(self, binary, folder, clock=road.CLOCK, **more):
        self.treue = road.Treue(binary, folder, **more)
        self.folder, self.clock, self.server = self.treue.folder, clock, None
        self.links, self.log = {}, self.folder / "server.log"

    def command(self, *options):
        return [self.treue.binary, "--data", str(self.treue.data), "serve", "--listen", "127.0.0.1:0", "--log",
                str(self.log), *options]

    def environment(self):
        return dict(self.treue.environment, TREUE_CLOCK=self.clock)

    @contextlib.contextmanager
    def serving(self, *options):
        with harness.Server(self.command(*options), self.folder, environment=self.environment()) as server:
            self.server = server
            yield server

    def add(self, login, role, name="Jemand"):
        """An account by the command line; its link."""
        treue = self.treue
        treue.clock = self.clock
        out = treue.run("user", "add", login, "--role", role, "--name", name)
        self.links[login] = re.search(r"/link/([A-Za-z0-9_-]+)", out).group(1)
        return self.links[login]

    def complete(self, login, password=PASSWORD, link=None):
        """Chooses the password of an account: its browser, signed in."""
        browser = Browser(self)
        answer = browser.post(f"/link/{link or self.links[login]}", {"password": password})
        if answer.status != 303:
            raise RuntimeError(f"{login}: {answer.line} {answer.body[-400:]}")
        return browser

    def account_id(self, login):
        return self.treue.query(f"SELECT id FROM account WHERE login = '{login}'")[0][0]


def run(cases, binary, **options):
    """Each case gets a house of its own; says what came of it and returns the exit status."""
    failed = 0
    for case in cases:
        problems = harness.Problems()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="treue-house-"))
        try:
            house = House(binary, folder, **options)
            case(problems, house)
            errors = folder / "errors"
            said = errors.read_text(encoding="utf-8", errors="replace") if errors.exists() else ""
            problems.expect("Sanitizer" not in said and "runtime error" not in said, said[-3000:])
        except Exception:  # a fault of the test belongs to its case, too
            problems.append(traceback.format_exc())
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok'}: {case.__name__}", *problems[:10], sep="\n    ", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0
