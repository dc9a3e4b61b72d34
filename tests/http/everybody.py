# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo company with an account of each role, signed in, and the table of who may what (rights.txt), for tests that try
every row of the server with everybody."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import types

import harness
from house import Browser, House, road

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TODAY = "2025-01-10T09:00:00Z"
ROLES = ["owner", "marketing", "rep", "sales_head", "director", "administrator", "main_contact", "contact"]
REP, HEAD = "ad-hansen", "vl-petersen"
LINE = re.compile(r"(GET|POST)\s+(\S+)\s+(.+?)\s+(forbidden|hidden|-)(?:\s+(own|team|foreign|none))?\Z")
NOBODY = 999999999
# What a form needs so that the customer is looked for; without it the answer is about the fields, whoever asks.
FORMS = {"/customers/{customer}/access": {"name": "Probe", "email": "probe@kunde.example", "role": "contact"},
         "/customers/{customer}/access/{account}/role": {"role": "contact"},
         "/customers/{customer}/visits/new": {"date": "2025-01-10", "topics": "Probe"},
         "/customers/{customer}/visits/plan": {"date": "2025-01-20"},
         "/customers/{customer}/visits/cancel": {"planned_day": "20000", "planned_number": "1"},
         "/customers/{customer}/contacts/new": {"name": "Probe"},
         "/customers/{customer}/contacts/{person}": {"name": "Probe"},
         "/customers/{customer}/potentials": {"date": "2025-01-10", "amount": "1", "method": "estimated"},
         "/customers/{customer}/stage": {"stage": "met"},
         "/customers/{customer}/conversion": {"date": "2025-01-10"}}


def read_table():
    groups, rows = {}, []
    for line in (ROOT / "tests" / "http" / "rights.txt").read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].rstrip()
        if not line:
            continue
        if " = " in line:
            name, words = line.split(" = ")
            groups[name.strip()] = words.split()
            continue
        found = LINE.match(line)
        assert found, f"rights.txt: {line}"
        method, path, who, refused, relation = found.groups()
        may = set()
        for word in ([] if who == "-" else who.split()):
            assert word in groups or word in ROLES or word == "nobody", f"rights.txt: {line}: {word}"
            may.update(groups.get(word, [word]))
        rows.append(types.SimpleNamespace(method=method, path=path, may=may, refused=refused, relation=relation))
    return rows


def routes_of(openapi):
    return {(method.upper(), path): operation for path, methods in openapi["paths"].items()
            for method, operation in methods.items() if method.upper() in ("GET", "POST", "PUT", "PATCH", "DELETE")}


class Demo:
    """The demo company with an account of each role."""

    def __init__(self, binary, folder):
        environment = {}
        if road.postgresql.wanted():
            environment["TREUE_DB"] = road.postgresql.fresh_database()
        subprocess.run(["sh", str(ROOT / "demo" / "demo.sh"), road.absolute(binary), str(folder)], check=True,
                       capture_output=True, env=dict(os.environ, **environment), stdin=subprocess.DEVNULL)
        treue = road.Treue.__new__(road.Treue)
        treue.binary, treue.folder, treue.data = road.absolute(binary), folder, folder / "data"
        treue.environment, treue.clock = environment, TODAY
        self.house = House.__new__(House)
        self.house.treue, self.house.folder, self.house.clock = treue, folder, TODAY
        self.house.server, self.house.links, self.house.log = None, {}, folder / "server.log"
        self.rows = read_table()

    def find_customers(self):
        """One of each relation, among those without a responsibility of their own."""
        found = {}
        for relation, territory in (("own", "N1"), ("team", "O1"), ("foreign", "S1")):
            found[relation] = self.house.treue.query(
                "SELECT min(cf.customer_id) FROM customer_fact cf JOIN fact f ON f.id = cf.fact_id "
                f"JOIN decision d ON d.customer_id = cf.customer_id WHERE f.code = 'territory' AND "
                f"cf.value = '{territory}' AND cf.customer_id NOT IN (SELECT customer_id FROM responsibility) "
                "AND cf.customer_id NOT IN (SELECT customer_id FROM customer_merge)")[0][0]
        found["none"] = NOBODY
        self.customers = found

    def sign_in_all(self):
        house = self.house
        for role in ROLES[:6]:
            house.add(role, role)
        house.treue.run("user", "scope", "rep", "--responsible", REP)
        house.treue.run("user", "scope", "sales_head", "--responsible", HEAD)

    def complete_all(self):
        house, self.browsers = self.house, {}
        for role in ROLES[:6]:
            self.browsers[role] = house.complete(role)
        for role in ROLES[6:]:
            answer = self.browsers["owner"].post(f"/customers/{self.customers['own']}/access", {
                "name": role, "email": f"{role}@kunde.example", "role": role, "language": "de"})
            link = re.search(r"/link/([A-Za-z0-9_-]{27})", answer.body.decode()).group(1)
            self.browsers[role] = house.complete(role, link=link)
        self.browsers["nobody"] = Browser(house)
        self.routes = routes_of(self.browsers["nobody"].json("/openapi.json").json())

    def browser(self, role):
        browser = self.browsers[role]
        if role != "nobody" and not browser.is_signed_in():
            login = role if role in ROLES[:6] else f"{role}@kunde.example"
            assert browser.sign_in(login).status == 303, role
        return browser


def address_of(row, demo):
    """The path with something in its braces: the customer of the relation, else what does not exist."""
    path = row.path
    if "{customer}" in path:
        path = path.replace("{customer}", str(demo.customers[row.relation or "own"]))
    path = path.replace("{token}", "A" * 27)
    return re.sub(r"\{[a-z]+\}", str(NOBODY), path)


def representations(row, operation):
    """(name, path maker, accept)"""
    found = []
    if operation.get("x-page"):
        found.append(("page", lambda path: path, "text/html"))
    if operation.get("x-api"):
        found.append(("JSON", lambda path: "/api/v1" + path, "application/json"))
    if operation.get("x-list") and row.method == "GET":
        found.append(("CSV", lambda path: path + ".csv", "text/csv"))
        found.append(("workbook", lambda path: path + ".xlsx", "*/*"))
    return found


def run(cases, arguments, name, *options):
    """Those of the cases that the arguments (the program, names) ask for, with everybody signed in on one server; the
    exit status. `options`: of serve."""
    binary, wanted = arguments[0], arguments[1:]
    work = pathlib.Path(tempfile.mkdtemp(prefix=f"treue-{name}-"))
    try:
        demo = Demo(binary, work)
        demo.find_customers()
        demo.sign_in_all()
        with demo.house.serving(*options):
            demo.complete_all()
            status = harness.run([case for case in cases if not wanted or case.__name__ in wanted], demo)
        said = (work / "errors").read_text(encoding="utf-8", errors="replace")
        if "Sanitizer" in said or "runtime error" in said:
            print(said[-3000:])
            status = 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return status
