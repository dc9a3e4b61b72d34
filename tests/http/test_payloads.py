#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hostile texts in everything somebody outside may fill in, on the demo company and a whole server, row by row of the
description of the API.

  test_payloads.py TREUE_BINARY        (a release: answers are timed; TREUE_TEST_DB=postgresql: also what the server says)

Checks 9 to 11, 13 and 22 to 24 of docs/internals/security.md. What others collected is searched in TREUE_TEST_DATA (default ../shared beside the
repository); without it the test says so and tries its own.
"""
import csv
import html.parser
import itertools
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import urllib.parse

import harness
from everybody import ROOT, Demo
from house import PASSWORD, road

CANARY = "injected-canary"
# For fields of any text. Passwords are only hashed, and what takes numbers, days and choices refuses all of them: there
# those in front are enough.
SQL = ["'", '"', "' OR '1'='1", f"'; UPDATE account SET name = '{CANARY}'; --", f"1; UPDATE setting SET value = '{CANARY}'",
       "'; DROP TABLE saved_view; --", "1 OR 1=1", "'||(SELECT pg_sleep(5))||'"]
OTHER_KINDS = len(SQL)
WRITTEN = OTHER_KINDS + 14
SQL += ["`", "\\", "\\'", "''", "' OR 1=1 --", "') OR ('1'='1", "' OR 1=1 /*", "1)) OR ((1=1", "admin'--",
        f"' UNION SELECT '{CANARY}' --", f"') ON CONFLICT DO UPDATE SET name = '{CANARY}' --",
        f"x'); INSERT INTO saved_view(name) VALUES ('{CANARY}'); --", "1 AND 1 = (SELECT 1 FROM pg_sleep(5))",
        "'; SELECT pg_sleep(5); --", "' AND length(randomblob(900000000)) > 0 --", "1; SELECT pg_sleep(5)",
        "$$; DROP TABLE saved_view; $$", "%' ESCAPE '", "%", "_", ":name", "?1", "$1", "{rows}", "--", ";", "/*",
        "name) FROM customer_name; --", "(SELECT password FROM account)", "name DESC, (SELECT 1 FROM pg_sleep(5))",
        "CASE WHEN 1=1 THEN name ELSE city END", "name:contains:' OR 1=1 --", "name:is:x' OR '1'='1", "\u02bc OR 1=1 --",
        "\uff07 OR 1=1 --", "E'\\x27 OR 1=1 --"]
TABLES = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
          "postgresql": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"}
SECONDS_MAX = 3.0
# So many may really be called like a payload, since the naughty strings are names and towns by then; all are hundreds.
CALLED_SO = 3
ROLES = ["nobody", "owner", "administrator", "sales_head", "director", "rep", "marketing", "main_contact", "contact"]


def payloads(method="GET"):
    """What is read takes all; what is written, and takes longer, those in front and what others collected."""
    folder = pathlib.Path(os.environ.get("TREUE_TEST_DATA", ROOT.parent / "shared"), "corpora", "payloads")
    found = SQL if method == "GET" else SQL[:WRITTEN]
    for name in ("sqli-generic-fuzz.txt", "sqli-polyglots.txt"):
        if not (folder / name).exists():
            road.leave_out("payloads of others", f"{folder} is not there: set TREUE_TEST_DATA")
            break
        found = found + (folder / name).read_text(encoding="utf-8").splitlines()
    return found


def plain(cell):
    """Something that can stand in a set."""
    return json.dumps(cell) if isinstance(cell, (list, dict)) else cell


class Company:
    """The demo company with something to name in every address, and someone who may ask for each row."""

    def __init__(self, binary, folder):
        self.demo = Demo(binary, folder)
        self.demo.find_customers()
        self.demo.sign_in_all()
        self.house = self.demo.house
        self.engine = "postgresql" if self.house.treue.on_server() else "sqlite"
        self.slowest, self.count, self.numbering = (0, ""), 0, itertools.count()

    def query(self, sql):
        return self.house.treue.query(sql)

    def newest(self, table):
        return self.query(f"SELECT max(id) AS id FROM {table}")[0][0]

    def prepare(self):
        """An object for each name in braces."""
        demo, house = self.demo, self.house
        demo.complete_all()
        self.owner, self.administrator = demo.browser("owner"), demo.browser("administrator")
        customer = demo.customers["own"]
        number = self.query(f"SELECT number FROM customer_key WHERE customer_id = {customer}")[0][0]
        self.owner.post("/overrides", {"customer": number, "segment": "A", "reason": "Probe", "valid_to": "2025-12-31"})
        self.owner.post("/views", {"list": "customers", "name": "Probe", "query": "sort=name"})
        self.administrator.post("/keys", {"name": "Probe", "role": "owner", "days": "1"})
        answer = self.administrator.post("/users/new", {"login": "probe", "name": "Probe", "role": "marketing"})
        token = re.search(r"/link/([A-Za-z0-9_-]{27})", answer.body.decode()).group(1)
        mark = "b" * 20
        body = (f'--{mark}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.owner.csrf}\r\n--{mark}\r\n'
                'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nnumber;name;territory\r\n901;A;N1\r\n'
                f"\r\n--{mark}--\r\n").encode()
        house.server.ask("/imports", "POST", body=body, headers=self.multipart(mark, self.owner))
        version = self.query("SELECT p.code, v.number AS version FROM concept_version v JOIN program p ON p.id = v.program_id")[0]
        run = self.newest("evaluation_run")
        self.owner.post("/appeals", {"customer": number, "run": run, "reason": "Probe"})
        self.objects = {
            "customer": customer, "person": self.query(f"SELECT person_id FROM contact WHERE customer_id = {customer}")[0][0],
            "account": house.account_id("contact@kunde.example"),
            "run": run, "program": version[0], "version": version[1], "import": self.newest("import"),
            "upload": self.newest("upload"), "job": self.newest("job"), "view": self.newest("saved_view"),
            "override": self.newest("membership_override"), "key": self.newest("api_key"), "user": self.newest("account"),
            "session": self.newest("session"), "appeal": self.newest("appeal"), "token": token}
        self.number, self.someone_else = number, house.account_id("director")
        decided = self.query("SELECT customer_id FROM decision WHERE run_id = (SELECT min(id) FROM evaluation_run) AND "
                             f"customer_id <> {customer} ORDER BY 1")
        self.numbers = dict(self.query(
            "SELECT min(customer_id) AS customer_id, number FROM customer_key GROUP BY number HAVING count(*) = 1"))
        self.pool = itertools.cycle([one for one, in decided if one in self.numbers])
        self.proposed, self.one_prospect = self.evaluate(), self.prospect()
        self.plain = {path: self.owner.ask(path).body.decode() for path in (
            f"/customers/{customer}", f"/customers/{self.one_prospect}", "/customers", "/overrides", "/appeals",
            f"/customers/{customer}/access")}
        self.plain.update({path: self.administrator.ask(path).body.decode() for path in ("/keys", "/users")})

    def evaluate(self):
        """A run that is not decided yet."""
        before = self.newest("evaluation_run")
        self.owner.post("/evaluations", {"cutoff": "2025-12-31"})
        assert harness.until(lambda: self.newest("evaluation_run") != before), "the evaluation does not come"
        return self.newest("evaluation_run")

    def prospect(self):
        answer = self.owner.post("/prospects/new", {"name": "Interessent", "city": "Kiel"})
        return re.search(r"/customers/(\d+)", answer.header("Location")).group(1)

    def appeal(self):
        self.owner.post("/appeals", {"customer": self.numbers[next(self.pool)], "run": self.objects["run"], "reason": "Probe"})
        return self.newest("appeal")

    def override(self):
        self.owner.post("/overrides", {"customer": self.number, "segment": "A", "reason": "Probe",
                                       "valid_to": "2025-12-31"})
        return self.newest("membership_override")

    def link(self):
        page = self.administrator.post(f"/users/{self.objects['user']}/reset", {}).body.decode()
        return re.search(r"/link/([A-Za-z0-9_-]{27})", page).group(1)

    def multipart(self, mark, browser):
        return {"Content-Type": f"multipart/form-data; boundary={mark}", "Origin": "http://localhost", "Accept": "text/html",
                "Cookie": f"treue_session={browser.session()}"}

    def someone(self, method, path):
        """Whose browser may ask for a row."""
        may = set().union(*(row.may for row in self.demo.rows if (row.method, row.path) == (method, path) and
                            row.relation in (None, "own")))
        return next((role for role in ROLES if role in may), "nobody")

    def rows_of_tables(self):
        """Of every table, its rows."""
        return {table: {tuple(map(plain, row)) for row in self.query(f'SELECT * FROM "{table}"')}
                for table, in self.query(TABLES[self.engine])}


# ---- what is sent -----------------------------------------------------------------------------------------------------

VALID = {"count": "1", "money": "10", "percent": "10", "day": "2025-01-10", "yes_no": "yes", "email": "probe@kunde.example",
         "id": "1", "secret": PASSWORD, "text": "Probe", "long_text": "Probe", "file": "number;name\n1;A\n"}
LENGTHS = {"text": 200, "long_text": 10000, "secret": 200, "id": 64}  # where a row says nothing
ANY_TEXT = {"text", "long_text", "file"}
NAMES = {"program", "version", "token"}  # in addresses; all else there is a number
# What a row needs so that more of it is reached than its first check: (form, objects) of each request.
FITTING = {
    "/account/company": lambda company: ({"customer": company.objects["customer"]}, {}),
    "/account/second-factor": lambda company: ({"action": "begin"}, {}),
    "/appeals": lambda company: ({"customer": company.numbers[next(company.pool)], "run": company.objects["run"]}, {}),
    "/appeals/{appeal}/decide": lambda company: ({}, {"appeal": company.appeal()}),
    "/customers/{customer}/access": lambda company: (
        {"email": f"probe-{next(company.numbering)}@kunde.example", "role": "contact"}, {}),
    "/customers/{customer}/access/{account}/role": lambda company: ({"role": "contact"}, {}),
    "/portal/colleagues/{account}/role": lambda company: ({"role": "contact"}, {}),
    "/customers/{customer}/conversion": lambda company: ({}, {"customer": company.prospect()}),
    "/customers/{customer}/potentials": lambda company: (
        {"date": "2025-01-10", "own": "50", "competitor_1": "Probe", "share_1": "50"}, {}),
    "/customers/{customer}/stage": lambda company: ({"stage": "met"}, {"customer": company.prospect()}),
    "/customers/{customer}/visits/plan": lambda company: ({"date": "2025-01-20"}, {}),
    "/evaluations/{run}": lambda company: ({"verdict": "reject", "customer": next(company.pool), "reason": "Probe"},
                                           {"run": company.proposed}),
    "/link/{token}": lambda company: ({"password": PASSWORD}, {"token": company.link()}),
    "/overrides": lambda company: ({"customer": company.number, "segment": "A", "valid_to": "2025-12-31"}, {}),
    "/overrides/{override}/decide": lambda company: ({}, {"override": company.override()}),
    "/settings": lambda company: ({"brand_colour": "#123456"}, {}),
    "/users/new": lambda company: ({"login": f"probe-{next(company.numbering)}"}, {}),
    "/users/{user}/deputy": lambda company: ({"deputy": company.someone_else}, {}),
    "/views": lambda company: ({"list": "customers", "query": "sort=name"}, {})}
SHOWN = {f"/customers/{{customer}}/{what}": lambda company: ({}, {"customer": company.one_prospect})
         for what in ("stage", "conversion")}
OTHERS = {"/overrides/{override}/decide": "director"}  # another than who asked for it
CONCEPT = (ROOT / "demo" / "partnerkreis.yaml").read_text(encoding="utf-8")
# Texts inside of a text.
WRAPPED = {("/concepts", "document"): lambda text: CONCEPT.replace("{de: PartnerKreis,", f"{{de: {json.dumps(text)},"),
           ("/imports", "file"): lambda text: "number;name;\"{0}\"\n901;\"{0}\";\"{0}\"\n".format(text.replace('"', '""'))}


class Parameter:
    """A place of a row where something may be typed."""

    def __init__(self, name, place, schema, required):
        inner = schema.get("items", schema)
        self.name, self.place, self.required = name, place, required
        self.kind = "segment" if place == "path" else inner["x-kind"]
        self.valid = inner["enum"][0] if "enum" in inner else VALID.get(self.kind, "Probe")
        self.repeated = schema.get("type") == "array"
        self.length = inner.get("maxLength") or LENGTHS.get(self.kind)
        self.most = inner.get("maximum")


def parameters_of(operation):
    found = [Parameter(one["name"], one["in"], one["schema"], one["required"]) for one in operation["parameters"]]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        found += [Parameter(name, "body", one, name in content["schema"]["required"])
                  for name, one in content["schema"]["properties"].items()]
    return found


class Row:
    """A row of the description, and the request that is right but for one place."""

    def __init__(self, company, method, path, operation):
        self.company, self.method, self.path, self.operation = company, method, path, operation
        self.parameters = parameters_of(operation)
        self.role = OTHERS.get(path) or company.someone(method, path)
        self.form = {one.name: one.valid for one in self.parameters if one.place == "body" and one.required}
        self.fitting = (FITTING if method == "POST" else SHOWN).get(path, lambda company: ({}, {}))

    def ask(self, place=None, value=None, fits=True, more=()):
        """A right request but for `value` in one place and the pairs `more`. Without `fits` it need not be right otherwise."""
        company, browser = self.company, self.company.demo.browser(self.role)
        if self.role == "nobody":
            browser.cookies.clear()
        more_form, more_objects = self.fitting(company) if fits else ({}, {})
        objects, query, form = {**company.objects, **more_objects}, [], {**self.form, **more_form}
        if place:
            value = WRAPPED.get((self.path, place.name), str)(value) if fits else value
            query = [(place.name, value)] if place.place == "query" else []
        if place and place.place != "query":
            (objects if place.place == "path" else form)[place.name] = value
        for name, text in more:
            if self.method == "GET":
                query.append((name, text))
            else:
                form[name] = [form[name], text] if name in form else text
        path = re.sub(r"\{([a-z]+)\}", lambda found: urllib.parse.quote(str(objects[found.group(1)]), safe=""), self.path)
        if self.operation["x-api"]:
            path = "/api/v1" + path
        path += "?" + urllib.parse.urlencode(query) if query else ""
        begun = time.monotonic()
        if any(one.kind == "file" for one in self.parameters):
            answer = self.upload(browser, path, form)
        else:
            answer = browser.ask(path, self.method, form, accept="application/json" if self.operation["x-api"] else "text/html")
        company.count += 1
        company.slowest = max(company.slowest, (time.monotonic() - begun, f"{self.method} {path[:150]} {form}"))
        return answer

    def upload(self, browser, path, form):
        mark = "b" * 20
        parts = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                        for name, values in {**form, "csrf": browser.csrf}.items() if name != "file"
                        for value in (values if isinstance(values, list) else [values]))
        if "file" in form:
            parts += (f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
                      f'{form["file"]}\r\n')
        return self.company.house.server.ask(path, self.method, body=f"{parts}--{mark}--\r\n".encode(),
                                             headers=self.company.multipart(mark, browser))


def rows_of(company, method):
    """Those of a method; nobody's last, as guessing is held back by address."""
    rows = [Row(company, one, path, operation) for (one, path), operation in sorted(company.demo.routes.items())
            if one == method and not path.endswith("/events")]
    return sorted(rows, key=lambda row: (row.role == "nobody", row.path))


