#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people write by hand about customers, over HTTP: visits planned, reported, overdue (R-118 and R-019 in part),
potentials whose shares make 100 % (R-027, R-117 in part), contacts by relationship level (R-116 in part), prospects who
become customers and keep their history (R-082 in part); each stored once however often it is sent, taken back by whoever
wrote it, and hidden from whoever does not see the customer (X-01 in part).

usage: test_entries.py TREUE [CASE...]"""
import csv
import datetime
import html
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from server import Server, enter, run_cases  # noqa: E402  (needs the path above)

CLOCK = "2026-01-20T09:00:00Z"
TODAY = datetime.date(2026, 1, 20)
PATHS = ("visits/new", "visits/plan", "contacts/new", "potentials", "stage", "conversion")


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def bring(server, kind, columns, rows, create=False):
    """Imports rows by the command line."""
    path = pathlib.Path(server.folder.name) / f"{kind}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    lines = [f"kind: {kind}", "source: erp", "columns:", *(f"  {name}: {name}" for name in columns)]
    profile = path.with_suffix(".yaml")
    profile.write_text("\n".join(lines + (["create: [customers, products]"] if create else [])) + "\n", encoding="utf-8")
    server.command("import", kind, path, "--profile", profile)


def company(server):
    """Customers K1 (Ada's, in the north) and K2 (somebody else's), a prospect K3 in the north; signed in: olga (owner),
    ada (rep), dora (director), adam (administrator)."""
    bring(server, "customers", ["number", "name", "kind", "territory"],
          [("K1", "Anton & Söhne", "customer", "North"), ("K2", "Berta KG", "customer", "South"),
           ("K3", "Caesar GmbH", "prospect", "North")])
    bring(server, "purchases", ["customer", "document", "date", "article", "amount", "product_group"],
          [("K1", "R1", day(-30), "A1", "1000.00", "Pumps"), ("K2", "R2", day(-30), "A2", "500.00", "Valves")], True)
    bring(server, "products", ["article", "name", "product_group", "group_name"],
          [("A1", "Pump", "Pumps", "Pumps and drives")])
    bring(server, "contacts", ["customer", "name", "level", "email"], [("K3", "Cara Caesar", "owner", "cara@example.com")])
    tokens = {"olga": server.user("olga", "owner"), "ada": server.user("ada", "rep"),
              "dora": server.user("dora", "director"), "adam": server.user("adam", "administrator")}
    server.command("user", "scope", "ada", "--responsible", "North")
    server.start()
    people = {login: enter(server, login, token) for login, token in tokens.items()}
    ids = {}
    for row in people["olga"].ask("/customers").json["rows"]:
        ids[row["number"]] = row["id"]
    return people, ids


def shown(server, number):
    return json.loads(server.command("customer", "show", number, "--format", "json"))


def imports(person):
    return person.ask("/imports").json["rows"]


def key_of(page):
    return re.search(r'name="entry_key" value="([0-9a-f]{32})"', page.text).group(1)


def field_error(page, field):
    found = re.search(rf'id="error-{field}">([^<]*)<', page.text)
    return html.unescape(found.group(1)) if found else None


def refused(check, answer, field, what):
    error = answer.json.get("error", {})
    check(answer.status == 422 and error.get("field") == field, f"{what}: {answer.status} {answer.text[:300]}")


# ---- visits ---------------------------------------------------------------------------------------------------------

def case_visit_report(check, server):
    people, ids = company(server)
    ada, path = people["ada"], f"/customers/{ids['K1']}/visits/new"
    page = ada.get(path)
    check(page.status == 200 and "Anton &amp; Söhne" in page.text, f"the form names the customer: {page.status}")
    key = key_of(page)
    before = len(imports(people["olga"]))
    fields = {"entry_key": key, "date": day(0), "kind": "On site", "met": "Frau Anton", "topics": "Prices\nand pumps",
              "next_step": "Send an offer", "note": "In a good mood"}
    first = ada.post(path, fields, follow=False)
    check(first.status == 303 and first.headers["Location"] == f"/customers/{ids['K1']}", f"stored: {first.text[:500]}")
    second = ada.post(path, fields, follow=False)
    check(second.status == 303, f"sent twice it is answered alike: {second.status}")
    check(len(imports(people["olga"])) == before + 1, "and stored once")
    page = ada.follow(second)
    undo = re.search(r'action="(/entries/\d+/undo)"', page.text)
    check(page.status == 200 and undo is not None, "the notice offers to take it back")
    visit = shown(server, "K1")["visits"]
    check(len(visit) == 1 and visit[0]["met"] == "Frau Anton" and visit[0]["topics"] == "Prices\nand pumps"
          and visit[0]["next_step"] == "Send an offer" and visit[0]["day"] == day(0), f"all of it is shown: {visit}")
    text = server.command("export", "visits", "--source", "pages", "--customer-source", "erp")
    check("Send an offer" in text and "confirmed" in text and "In a good mood" in text, f"and exported: {text[:300]}")
    check(people["olga"].post(undo.group(1), follow=False).status == 404, "somebody else's entry cannot be taken back")
    check(ada.post(undo.group(1), follow=False).status == 303, "one's own can")
    check(shown(server, "K1").get("visits", []) == [], "then it is gone")
    check(ada.tell(undo.group(1)).status == 409, "once")


def case_visit_wrong(check, server):
    people, ids = company(server)
    ada, path = people["ada"], f"/customers/{ids['K1']}/visits/new"
    ada.get(path)
    page = ada.post(path, {"date": day(3), "topics": "Kept as typed", "met": "Zoë"}, follow=False)
    check(page.status == 422 and "Kept as typed" in page.text and 'value="Zoë"' in page.text, "what was typed is kept")
    check(field_error(page, "date") and f'value="{day(3)}"' in page.text, f"the day is named: {page.text[:200]}")
    refused(check, ada.tell(path, {"date": day(0)}), "topics", "topics are needed")
    refused(check, ada.tell(path, {"date": "yesterday", "topics": "x"}), "date", "a day is a day")
    refused(check, ada.tell(path, {"date": day(0), "topics": "x", "next_day": day(0)}), "next_day", "the next one is later")
    refused(check, ada.tell(path, {"date": day(0), "topics": "x" * 2001}), "topics", "topics have an end")
    refused(check, ada.tell(f"/customers/{ids['K1']}/visits/plan", {"date": day(-1)}), "date", "plans are for later")
    check(imports(people["olga"])[0]["kind"] == "contacts", "nothing of it was stored")


def case_visit_plan(check, server):
    people, ids = company(server)
    ada, base = people["ada"], f"/customers/{ids['K1']}/visits"
    answer = ada.tell(base + "/new", {"date": day(-2), "topics": "First", "next_step": "Bring samples", "next_day": day(5)})
    check(answer.status == 201, f"a report with the next visit: {answer.status} {answer.text[:300]}")
    planned = ada.ask("/visits").json["planned"]
    check([(one["day"], one["topics"], one["customer"]["number"]) for one in planned]
          == [(day(5), "Bring samples", "K1")], f"it is planned: {planned}")
    dossier = shown(server, "K1")
    check([one["topics"] for one in dossier["visits"]] == ["First"]
          and [one["topics"] for one in dossier["planned"]] == ["Bring samples"], f"and no visit yet: {dossier['visits']}")
    check(people["dora"].ask("/visits").status == 403, "the director writes no visits")
    query = planned[0]["report_path"].split("?")[1]
    page = ada.get(planned[0]["report_path"])
    check("Bring samples" in page.text and 'name="planned_number"' in page.text, "its report begins with what was planned")
    done = dict(part.split("=") for part in query.split("&"))
    answer = ada.tell(base + "/new", {**done, "date": day(0), "topics": "Samples brought"})
    check(answer.status == 201, f"reported on another day: {answer.text[:300]}")
    check(ada.ask("/visits").json["planned"] == [], "then it is planned no more")
    check(len(shown(server, "K1")["visits"]) == 2, "and counts once")
    check(ada.tell(f"/entries/{answer.json['import']}/undo").status == 200
          and len(ada.ask("/visits").json["planned"]) == 1, "taken back it is planned again")
    answer = ada.tell(base + "/cancel", done)
    check(answer.status == 201 and ada.ask("/visits").json["planned"] == [], f"cancelled: {answer.text[:300]}")
    check(ada.tell(base + "/cancel", done).status == 409, "once")
    for _ in range(2):
        check(ada.tell(base + "/new", {"date": day(0), "topics": "Again"}).status == 201, "two on one day")
    check(len(shown(server, "K1")["visits"]) == 3, "are two visits")
    check(len(people["olga"].ask("/visits").json["planned"]) == 0 and people["olga"].get("/visits").status == 200,
          "and the page is there for the owner, too")


# ---- contacts -------------------------------------------------------------------------------------------------------

def case_contacts(check, server):
    people, ids = company(server)
    ada, base = people["ada"], f"/customers/{ids['K3']}/contacts"
    page = ada.get(base + "/new")
    fields = {"entry_key": key_of(page), "name": "Dieter Draht", "role": "Meister", "level": "Technical",
              "phone": "0201 1234", "language": "de"}
    for _ in range(2):
        check(ada.post(base + "/new", fields, follow=False).status == 303, "a contact is stored")
    contacts = {one["name"]: one for one in shown(server, "K3")["contacts"]}
    check(sorted(contacts) == ["Cara Caesar", "Dieter Draht"], f"once: {sorted(contacts)}")
    check(contacts["Dieter Draht"]["level"] == "Technical", "with the relationship level (R-116)")
    refused(check, ada.tell(base + "/new", {"name": ""}), "name", "a name is needed")
    refused(check, ada.tell(base + "/new", {"name": "E", "email": "nobody"}), "email", "an address is an address")
    page = ada.get(f"/customers/{ids['K3']}")
    paths = re.findall(rf'{base}/(\d+)"', page.text)
    check(len(paths) == 2, f"the dossier leads to each contact's form: {paths}")
    for person in paths:
        if "Cara" in ada.get(f"{base}/{person}").text:
            break
    answer = ada.tell(f"{base}/{person}", {"name": "Cara Krone", "role": "Inhaberin"})
    check(answer.status == 201, f"a contact gets another name: {answer.text[:300]}")
    contacts = {one["name"]: one for one in shown(server, "K3")["contacts"]}
    check(sorted(contacts) == ["Cara Krone", "Dieter Draht"] and contacts["Cara Krone"]["level"] == "owner",
          f"and stays the same person: {contacts}")
    check(ada.tell(f"/entries/{answer.json['import']}/undo").status == 200, "taken back")
    check("Cara Caesar" in [one["name"] for one in shown(server, "K3")["contacts"]], "it has the old name again")
    check(reached(ada, ids["K3"], "Cara Caesar") == (None, "cara@example.com"), "those who look after her can write to her")
    check(reached(people["dora"], ids["K3"], "Dieter Draht") == ("0201 1234", None), "and who reads all, can call him")
    check(people["adam"].ask(f"/customers/{ids['K3']}").status == 404, "an administrator sees no contact")
    answer = ada.tell(f"{base}/{person}", {"name": "Cara Caesar", "level": "owner", "complete": "1"})
    check(answer.status == 201 and reached(ada, ids["K3"], "Cara Caesar") == (None, None), "an emptied field is empty")
    check(ada.tell(f"/entries/{answer.json['import']}/undo").status == 200
          and reached(ada, ids["K3"], "Cara Caesar") == (None, "cara@example.com"), "until that is taken back")
    answer = ada.tell(base + "/new", {"name": "Cara Caesar", "role": "Inhaberin"})
    check(answer.status == 201 and reached(ada, ids["K3"], "Cara Caesar") == (None, "cara@example.com"),
          "a form without a known person empties nothing")
    other = f"/customers/{ids['K1']}/contacts/{person}"
    check(ada.get(other).status == 404 and ada.tell(other, {"name": "x"}).status == 404, "it is no contact of another's")


def reached(person, customer, name):
    """(phone, email) of a contact as the customer's page tells somebody."""
    contacts = person.ask(f"/customers/{customer}").json["contacts"]
    return next((one["phone"], one["email"]) for level in contacts["levels"] for one in level["rows"]
                if one["name"] == name)


