#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The authorization matrix: every route with every role, object relation and representation against rights.txt, on the
demo company; and that nothing internal and nothing of other companies reaches a contact.

  test_rights.py TREUE_BINARY

Verifies X-01. Of the list of security checks in docs/internals/security.md: 43 to 48.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types

import harness
from house import PASSWORD, Browser, House, road

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


# ---- the table --------------------------------------------------------------------------------------------------------

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


def table_is_complete(problems, demo):
    """A route without a row fails, and a row without a route."""
    named = {(row.method, row.path) for row in demo.rows}
    for method, path in sorted(set(demo.routes) - named):
        problems.append(f"{method} {path} has no row in rights.txt")
    for method, path in sorted(named - set(demo.routes)):
        problems.append(f"rights.txt names {method} {path}, which is no route")


# ---- the company --------------------------------------------------------------------------------------------------------

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


def outcome(answer):
    """allowed, forbidden, hidden or sign in; an object that does not exist is as good as hidden."""
    if answer is None:
        return "no answer"
    location = answer.header("Location") or ""
    if answer.status == 401 or (answer.status == 303 and location.startswith("/sign-in?next=")):
        return "sign in"
    if answer.status == 403:
        return "forbidden"
    return "hidden" if answer.status == 404 else "allowed"


def expected(row, role):
    """What the answers of a role may be."""
    ghost = row.relation == "none" or ("{" in row.path.replace("{customer}", ""))
    if role in row.may:
        return {"allowed", "hidden"} if ghost else {"allowed"}
    if role == "nobody":
        return {"sign in", "hidden"} if row.refused == "hidden" else {"sign in"}
    return {row.refused}


def try_row(problems, demo, row, role):
    operation = demo.routes.get((row.method, row.path))
    count = 0
    for name, place, accept in representations(row, operation or {}):
        browser = demo.browser(role)
        path = place(address_of(row, demo))
        if row.path.endswith("/events"):
            continue  # an open stream does not end: tried with the hidden ones below
        answer = browser.ask(path, row.method, FORMS.get(row.path), accept=accept)
        is_so, wanted = outcome(answer), expected(row, role)
        count += 1
        problems.expect(is_so in wanted, f"{role}: {row.method} {path} ({name}, {row.relation}): {is_so}, must be",
                        " or ".join(sorted(wanted)), answer.status if answer else None,
                        answer.body[-200:] if answer and is_so != "allowed" and accept != "text/html" else "")
        if answer is not None:
            problems.expect(answer.status < 500, f"{role}: {row.method} {path}: {answer.status}",
                            answer.body[-300:])
    return count


def every_role_everywhere(problems, demo):
    count = sum(try_row(problems, demo, row, role) for row in demo.rows for role in ["nobody", *ROLES])
    problems.expect(count > 1000, f"only {count} cases were tried")
    print(f"{count} cases", flush=True)


def ended_and_disabled(problems, demo):
    """A session that ended and an account that is disabled are nobody (check 43)."""
    browser = Browser(demo.house)
    assert browser.sign_in("marketing").status == 303
    ended = browser.session()
    browser.post("/sign-out")
    other = Browser(demo.house)
    assert other.sign_in("marketing").status == 303
    user = demo.house.account_id("marketing")
    assert demo.browser("administrator").post(f"/users/{user}/disable").status == 303
    for row in demo.rows:
        if row.method != "GET" or "nobody" in row.may or row.path.endswith("/events"):
            continue
        for token in (ended, other.session()):
            probe = Browser(demo.house)
            probe.cookies["treue_session"] = token
            is_so = outcome(probe.ask(address_of(row, demo)))
            problems.expect(is_so in expected(row, "nobody"), row.path, is_so)
    demo.browser("administrator").post(f"/users/{user}/enable")


def foreign_looks_like_none(problems, demo):
    """Another rep's customer and no customer at all: the same bytes (check 44)."""
    for role in ("rep", "contact", "administrator"):
        browser = demo.browser(role)
        browser.ask("/account")  # where a notice of what was done before would stand
        for path in ("/customers/{}", "/customers/{}/access"):
            answers = []
            for relation in ("foreign", "none"):
                address = path.format(demo.customers[relation])
                for place, accept in ((address, "text/html"), ("/api/v1" + address, "application/json")):
                    answer = browser.ask(place, accept=accept)
                    body = answer.body.replace(str(demo.customers[relation]).encode(), b"ID")
                    # The token of the forms and the number of the request differ each time.
                    body = re.sub(rb'(csrf-token" content|name="csrf" value)="[^"]*"', b"TOKEN", body)
                    answers.append((relation, accept, answer.status, re.sub(rb"[0-9a-f]{16}", b"REQUEST", body)))
            for one, other in zip(answers[:2], answers[2:]):
                differing = [pair for pair in zip(one[3].splitlines(), other[3].splitlines()) if pair[0] != pair[1]]
                problems.expect(one[1:] == other[1:], role, path, one[1:3], other[1:3], differing[:3])