def found_in(answer):
    """How much a list shows; None when the answer is none."""
    if answer is None or answer.status != 200 or not (answer.header("Content-Type") or "").startswith("application/json"):
        return None
    told = answer.json()
    return told.get("total", len(told["rows"]) if isinstance(told.get("rows"), list) else None)


def sweep(problems, company, method):
    """Every payload in every place of every row of a method: no failure, nobody waits, and what asks for all finds no more
    than a word that stands nowhere."""
    texts, seen = payloads(method), {}
    for row in rows_of(company, method):
        for place in row.parameters:
            nothing = found_in(row.ask(place, "xq-nowhere-zv")) if method == "GET" else None
            for text in texts if place.kind in ANY_TEXT or place.name in NAMES else texts[:OTHER_KINDS]:
                begun = time.monotonic()
                answer = row.ask(place, text)
                what = f"{row.role}: {method} {row.path} {place.name} = {text[:60]!r}"
                problems.expect(answer is not None and answer.status < 500, what, answer and (answer.line, answer.body[-200:]))
                problems.expect(time.monotonic() - begun < SECONDS_MAX, what, "took", time.monotonic() - begun)
                seen.setdefault((row.path, place.name), set()).add(answer.status if answer else None)
                if "OR" in text and nothing is not None:
                    found = found_in(answer)
                    problems.expect(found is None or nothing <= found <= nothing + CALLED_SO, what, "finds", found)
    return seen