# ---- potentials -----------------------------------------------------------------------------------------------------

def case_potentials(check, server):
    people, ids = company(server)
    ada, path = people["ada"], f"/customers/{ids['K1']}/potentials"
    whole = {"group": "Pumps", "amount": "140000.00", "date": day(0), "method": "estimated", "own": "60",
             "competitor_1": "Xylem", "share_1": "25", "other": "15"}
    for change, field in (({"other": "14"}, "other"), ({"own": "80", "other": ""}, "other"), ({"own": ""}, "own"),
                          ({"competitor_1": ""}, "competitor_1"), ({"amount": "-1"}, "amount"),
                          ({"competitor_2": "Xylem", "share_2": "0"}, "competitor_2")):
        refused(check, ada.tell(path, {**whole, **change}), field, f"{change} is refused (R-027)")
    ada.get(path)
    page = ada.post(path, {**whole, "amount": "140,000.00", "other": "16"}, follow=False)
    check(page.status == 422 and 'value="Xylem"' in page.text and "101" in (field_error(page, "other") or ""),
          f"the sum is named, and what was typed kept: {field_error(page, 'other')}")
    answer = ada.tell(path, whole)
    check(answer.status == 201, f"60, 25 and 15 are 100 (R-027): {answer.text[:300]}")
    potential = ada.ask(path).json["potentials"]
    check([(one["product_group"], one["amount"], one["own"], one["other"],
            [(c["name"], c["share"]) for c in one["competitors"]]) for one in potential]
          == [("Pumps", "140000.00", "0.600000", "0.150000", [("Xylem", "0.250000")])], f"as they were named: {potential}")
    check('value="25"' in ada.get(path + "?group=Pumps").text, "and stand in the form")
    answer = ada.tell(path, {**whole, "own": "70.5", "other": "", "competitor_1": "Yamada", "share_1": "10"})
    competitors = ada.ask(path).json["potentials"][0]
    check(answer.status == 201 and competitors["own"] == "0.705000" and competitors["other"] == "0.195000"
          and [one["name"] for one in competitors["competitors"]] == ["Yamada"],
          f"changed on the same day: {answer.text[:200]} {competitors}")
    wallet = [row for row in shown(server, "K1")["share_of_wallet"] if row["product_group"] == "Pumps"]
    check(wallet and wallet[0]["amount"] == "140000.00", f"share of wallet is measured by it (R-117): {wallet}")
    check(ada.tell(f"/entries/{answer.json['import']}/undo").status == 200
          and ada.ask(path).json["potentials"][0]["own"] == "0.600000", "taken back")


