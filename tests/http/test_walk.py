#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Goes through every row of the running server, on the demo company: answers are protected, forms of other pages are
refused, forms that are wrong leave nothing behind, no address and no line of the log holds a secret, and neither reps nor
administrators read of customers that are not theirs.

  test_walk.py TREUE_BINARY [CASE...]

Verifies X-01. Of the list of security checks in docs/internals/security.md: 2, 45, 48 to 51, 53 and 60.
"""
import html.parser
import json
import re
import sys
import urllib.parse

import everybody
from everybody import FORMS, NOBODY, REP, ROLES, address_of, representations
from house import PASSWORD, Browser

# What the server itself notes of whoever asks, and of the work it does meanwhile.
NOTES = {"session", "session_change", "sign_in_attempt", "known_device", "job"}
# These prove in another way that they were meant: by a password, a code, a link, or by changing nothing that matters.
NO_TOKEN = {"/sign-in", "/sign-in/code", "/sign-in/mail", "/link/{token}", "/appearance"}
CACHED = {"/openapi.json"}
NOBODY_THERE = re.compile(rf"/{NOBODY}\b")


def someone(row):
    """A role that may; signed in if possible."""
    return next((role for role in [*ROLES, "nobody"] if role in row.may), None)


def is_stream(row):
    return row.path.endswith("/events")


# ---- every answer -----------------------------------------------------------------------------------------------------

def every_answer_is_protected(problems, demo):
    """Checks 2, 50, 51: as asked by whoever may and by a role that may not, from another page's origin."""
    count = 0
    for row in demo.rows:
        if row.method != "GET" or is_stream(row):
            continue
        for role in (someone(row), next((role for role in ROLES if role not in row.may), "nobody")):
            for name, place, accept in representations(row, demo.routes[(row.method, row.path)]):
                if role is None:
                    continue
                path = place(address_of(row, demo))
                answer = demo.browser(role).ask(path, accept=accept, headers=[("Origin", "http://attacker.example")])
                what = f"{role}: {path} ({name}): {answer.status}"
                kind = answer.header("Content-Type") or ""
                problems.expect("charset=utf-8" in kind or "spreadsheetml" in kind or "application/zip" in kind, what, kind)
                problems.same(answer.header("X-Content-Type-Options"), "nosniff", what)
                policy = answer.header("Content-Security-Policy") or ""
                problems.expect("unsafe" not in policy and all(
                    f"{part} 'none'" in policy for part in ("default-src", "object-src", "base-uri", "frame-ancestors")),
                    what, policy)
                problems.same(answer.header("Referrer-Policy"), "same-origin", what)
                problems.expect(row.path in CACHED or answer.header("Cache-Control") == "no-store", what,
                                answer.header("Cache-Control"))
                problems.same([key for key, _ in answer.headers if key.lower().startswith("access-control-")], [], what)
                count += 1
    problems.expect(count > 150, f"only {count} answers")


# ---- forms ------------------------------------------------------------------------------------------------------------

def forms_of_other_pages_are_refused(problems, demo):
    """Check 49: every row that changes something, with the right token from a foreign page, and without a token."""
    count = 0
    for row in demo.rows:
        if row.method == "GET" or someone(row) is None or row.relation not in (None, "own"):
            continue
        browser, path = demo.browser(someone(row)), address_of(row, demo)
        fields = FORMS.get(row.path)
        for name, headers in (("foreign origin", [("Origin", "http://attacker.example")]),
                              ("origin null", [("Origin", "null")]),
                              ("same host, other port", [("Origin", "http://localhost:1")]),
                              ("cross-site", [("Origin", "http://localhost"), ("Sec-Fetch-Site", "cross-site")]),
                              ("same-site", [("Origin", "http://localhost"), ("Sec-Fetch-Site", "same-site")])):
            problems.same(browser.ask(path, row.method, fields, headers=headers).status, 403, path, name)
            count += 1
        if row.path not in NO_TOKEN:
            problems.same(browser.ask(path, row.method, fields, token=False).status, 403, path, "no token")
            wrong = dict(fields or {}, csrf="A" * len(browser.csrf))
            problems.same(browser.ask(path, row.method, wrong, token=False).status, 403, path, "a made-up token")
            kind = [("Accept", "text/html"), ("Origin", "http://localhost"), ("Content-Type", "text/plain"),
                    ("Cookie", f"treue_session={browser.session()}")]
            answer = demo.house.server.ask(path, row.method, headers=kind, body=f"csrf={browser.csrf}".encode())
            problems.expect(answer.status in (403, 415), path, "text/plain", answer.status)
    problems.expect(count > 200, f"only {count} forms")