# Not every row can be right here: a code nobody was sent, a password that is wrong, what there is already.
NEVER_RIGHT = {"/concepts", "/customers/{customer}/visits/cancel", "/sign-in", "/sign-in/code", "/keys", "/style",
               "/simulations/{job}", "/imports/{import}/reasons", "/imports/{import}/rejected"}


def controls(problems, company, method):
    """What is right but for the payload is taken: else the payloads would not get far."""
    for row in rows_of(company, method):
        if method == "GET" or any(place.place == "body" for place in row.parameters):
            answer = row.ask()
            problems.expect(answer.status in (200, 201, 303) or row.path in NEVER_RIGHT, "control:", row.role, method, row.path,
                            answer.line, answer.body[:300])


# ---- what must not come of it -------------------------------------------------------------------------------------------

# Tables whose rows what is sent may rightly change or remove, column by column; of all others each row must stay as it was.
CHANGED = {"access_link", "account", "account_company", "account_responsible", "account_deputy", "account_team", "appeal",
           "audit_anchor", "decision", "evaluation_run", "head", "id_lease", "id_node", "idempotency", "import", "job", "known_device",
           "membership_override", "saved_view", "session", "session_change", "setting", "sign_in_attempt", "upload"}


def nothing_was_carried_out(problems, before, after, texts):
    problems.same(sorted(after), sorted(before), "tables")
    for table in before:
        if table not in CHANGED:
            gone = before[table] - after[table]
            problems.expect(not gone, table, "lost", len(gone), "rows, such as", min(gone, default=""))
        for row in after[table] - before[table]:
            for cell in row:
                if isinstance(cell, str) and CANARY in cell.lower():
                    problems.expect(any(text.lower() in cell.lower() for text in texts if CANARY in text), table, "holds", cell)