# ---- prospects ------------------------------------------------------------------------------------------------------

def case_conversion(check, server):
    people, ids = company(server)
    ada, base = people["ada"], f"/customers/{ids['K3']}"
    check(ada.tell(base + "/stage", {"stage": "Offer made"}).status == 201, "a prospect gets a stage")
    check(ada.ask(base + "/stage").json["stage"] == "Offer made", "which is shown")
    refused(check, ada.tell(base + "/stage", {"stage": ""}), "stage", "a stage is needed")
    check(ada.tell(base + "/visits/new", {"date": day(-1), "topics": "Offer"}).status == 201, "it is visited")
    refused(check, ada.tell(base + "/conversion", {"date": day(0), "number": "K9"}), "source", "a number has a source")
    refused(check, ada.tell(base + "/conversion", {"date": day(0), "number": "K1", "source": "erp"}), "number",
            "somebody's number is taken")
    refused(check, ada.tell(base + "/conversion", {"date": day(1)}), "date", "nobody becomes a customer tomorrow")
    page = ada.get(base + "/conversion")
    fields = {"entry_key": key_of(page), "date": day(0), "number": "K9", "source": "erp"}
    first = ada.post(base + "/conversion", fields, follow=False)
    check(first.status == 303, f"the prospect becomes a customer (R-082): {first.text[:500]}")
    second = ada.post(base + "/conversion", fields, follow=False)
    check(second.status == 303, f"sent twice it is answered alike: {second.status}")
    check(ada.ask(base + "/stage").status == 409, "a customer has no stages")
    server.stop()
    bring(server, "purchases", ["customer", "document", "date", "article", "amount", "product_group"],
          [("K9", "R9", day(0), "A1", "77.00", "Pumps")])
    after = shown(server, "K9")
    check(after["kind"] == "customer" if "kind" in after else True, f"it is one: {after.get('kind')}")
    check([one["name"] for one in after["contacts"]] == ["Cara Caesar"]
          and [one["topics"] for one in after["visits"]] == ["Offer"], f"contacts and visits are kept (R-082): {after}")
    check(after["purchases"] and after["purchases"][0]["revenue"] == "77.00", "and its invoices reach it")


