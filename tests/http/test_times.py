#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What belongs to others and what does not exist are answered alike: in status, in every byte and in time, for each kind
of object somebody may be kept from, on the demo company. Times are compared by their ranks, many samples of both kinds
in random order, so that a busy machine slows both alike; what differs is measured again before it counts. Programs with
a mistake planted into them must be found out: they look at the foreign object before they ask who may see it.

  test_times.py BUILD_DIR [CASE...]

Verifies X-01. Of the list of security checks in docs/internals/security.md: 44.
"""
import collections
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time
import urllib.parse

import everybody
import harness

sys.path.insert(0, str(harness.ROOT / "tests" / "support"))
import mutant  # noqa: E402  (needs the path above)

HERE = pathlib.Path(__file__).resolve().parent
# Pairs of requests: so many, fewer of what is slow.
SAMPLES, SAMPLES_LEAST, SECONDS, WARM = 1500, 100, 2, 10
# Two groups of equal times get |z| >= 4 once in 16,000 comparisons; twice in a row and in the same direction once in 500
# million. A mistake must be found out in one of so many looks.
Z, LOOKS = 4.0, 5
SEED = 44
# Pages of customers that take longer to show than to refuse.
SHOWN = ("GET /customers/{customer}", "GET /customers/{customer}/potentials", "GET /customers/{customer}/visits/plan")

# What is asked for: `role` asks `path` with the number of what is foreign, of what there is not, and perhaps of what the
# role may see, in the place of "{}", also within the fields of a form.
Object = collections.namedtuple("Object", "name role method path fields foreign missing own", defaults=(None, None))


# ---- what there is to ask for ---------------------------------------------------------------------------------------

def missing_beside(treue, identifier, *places):
    """A number that is none of these (table, column), with as many digits."""
    digits, step = str(identifier), 1
    while True:
        low = 10 ** (len(digits) - 1)
        candidate = low + (int(digits) - low + step) % (9 * low)
        if not any(treue.query(f"SELECT 1 FROM {table} WHERE {column} = {candidate}") for table, column in places):
            return candidate
        step += 1


def made(answer, *names):
    """A value of what a program was answered."""
    assert answer.status in (200, 201), (answer.line, answer.body[-400:])
    value = answer.json()
    for name in names:
        value = value[name]
    return value


def tell(browser, path, fields=None):
    return browser.ask("/api/v1" + path, "POST", fields, accept="application/json", token=False,
                       headers=[("X-CSRF-Token", browser.csrf)])


class Foreign:
    """Things of the owner and of others, none of which the rep or the contacts of the own customer may see."""

    def __init__(self, demo):
        owner, query = demo.browser("owner"), demo.house.treue.query
        foreign = demo.customers["foreign"]
        self.own, self.customer = demo.customers["own"], foreign
        number = query(f"SELECT number FROM customer_key WHERE customer_id = {foreign}")[0][0]
        self.number = number
        self.person = query(f"SELECT person_id FROM contact WHERE customer_id = {foreign}")[0][0]
        self.own_person = query(f"SELECT person_id FROM contact WHERE customer_id = {self.own}")[0][0]
        simulate = "/concepts/partnerkreis/1/simulate"
        self.job = made(tell(owner, simulate), "job", "id")
        self.own_job = made(tell(demo.browser("sales_head"), simulate), "job", "id")
        self.override = made(tell(owner, "/overrides", {"customer": number, "segment": "A", "reason": "Probe",
                                                        "valid_to": "2025-06-30"}), "id")
        assert owner.post("/views", {"list": "customers", "query": "sort=name", "name": "Meine"}).status == 303
        self.view = query("SELECT max(id) FROM saved_view")[0][0]
        self.entry = made(tell(owner, f"/customers/{foreign}/visits/new", {"date": "2025-01-10", "topics": "Probe"}),
                          "import")
        owner.post(f"/customers/{foreign}/access", {"name": "Fremd", "email": "fremd@kunde.example", "role": "contact"})
        self.account = demo.house.account_id("fremd@kunde.example")
        self.session = query("SELECT s.id FROM session s JOIN account a ON a.id = s.account_id "
                             "WHERE a.login = 'marketing'")[0][0]
        self.deleted = self.prospect(owner, query)

    def prospect(self, owner, query):
        """A customer who was entered and taken back."""
        entry = made(tell(owner, "/prospects/new", {"name": "Gewesen GmbH"}), "import")
        customer = query(f"SELECT customer_id FROM customer_record WHERE import_id = {entry}")[0][0]
        assert tell(owner, f"/entries/{entry}/undo").status == 200
        return customer


def objects_of(demo):
    there, query = Foreign(demo), demo.house.treue
    customers = (("customer_record", "customer_id"),)
    nobody = missing_beside(query, there.customer, *customers)
    result = []
    for row in demo.rows:
        if row.relation == "foreign" and row.path.count("{") == 1:
            fields = everybody.FORMS.get(row.path) if row.method == "POST" else None
            own = there.own if f"{row.method} {row.path}" in SHOWN else None
            result.append(Object(f"{row.method} {row.path}", "rep", row.method, row.path.replace("{customer}", "{}"),
                                 fields, there.customer, nobody, own))
    post = [
        ("a contact's form", "rep", "GET", f"/customers/{there.own}/contacts/{{}}", None, there.person,
         (("person", "id"),), there.own_person),
        ("another's job", "sales_head", "GET", "/jobs/{}", None, there.job, (("job", "id"),), there.own_job),
        ("cancelling another's job", "rep", "POST", "/jobs/{}/cancel", None, there.job, (("job", "id"),)),
        ("an exception", "rep", "GET", "/overrides/{}/decide", None, there.override,
         (("membership_override", "id"),)),
        ("deciding an exception", "rep", "POST", "/overrides/{}/decide", {"verdict": "withdraw"}, there.override,
         (("membership_override", "id"),)),
        ("the form of an exception", "rep", "GET", "/overrides?customer={}", None, there.customer, customers),
        ("asking for an exception", "rep", "POST", "/overrides",
         {"customer": "{}", "segment": "A", "reason": "Probe", "valid_to": "2025-06-30"}, there.customer, customers),
        ("another's view", "rep", "POST", "/views/{}/remove", None, there.view, (("saved_view", "id"),)),
        ("another's entry", "rep", "POST", "/entries/{}/undo", None, there.entry, (("import", "id"),)),
        ("another's session", "rep", "POST", "/account/sessions/{}/end", None, there.session, (("session", "id"),)),
        ("the role of a contact", "rep", "POST", f"/customers/{there.own}/access/{{}}/role", {"role": "contact"},
         there.account, (("account", "id"),)),
        ("a contact's access", "rep", "POST", f"/customers/{there.own}/access/{{}}/remove", None, there.account,
         (("account", "id"),)),
        ("the role of a colleague", "main_contact", "POST", "/portal/colleagues/{}/role", {"role": "contact"},
         there.account, (("account", "id"),)),
        ("a colleague's access", "main_contact", "POST", "/portal/colleagues/{}/remove", None, there.account,
         (("account", "id"),)),
        ("another company", "contact", "POST", "/account/company", {"customer": "{}"}, there.customer, customers),
    ]
    for name, role, method, path, fields, foreign, places, *own in post:
        result.append(Object(name, role, method, path, fields, foreign, missing_beside(query, foreign, *places), *own))
    result.append(Object("a customer who was taken back", "rep", "GET", "/customers/{}", None, there.deleted,
                         missing_beside(query, there.deleted, *customers)))
    return result


# ---- asking and comparing -------------------------------------------------------------------------------------------

def request_bytes(browser, thing, identifier):
    path, form = thing.path.format(identifier), None
    head = ["Accept: text/html", f"Cookie: treue_session={browser.session()}", "Host: localhost"]
    if thing.method == "POST":
        fields = {name: value.format(identifier) for name, value in (thing.fields or {}).items()}
        form = urllib.parse.urlencode({**fields, "csrf": browser.csrf}).encode()
        head += ["Origin: http://localhost", "Content-Type: application/x-www-form-urlencoded",
                 f"Content-Length: {len(form)}"]
    return "\r\n".join([f"{thing.method} {path} HTTP/1.1", *head, "", ""]).encode() + (form or b"")


def comparable(answer, identifier):
    """An answer without what differs each time: the asked number, tokens of forms, the number of the request."""
    body = re.sub(rb'(csrf-token" content|name="csrf" value)="[^"]*"', b"TOKEN", answer.body)
    body = re.sub(rb"\b[0-9a-f]{16}\b", b"REQUEST", body)
    heads = sorted((name, re.sub(rf"\b{identifier}\b", "ID", value)) for name, value in answer.headers
                   if name not in ("Date", "X-Request-Id", "Content-Length"))
    return answer.status, re.sub(rb"\b%d\b" % int(identifier), b"ID", body), heads


def times_of(server, browser, thing, identifiers, dice):
    """{identifier: times in nanoseconds}, of one connection, both kinds in random order."""
    requests = {identifier: request_bytes(browser, thing, identifier) for identifier in identifiers}
    times = {identifier: [] for identifier in identifiers}
    with server.connect() as connection:
        begun = time.monotonic()
        for turn in range(-WARM, SAMPLES):
            if turn >= SAMPLES_LEAST and time.monotonic() - begun > SECONDS:
                break
            for identifier in dice.sample(identifiers, len(identifiers)):
                sent_ns = time.perf_counter_ns()
                connection.send(requests[identifier])
                answer = connection.answer()
                spent_ns = time.perf_counter_ns() - sent_ns
                assert answer and answer.status < 500, (thing.name, answer and answer.line)
                if turn >= 0:
                    times[identifier].append(spent_ns)
    return [times[identifier] for identifier in identifiers]


def z_of_ranks(one, other):
    """The rank sum test of Mann and Whitney: how many standard deviations U is away from where equal times have it.
    Positive: `other` takes longer."""
    count = len(one)
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    sum_of_ranks, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        sum_of_ranks += sum(kind for _, kind in ranked[at:end]) * (at + end + 1) / 2
        at = end
    u = sum_of_ranks - count * (count + 1) / 2
    return (u - count * count / 2) / (count * count * (2 * count + 1) / 12) ** 0.5


def difference(server, browser, thing, identifiers, dice):
    """None when the times of two kinds look alike, else their medians in microseconds: told apart twice, in the same
    direction."""
    signs = set()
    for _ in range(2):
        one, other = times_of(server, browser, thing, identifiers, dice)
        z = z_of_ranks(one, other)
        if abs(z) < Z:
            return None
        signs.add(z > 0)
    medians = [sorted(times)[len(times) // 2] / 1000 for times in (one, other)]
    return f"z {z:.1f}, {medians[0]:.0f} and {medians[1]:.0f} us" if len(signs) == 1 else None


# ---- cases ----------------------------------------------------------------------------------------------------------

def alike_in_bytes(problems, company):
    for thing in company.objects:
        browser, answers = company.demo.browser(thing.role), []
        browser.ask("/account")  # where a notice of what was done before would stand
        for identifier in (thing.foreign, thing.missing):
            with company.server.connect() as connection:
                connection.send(request_bytes(browser, thing, identifier))
                answers.append(comparable(connection.answer(), identifier))
        problems.expect(answers[0][0] in (404, 422), thing.name, "is refused", answers[0][0])
        if thing.own:
            own = browser.ask(thing.path.format(thing.own)).status
            problems.same(own, 200, thing.name, "of one's own")
        differing = [pair for pair in zip(answers[0][1].splitlines(), answers[1][1].splitlines()) if pair[0] != pair[1]]
        problems.expect(answers[0] == answers[1], thing.name, answers[0][0], answers[1][0], differing[:3],
                        answers[0][2], answers[1][2])


def alike_in_time(problems, company):
    for thing in company.objects:
        words = company.difference(thing, [thing.foreign, thing.missing])
        problems.expect(words is None, f"{thing.name}: foreign and missing take different times: {words}")
    shown = [thing for thing in company.objects if thing.own]
    problems.expect(shown, "something may be seen")
    for thing in shown:
        words = company.difference(thing, [thing.own, thing.missing])
        problems.expect(words, f"{thing.name}: what is shown takes as long as what there is not?")


def planted_mistakes_are_found(problems, company):
    builder = mutant.Builder(company.build, "treue")
    for name, head, places in mutant.read_blocks(HERE / "planted_times.txt"):
        wrong = mutant.misplaced(name, places)
        if wrong:
            problems.extend(wrong)
            continue
        thing = next(thing for thing in company.objects if thing.name == head["asks"])
        with tempfile.TemporaryDirectory(prefix="treue-planted-") as folder:
            company.demo.house.treue.binary = builder.build(mutant.changed_files(places), pathlib.Path(folder))
            with company.demo.house.serving():
                words = next(filter(None, (company.difference(thing, [thing.foreign, thing.missing])
                                           for _ in range(LOOKS))), None)
        problems.expect(words, f"not found: {name}")
        print(f"    {name}: {words}", flush=True)


class Company:
    def __init__(self, demo, build):
        self.demo, self.build, self.dice = demo, build, random.Random(SEED)
        self.objects = objects_of(demo)

    @property
    def server(self):
        return self.demo.house.server

    def difference(self, thing, identifiers):
        return difference(self.server, self.demo.browser(thing.role), thing, identifiers, self.dice)


CASES = [alike_in_bytes, alike_in_time]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    work = pathlib.Path(tempfile.mkdtemp(prefix="treue-times-"))
    try:
        build = pathlib.Path(sys.argv[1])
        demo = everybody.Demo(str(build / "treue"), work)
        demo.find_customers()
        demo.sign_in_all()
        wanted = sys.argv[2:] or [case.__name__ for case in (*CASES, planted_mistakes_are_found)]
        with demo.house.serving():
            demo.complete_all()
            company = Company(demo, build)
            status = harness.run([case for case in CASES if case.__name__ in wanted], company)
        if planted_mistakes_are_found.__name__ in wanted:
            status |= harness.run([planted_mistakes_are_found], company)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(status)