def injection(problems, company):
    """Check 11: statements and pieces of them in every place: no 5xx, nobody waits, no row changed but as the text it is."""
    before = company.rows_of_tables()
    controls(problems, company, "GET")
    sweep(problems, company, "GET")
    after = company.rows_of_tables()
    for table in before:
        problems.expect(before[table] == after[table], "reading changed", table)
    controls(problems, company, "POST")
    before = company.rows_of_tables()
    seen = sweep(problems, company, "POST")
    nothing_was_carried_out(problems, before, company.rows_of_tables(), payloads())
    taken = sum(bool(statuses & {200, 201, 303}) for statuses in seen.values())
    problems.expect(taken >= 40, "only", taken, "fields took a payload as the text it is")
    code, out, error = company.house.treue.call("verify")
    problems.expect(code == 0, "verify", out[-1000:], error[-1000:])
    print(f"{company.count} requests, the slowest took {company.slowest[0]:.1f} s; {taken} fields took them as text", flush=True)


def the_server_of_the_database(problems, company):
    """What the database server said: no statement that it could not read."""
    if company.engine != "postgresql":
        return
    log = pathlib.Path(road.postgresql.the_server().directory, "log").read_text(encoding="utf-8", errors="replace")
    said = [line for line in log.splitlines() if "ERROR:" in line and ("syntax" in line or "does not exist" in line)]
    problems.expect(not said, "the server of the database read", said[:5])