def case_new_prospect(check, server):
    people, ids = company(server)
    ada = people["ada"]
    page = ada.get("/prospects/new")
    fields = {"entry_key": key_of(page), "name": "Dora Druck AG", "city": "Essen", "stage": "Contacted"}
    first = ada.post("/prospects/new", fields, follow=False)
    second = ada.post("/prospects/new", fields, follow=False)
    check(first.status == 303 and first.headers["Location"] == second.headers["Location"], f"stored once: {first.text[:500]}")
    check(ada.get(first.headers["Location"]).status == 200, "and seen by whoever recorded it")
    rows = {row["name"]: row["stage"] for row in ada.ask("/prospects").json["rows"]}
    check(rows == {"Caesar GmbH": None, "Dora Druck AG": "Contacted"}, f"among the prospects, with its stage: {rows}")
    refused(check, ada.tell("/prospects/new", {"name": " "}), "name", "a name is needed")
    made = imports(people["olga"])[0]["number"]
    check(ada.post(f"/entries/{made}/undo", follow=False).headers["Location"] == "/customers", "taken back it is gone")
    check(ada.get(first.headers["Location"]).status == 404, "for everybody")


# ---- who may, and products ------------------------------------------------------------------------------------------

def case_rights(check, server):
    people, ids = company(server)
    for ending in PATHS:
        for unseen in (ids["K2"], "4711", "x"):
            path = f"/customers/{unseen}/{ending}"
            filled = {"date": day(0), "topics": "x", "name": "x", "amount": "1", "method": "measured", "stage": "met"}
            wanted = {name: filled[name] for name in {
                "visits/new": ("date", "topics"), "visits/plan": ("date",), "contacts/new": ("name",),
                "potentials": ("date", "amount", "method"), "stage": ("stage",), "conversion": ("date",)}[ending]}
            check(people["ada"].ask(path).status == 404, f"GET {path} is not to be found (X-01)")
            check(people["ada"].tell(path, wanted).status == 404, f"POST {path} is not to be found (X-01)")
        for login in ("dora", "adam"):
            path = f"/customers/{ids['K1']}/{ending}"
            check(people[login].ask(path).status == 404, f"{path} is not for {login} (X-01)")
            check(people[login].tell(path).status == 404, f"POST {path} is not for {login} (X-01)")
    check(people["ada"].tell("/entries/1/undo").status == 404, "a file's import is no entry")
    check(people["adam"].tell("/entries/1/undo").status == 404, "and none at all for the administrator")
    check(len(imports(people["olga"])) == 4, "nothing was stored")