# ---- what contacts must not see ----------------------------------------------------------------------------------------------

def secrets_of(demo):
    """Texts inside the database that are not for contacts: other companies' names, competitors, internal notes, other
    people's mail addresses."""
    query, own = demo.house.treue.query, demo.customers["own"]
    found = set()
    for sql in ("SELECT DISTINCT competitor FROM competitor_share WHERE competitor <> 'other'",
                "SELECT DISTINCT note FROM visit WHERE note <> ''",
                f"SELECT DISTINCT name FROM customer_name WHERE customer_id <> {own} "
                f"AND name NOT IN (SELECT name FROM customer_name WHERE customer_id = {own})",
                "SELECT DISTINCT cf.value FROM contact_fact cf JOIN fact f ON f.id = cf.fact_id "
                f"WHERE f.code IN ('email', 'phone') AND cf.customer_id <> {own}",
                "SELECT DISTINCT reason FROM membership_override WHERE reason <> ''"):
        found.update(row[0] for row in query(sql) if row[0] and len(row[0]) > 5)
    return found


def nothing_internal_reaches_contacts(problems, demo):
    """Canaries: no text of other companies, no competitor, no internal note in any answer a contact gets (checks 45, 46);
    nor in error texts, nor by guessing identifiers."""
    canaries = {text.encode(): text for text in secrets_of(demo)}
    problems.expect(len(canaries) > 500, f"only {len(canaries)} canaries")
    answers = 0
    for role in ("main_contact", "contact"):
        browser = demo.browser(role)
        for row in demo.rows:
            if row.method != "GET" or row.path.endswith("/events"):
                continue
            for name, place, accept in representations(row, demo.routes.get((row.method, row.path)) or {}):
                body = browser.ask(place(address_of(row, demo)), accept=accept).body
                answers += 1
                for canary, text in canaries.items():
                    problems.expect(canary not in body, f"{role} reads {text!r} at {row.path} ({name})")
        # Other companies by their numbers in every place a contact may name one.
        for relation in ("team", "foreign"):
            body = browser.post("/account/company", {"customer": str(demo.customers[relation])}).body
            problems.expect(not any(canary in body for canary in canaries), "switching to a foreign company")
        problems.expect(b"kunde" in browser.json("/account").body, "the own account is there")
    problems.expect(answers > 50, f"only {answers} answers")
    # The canaries are there to be found: whoever may see them does.
    body = demo.browser("owner").ask("/api/v1/customers", accept="application/json").body
    problems.expect(sum(canary in body for canary in canaries) > 20, "the owner sees customers' names")


def sums_are_scoped(problems, demo):
    """Lists and counts are those of the reader's part: rep < sales head < owner (checks 45, 47)."""
    totals = {role: demo.browser(role).json("/customers").json().get("total") for role in
              ("rep", "sales_head", "owner", "director", "marketing")}
    problems.expect(0 < totals["rep"] < totals["sales_head"] < totals["owner"], totals)
    problems.same((totals["director"], totals["marketing"]), (totals["owner"], totals["owner"]), "who sees all")
    # Responsibility moves: the next request knows.
    user = demo.house.account_id("rep")
    demo.browser("administrator").post(f"/users/{user}/scope", {"responsibles": ""})
    problems.same(demo.browser("rep").json("/customers").json().get("total"), 0, "responsible for nobody")
    demo.browser("administrator").post(f"/users/{user}/scope", {"responsibles": REP})
    problems.same(demo.browser("rep").json("/customers").json().get("total"), totals["rep"], "and again")


CASES = [table_is_complete, sums_are_scoped, foreign_looks_like_none, nothing_internal_reaches_contacts,
         ended_and_disabled, every_role_everywhere]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    work = pathlib.Path(tempfile.mkdtemp(prefix="treue-rights-"))
    try:
        company = Demo(sys.argv[1], work)
        company.find_customers()
        company.sign_in_all()
        with company.house.serving():
            company.complete_all()
            chosen = [case for case in CASES if len(sys.argv) == 2 or case.__name__ in sys.argv[2:]]
            status = harness.run(chosen, company)
        said = (work / "errors").read_text(encoding="utf-8", errors="replace")
        if "Sanitizer" in said or "runtime error" in said:
            print(said[-3000:])
            status = 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(status)