# ---- what a field takes ---------------------------------------------------------------------------------------------

# What no row has, whatever things there are: whoever could set it would be somebody else or elsewhere.
NOT_ASKED_FOR = ("account_id", "actor", "created_ms", "customer_id", "digest", "generation", "is_admin", "permissions",
                 "program_id", "scope", "state", "tenant")
WRONG = {"count": ["-1", "1.5", "1e2", "0x10", "9223372036854775808", "99999999999999999999"], "money": ["1e9", "NaN", "a",
         "99999999999999999999"], "percent": ["-1", "1000000", "a"], "day": ["2025-02-29", "1899-12-31", "today", "0"],
         "choice": ["nonsense", "Probe "], "yes_no": ["maybe"], "email": ["a", "a@b", "a@b.c\nbcc:d"], "id": ["a b", "../a", "\u00fc"],
         "text": ["a\x01b", "a\nb", "\x7f"], "long_text": ["a\x01b"]}


def refused_at(answer, name):
    """Was this field named as wrong?"""
    if answer is None or answer.status != 422:
        return None
    if not (answer.header("Content-Type") or "").startswith("application/json"):
        return "page"
    told = answer.json()
    return next((one["key"] for one in [told["error"], *told.get("further", [])] if one["field"] == name), None)


def bounds(problems, company):
    """Checks 22 to 24: of every field of every row its bounds and what is none of its kind; fields no row has; fields twice."""
    tried = 0
    company.objects["token"] = company.link()
    for row in rows_of(company, "GET") + rows_of(company, "POST"):
        names = {place.name for place in row.parameters}
        what = f"{row.role}: {row.method} {row.path}"
        for place in row.parameters:
            if place.place == "path" or place.kind == "file":
                continue
            wrong = list(WRONG.get(place.kind, []))
            wrong += ["a" * (place.length + 1)] if place.length else []
            wrong += [str(place.most + 1)] if place.most and place.most < 2 ** 63 - 1 else []
            for text in wrong:
                answer, tried = row.ask(place, text, fits=False), tried + 1
                problems.expect(refused_at(answer, place.name), what, place.name, f"takes {text[:40]!r}", answer.line,
                                answer.body[:200])
            if place.length and place.kind != "id":
                key = refused_at(row.ask(place, "a" * place.length, fits=False), place.name)
                problems.expect(key != "input.too_long", what, place.name, "does not take", place.length, "characters")
            if not place.repeated:
                answer = row.ask(place, place.valid, fits=False, more=[(place.name, place.valid)])
                problems.expect(answer.status == 400, what, place.name, "is taken twice", answer.line)
        for name in NOT_ASKED_FOR:
            if name not in names:
                answer, tried = row.ask(fits=False, more=[(name, "1")]), tried + 1
                problems.expect(answer.status == 400, what, "takes", name, answer.line)
    problems.expect(tried > 2000, "only", tried, "were tried")
    print(f"{tried} wrong values and fields", flush=True)