def case_search(check, server):
    """Contacts by name and address, and customers by the number another source knows them by, are found by whoever
    may see the customer, and by nobody else (X-01 in part)."""
    people, ids = company(server)

    def found(login, typed):
        return [(one["number"], one["contact"]) for one in people[login].ask(f"/search?q={typed}").json["rows"]]

    check(found("ada", "caesar") == [("K3", "Cara Caesar")], f"by name: {found('ada', 'caesar')}")
    check(found("ada", "cara@example.com") == [("K3", "Cara Caesar")], f"by address: {found('ada', 'cara@example.com')}")
    check(found("ada", "K1") == [("K1", None)], f"a number is no contact: {found('ada', 'K1')}")
    check(found("adam", "cara") == [], "an administrator finds nobody")
    base = f"/customers/{ids['K2']}/contacts/new"
    check(people["olga"].tell(base, {"name": "Zoe Zander", "email": "zoe@b.example"}).status == 201, "of another rep's")
    check(found("olga", "zander") == [("K2", "Zoe Zander")] and found("ada", "zander") == [] and found("ada", "zoe@") == [],
          "found by the owner alone")
    answer = people["ada"].tell(f"/customers/{ids['K3']}/conversion", {"date": day(0), "source": "erp", "number": "4711"})
    check(answer.status == 201, f"converted: {answer.text[:200]}")
    for number in ("K3", "4711"):
        rows = people["ada"].ask(f"/search?q={number}").json["rows"]
        check([one["id"] for one in rows] == [ids["K3"]], f"by both of its numbers: {number}: {rows}")


