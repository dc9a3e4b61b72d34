#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The authorization matrix: every route with every role, object relation and representation against rights.txt, on the
demo company; and that nothing internal and nothing of other companies reaches a contact.

  test_rights.py TREUE_BINARY

Verifies X-01. Of the list of security checks in docs/internals/security.md: 43 to 48.
"""
import re
import sys

import everybody
from everybody import FORMS, REP, ROLES, address_of, representations
from house import Browser

# ---- the table --------------------------------------------------------------------------------------------------------

def table_is_complete(problems, demo):
    """A route without a row fails, and a row without a route."""
    named = {(row.method, row.path) for row in demo.rows}
    for method, path in sorted(set(demo.routes) - named):
        problems.append(f"{method} {path} has no row in rights.txt")
    for method, path in sorted(named - set(demo.routes)):
        problems.append(f"rights.txt names {method} {path}, which is no route")


# ---- answers ------------------------------------------------------------------------------------------------------------

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
    sys.exit(everybody.run(CASES, sys.argv[1:], "rights"))