# ---- naughty strings --------------------------------------------------------------------------------------------------

# What is kept as it was typed, and where it is read again: "new" is the customer that was made.
KEPT = {"/prospects/new": ("new", ["name", "street", "postcode", "city", "trade"]),
        "/customers/{customer}/contacts/new": ("/customers/{customer}", ["name"]),
        "/customers/{customer}/contacts/{person}": (None, ["role", "level", "phone"]),  # the latest is told
        "/customers/{customer}/visits/new": (None, ["topics", "next_step", "note"]),
        "/customers/{customer}/potentials": (None, ["note", "competitor_1"]),
        "/customers/{customer}/access": ("/customers/{customer}/access", ["name"]),
        "/overrides": ("/overrides", ["reason"]), "/appeals": ("/appeals", ["reason", "filed_by"]),
        "/keys": ("/keys", ["name"]), "/users/new": ("/users", ["name"]), "/views": ("/customers", ["name"])}
# Each string goes into every so-manieth field, so that all are tried and all fields get many.
EACH = 12


def naughty_strings():
    path = pathlib.Path(os.environ.get("TREUE_TEST_DATA", ROOT.parent / "shared"), "corpora", "blns", "blns.json")
    if not path.exists():
        road.leave_out("naughty strings of others", f"{path} is not there: set TREUE_TEST_DATA")
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    found += ["\" onfocus=alert(1) x=\"", "</title><script>alert(1)</script>", "{{secret}}", "%s%n", "\u202eabc", "=1+1", "${7*7}",
              "\u00c4\u00d6\u00dc\u00df\u20ac\U0001f600", "@SUM(A1)", "-1+1", "</script><img src=x onerror=alert(1)>", "<!--", "]]>", "&lt;"]
    # Control characters and blanks at the ends are another matter: refused, and dropped.
    return [text for text in found if text.strip() == text and text and "\u00a0" not in (text[0], text[-1]) and
            not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text)]