def fields_of(operation):
    """{name: schema} of what a form may send."""
    kinds = operation.get("requestBody", {}).get("content", {})
    return {} if "multipart/form-data" in kinds else kinds.get("application/json", {}).get("schema", {}).get("properties", {})


def everything(house):
    """{table: its rows, sorted} without what the server notes of visitors."""
    query = house.treue.query
    named = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()" \
        if house.treue.on_server() else "SELECT name FROM sqlite_schema WHERE type = 'table'"
    tables = {row[0] for row in query(named) if not row[0].startswith("sqlite_")}
    return {table: sorted(map(repr, query(f"SELECT * FROM {table}"))) for table in tables - NOTES}


def wrong_forms_leave_nothing(problems, demo):
    """Check 48: what is refused was not done in part. Each form, with each of its fields wrong in turn; not one row of the
    database changes."""
    before, count = everything(demo.house), 0
    problems.expect(len(before) > 30, "tables", sorted(before))
    for row in demo.rows:
        operation = demo.routes[(row.method, row.path)]
        if row.method == "GET" or someone(row) is None or row.relation not in (None, "own"):
            continue
        browser, path = demo.browser(someone(row)), address_of(row, demo)
        for name in fields_of(operation):
            right = {key: value for key, value in FORMS.get(row.path, {}).items() if key != name}
            for place, accept in ((path, "text/html"), ("/api/v1" + path, "application/json")):
                if accept == "application/json" and not operation["x-api"]:
                    continue
                answer = browser.ask(place, row.method, {**right, name: "\x01"}, accept=accept)
                problems.expect(answer.status in (400, 404, 409, 422), place, name, answer.status)
                count += 1
        problems.same(browser.ask(path, row.method, {"nobody_has_this": "1"}).status, 400, path, "an unknown field")
    after = everything(demo.house)
    for table in sorted(before):
        problems.expect(before[table] == after[table], table, "has changed:",
                        sorted(set(after[table]) ^ set(before[table]))[:3])
    problems.expect(count > 150, f"only {count} forms")


def forms_lead_to_their_pages(problems, demo):
    """Where only forms are sent to, whoever comes by GET is led to the nearest page above that they may see; programs are
    told that there is nothing. So a session that ends under a form leads back to its page."""
    shapes = {re.sub(r"{[a-z]+}", "{}", path) for method, path in demo.routes if method == "GET"}
    rows = [row for row in demo.rows if row.method == "POST" and row.relation in (None, "own") and
            re.sub(r"{[a-z]+}", "{}", row.path) not in shapes]
    problems.expect(len(rows) > 20, f"only {len(rows)} rows without a page")
    for row in rows:
        path = address_of(row, demo)
        for role in ["nobody", *ROLES]:
            answer = demo.browser(role).ask(path)
            to = answer.header("Location") or ""
            problems.expect(answer.status == 303 and to != path and (to == "/" or path.startswith(to + "/")), role, path,
                            answer.status, to)
            there = demo.browser(role).ask(to)
            if role == "nobody":
                problems.expect((there.header("Location") or "").startswith("/sign-in?next=") or there.status in (200, 404),
                                path, to, there.status)
            elif NOBODY_THERE.search(to):
                problems.same(there.status, 404, role, path, to, "of what does not exist")
            else:
                problems.expect(there.status in (200, 303), role, path, to, there.status)
        if demo.routes[("POST", row.path)]["x-api"]:
            for place in ("/api/v1" + path, path):
                answer = demo.browser("owner").ask(place, accept="application/json")
                problems.same((answer.status, answer.header("Allow")), (405, "POST"), place)
    for row, wanted in (("/customers/{}/visits/cancel", "/customers/{}"), ("/customers/{}/access/1/remove",
                        "/customers/{}/access"), ("/jobs/1/cancel", "/jobs/1"), ("/keys/1/remove", "/"), ("/sign-out", "/")):
        own = demo.customers["own"]
        problems.same(demo.browser("rep").ask(row.format(own)).header("Location"), wanted.format(own), row)
    # The whole way: the session ends, the form is sent, somebody signs in, and is there again.
    visitor = Browser(demo.house)
    visitor.sign_in("administrator")
    user = f"/users/{demo.house.account_id('rep')}"
    ended = visitor.session()
    visitor.post("/sign-out")
    visitor.cookies["treue_session"] = ended
    answer = visitor.post(f"{user}/role", {"role": "marketing"})
    problems.same((answer.status, answer.header("Location")),
                  (303, "/sign-in?next=" + urllib.parse.quote(f"{user}/role", safe="")), "who is there?")
    answer = visitor.post("/sign-in", {"login": "administrator", "password": PASSWORD, "next": f"{user}/role"})
    answer = visitor.ask(answer.header("Location"))
    problems.same((answer.status, answer.header("Location")), (303, user), "back")
    problems.same(visitor.ask(user).status, 200, "to the page")
    problems.same(visitor.json(user).json().get("role_name", "rep"), "rep", "and nothing was changed")