def case_names_of_groups(check, server):
    """Product groups are called by their names where files gave one, by their code where none did (R-117 in part)."""
    people, ids = company(server)
    path = f"/customers/{ids['K1']}/potentials"
    for group in ("Pumps", "Valves"):
        answer = people["ada"].tell(path, {"group": group, "amount": "9000.00", "date": day(0), "method": "estimated"})
        check(answer.status == 201, f"a potential of {group}: {answer.text[:200]}")
    model = people["ada"].ask(f"/customers/{ids['K1']}").json
    check([one["name"] for one in model["groups"]["rows"]] == ["Pumps and drives"], f"purchases: {model['groups']}")
    names = {"Pumps and drives", "Valves"}
    check({one["name"] for one in model["wallet"]["shares"]} - {"total"} == names, f"share of wallet: {model['wallet']}")
    check({one["name"] for one in model["potentials"]["rows"]} == names, f"potentials: {model['potentials']}")
    page = people["ada"].get(path).text
    check(">Pumps and drives</option>" in page and ">Pumps and drives</a>" in page and ">Valves</option>" in page,
          "the editor offers and shows them by name")


def case_products(check, server):
    people, _ = company(server)
    model = people["ada"].ask("/products").json
    check([(one["code"], one["articles_count"]) for one in model["groups"]] == [("Pumps", 1), ("Valves", 1)],
          f"product groups with their articles: {model}")
    check((model["group"], [one["article"] for one in model["articles"]]) == ("Pumps", ["A1"]),
          f"nobody chose a group: the first one's articles: {model}")
    model = people["ada"].ask("/products?group=Valves").json
    check([one["article"] for one in model["articles"]] == ["A2"], f"the articles of one: {model}")
    check("Valves" in people["dora"].get("/products?group=Valves").text, "as a page")
    check(people["adam"].ask("/products").status == 403, "not for the administrator")


CASES = {name[5:]: value for name, value in globals().items() if name.startswith("case_")}


if __name__ == "__main__":
    sys.exit(run_cases(CASES, lambda binary: Server(binary, CLOCK)))