class Shapes(html.parser.HTMLParser):
    """Which tags with which attributes a page has."""

    def __init__(self, page):
        super().__init__()
        self.shapes = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.shapes.update((tag, name) for name, _ in [*attributes, ("", "")])


def texts_in(value):
    """All texts of a JSON answer."""
    if isinstance(value, dict):
        return set().union(*map(texts_in, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(texts_in, value), set())
    return {value} if isinstance(value, str) else set()


def naughty(problems, company):
    """Checks 9, 10 and 13: kept byte by byte and told again so as JSON; pages have no tag and no attribute they would not
    have, lists as CSV no cell that a spreadsheet calculates."""
    strings, at, sent, read = naughty_strings(), 0, [], {}
    rows = {row.path: row for row in rows_of(company, "POST")}
    for path, (where, names) in KEPT.items():
        for place in [place for place in rows[path].parameters if place.name in names]:
            at += 1
            for text in strings[at % EACH::EACH]:
                answer = rows[path].ask(place, text)
                what = f"{path} {place.name} = {ascii(text)[:80]}"
                if answer.status == 422 and (len(text) > place.length or place.name == "phone"):
                    continue
                problems.expect(answer.status in (200, 201), what, answer.line, answer.body[:200])
                made = re.search(r"/customers/\d+", answer.header("Location") or "")
                sent.append((made.group(0) if where == "new" and made else where, text, what))
    problems.expect(len(sent) > 600, "only", len(sent), "were kept")
    cells = {cell for rows in company.rows_of_tables().values() for row in rows for cell in row if isinstance(cell, str)}
    for where, text, what in sent:
        problems.expect(text in cells, what, "is not in the database")
        if where and where not in read:
            browser = company.administrator if where in ("/keys", "/users") else company.owner
            path = where.replace("{customer}", str(company.objects["customer"]))
            read[where] = texts_in(browser.json(path).json()), browser.ask(path).body.decode()
        problems.expect(not where or text in read[where][0], what, "is not told again at", where)
    plain = set().union(*(Shapes(page).shapes for page in company.plain.values()))
    for where, (_, page) in read.items():
        strange = Shapes(page).shapes - plain
        problems.expect(not {shape for shape in strange if shape[1].startswith("on") or shape[0] in
                        ("script", "img", "iframe", "object", "style", "base", "marquee", "body", "video", "embed")}, where, "holds", strange)
    cells = [cell for row in csv.reader(company.owner.ask("/prospects.csv").body.decode("utf-8-sig").splitlines()) for cell in row]
    bad = [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r") or re.match(r"-(?![\d.,]+\Z)", cell)]
    problems.expect(len(cells) > 500 and not bad, len(cells), "cells of CSV, formulas:", bad[:5])
    print(f"{len(sent)} texts kept, {len(read)} places read", flush=True)


# The last one makes programs of its own.
CASES = [naughty, injection, the_server_of_the_database, bounds]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    work, status = pathlib.Path(tempfile.mkdtemp(prefix="treue-payloads-")), 1
    try:
        one = Company(sys.argv[1], work)
        with one.house.serving():
            one.prepare()
            status = harness.run([case for case in CASES if len(sys.argv) == 2 or case.__name__ in sys.argv[2:]], one)
        if re.search(r'"event":"error"', one.house.log.read_text(encoding="utf-8")):
            print("the log speaks of errors")
            status = 1
        road.say_left_out()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(status)