# ---- addresses and the log ----------------------------------------------------------------------------------------------

class Addresses(html.parser.HTMLParser):
    """All addresses of a page, and what its forms put into addresses."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found, self.wrong, self.method = [], [], None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        self.found += [value for name, value in values.items()
                       if name in ("href", "src", "action", "formaction", "srcset", "poster", "cite", "content", "ping")
                       and not (tag == "meta" and values.get("name") == "csrf-token")
                       or name.startswith(("hx-", "data-"))]
        if tag == "form":
            self.method = values.get("method", "get").lower()
        secret = values.get("type") == "password" or values.get("name") in ("csrf", "code", "password", "token")
        if tag in ("input", "button") and secret and (self.method or "get") == "get":
            self.wrong.append(values.get("name"))

    def handle_endtag(self, tag):
        if tag == "form":
            self.method = None


def secrets_in_play(demo):
    """{secret: what it is}: sessions, tokens of forms, a key, the secret of a second factor, links, passwords."""
    admin, found = demo.browser("administrator"), {PASSWORD: "password"}
    page = admin.post("/keys", {"name": "Walk", "role": "marketing", "days": "30"}).body.decode()
    found[re.search(r"<code>([A-Za-z0-9_-]{27})</code>", page).group(1)] = "key"
    page = admin.post("/users/new", {"login": "walker", "name": "Wanda", "role": "rep"}).body.decode()
    found[re.search(r"/link/([A-Za-z0-9_-]{27})", page).group(1)] = "link"
    marketing = demo.browser("marketing")
    assert marketing.post("/account/second-factor", {"action": "begin"}).status == 303
    page = marketing.ask("/account/second-factor").body.decode()
    found[re.search(r"secret=([A-Z2-7]{32})", page).group(1)] = "second factor"
    for role in ROLES:
        browser = demo.browser(role)
        browser.ask("/account")
        found[browser.session()], found[browser.csrf] = f"session of {role}", f"token of {role}"
    return found


def no_secret_in_an_address(problems, demo):
    """Check 53: no field that takes a secret is one of an address; no address of any page, and none an answer leads to,
    holds a secret; forms with secrets are sent as POST. Secrets of one kind are good for nothing else. Check 60: neither
    stands any of them in the log."""
    secrets, pages, count = secrets_in_play(demo), 0, 0
    for (method, path), operation in demo.routes.items():
        for parameter in operation["parameters"]:
            if parameter["in"] == "query":
                problems.expect(parameter["schema"].get("format") != "password" and
                                not re.search(r"password|secret|csrf|token|code$", parameter["name"]),
                                method, path, "takes a secret in its address:", parameter["name"])
    for role in ["nobody", *ROLES]:
        browser = demo.browser(role)
        for row in demo.rows:
            if row.method != "GET" or is_stream(row):
                continue
            answer = browser.ask(address_of(row, demo))
            shown = Addresses(answer.body.decode("utf-8", "replace")) if b"<html" in answer.body else None
            addresses = [value for key, value in answer.headers if key in ("Location", "HX-Redirect", "Link", "Refresh")]
            if shown:
                pages += 1
                addresses += shown.found
                problems.same(shown.wrong, [], role, row.path, "a form puts secrets into its address")
            for address in addresses:
                count += 1
                if address.startswith("otpauth:"):
                    continue  # what an app reads; no browser asks a server for it
                held = [what for secret, what in secrets.items()
                        if secret in address or urllib.parse.quote(secret, safe="") in address]
                problems.expect(not held, role, row.path, address[:100], "holds", held)
    problems.expect(pages > 100 and count > 3000, f"{pages} pages, {count} addresses")
    of = {what: secret for secret, what in secrets.items()}
    answer = demo.house.server.ask("/sign-in", "POST", headers=[("Accept", "text/html"), ("Origin", "http://localhost")],
                                   form=urllib.parse.urlencode({"login": "rep", "password": PASSWORD, "next": "/customers"}))
    problems.same((answer.status, answer.header("Location")), (303, "/customers"), "signing in leads on without a token")
    for what, secret in of.items():
        stranger = Browser(demo.house)
        if not what.startswith("session"):
            stranger.cookies["treue_session"] = secret.encode("ascii", "ignore").decode()
            problems.expect(not stranger.is_signed_in(), what, "is taken for a session")
        if what != "key":
            status = Browser(demo.house).json("/customers", key=secret.encode("ascii", "ignore").decode()).status
            problems.same(status, 401, what, "is taken for a key")
        if what != "link" and re.fullmatch(r"[A-Za-z0-9_-]{27}", secret):
            problems.same(Browser(demo.house).ask(f"/link/{secret}").status, 404, what, "is taken for a link")
    problems.same(Browser(demo.house).ask(f"/link/{of['link']}").status, 200, "the link is one")
    problems.same(Browser(demo.house).json("/customers", key=of["key"]).status, 200, "the key is one")
    log = demo.house.log.read_text(encoding="utf-8")
    problems.expect(log.count("\n") > 500, "the log has lines")
    for secret, what in secrets.items():
        problems.expect(secret not in log and urllib.parse.quote(secret) not in log, what, "stands in the log")
    problems.expect("@" not in log and "kunde.example" not in log, "mail addresses stand in the log")
    problems.expect(all("event" in json.loads(line) for line in log.splitlines()), "each line is an object")


# ---- what is not theirs --------------------------------------------------------------------------------------------------

def nothing_foreign_reaches_staff(problems, demo):
    """Check 45: names of customers outside a rep's part, and of any customer for administrators, in no page, list, file,
    search, suggestion or refusal."""
    query = demo.house.treue.query
    own = ("SELECT cf.customer_id FROM customer_fact cf JOIN fact f ON f.id = cf.fact_id WHERE f.code = 'territory' "
           f"AND cf.value IN (SELECT territory FROM responsibility WHERE responsible = '{REP}')")
    foreign = (f"SELECT customer_id FROM customer_name WHERE customer_id NOT IN ({own}) "
               "AND customer_id NOT IN (SELECT customer_id FROM responsibility) "
               "AND customer_id NOT IN (SELECT customer_id FROM customer_merge "
               "UNION SELECT into_customer_id FROM customer_merge)")
    names = {row[0]: row[1] for row in query("SELECT customer_id, name FROM customer_name") if len(row[1]) > 5}
    for role, kept in (("rep", {row[0] for row in query(foreign)}), ("administrator", set(names))):
        browser = demo.browser(role)
        others = {name for one, name in names.items() if one not in kept}
        canaries = {names[one].encode() for one in kept if one in names
                    and not any(names[one] in name or name in names[one] for name in others)}
        problems.expect(len(canaries) > 50, role, f"only {len(canaries)} canaries")
        asked = [place(address_of(row, demo)) for row in demo.rows if row.method == "GET" and not is_stream(row)
                 for _, place, _ in representations(row, demo.routes[(row.method, row.path)])]
        for name in sorted(canaries)[::7]:
            word = urllib.parse.quote(name.decode().split()[0])
            whole = urllib.parse.quote(name.decode())
            asked += [f"/search?q={word}", f"/api/v1/search?q={word}", f"/customers?q={word}", f"/prospects?q={word}",
                      f"/overrides?customer={whole}", f"/appeals?customer={whole}"]
        for path in asked:
            body = browser.ask(path).body
            # What was typed stands on the page again; names behind it are answers.
            typed = urllib.parse.unquote(path).encode()
            read = [canary for canary in canaries if canary in body and canary not in typed]
            problems.expect(not read, role, path, "reads", read[:2])
    problems.expect(sum(name.encode() in demo.browser("owner").ask("/customers.csv").body for name in names.values()) > 50,
                    "the names are there to be read")


CASES = [every_answer_is_protected, forms_of_other_pages_are_refused, wrong_forms_leave_nothing,
         forms_lead_to_their_pages, nothing_foreign_reaches_staff, no_secret_in_an_address]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(everybody.run(CASES, sys.argv[1:], "walk"))
