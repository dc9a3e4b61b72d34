#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work over the pages: files handed in, asked about, imported, repaired, taken back (X-03); the guided start from an
empty installation to the ladder; evaluations proposed and decided with reasons (R-031, R-094); what-ifs (R-127);
overrides by two people (R-093); concepts checked by line and column; settings; the look of the subbrand (R-097); the
audit log (X-04); two people who decide the same proposals at once while a third imports; a server that is killed in the
middle of an import.

usage: test_work.py TREUE [CASE...]"""
import contextlib
import csv
import datetime
import decimal
import html
import http.client
import io
import itertools
import json
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import zlib

# Debian's package, also for a Python that is not Debian's.
sys.path.append("/usr/lib/python3/dist-packages")
import openpyxl  # noqa: E402  (needs the path above)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from server import PASSWORD, Person, Server, enter, road, run_cases  # noqa: E402  (needs the path above)

WAIT_SECONDS = 120
CUSTOMERS = 60


def purchases(lines, wrong=False, first=0, dates="{:02}.{:02}.{}", customers=CUSTOMERS):
    rows = ["Kundennr;Belegnr;Datum;Artikel;Betrag;Warengruppe"]
    for i in range(first, first + lines):
        k = i % customers
        day = dates.format(1 + i % 12, 1 + i // 7 % 12, 2023 + i % 3)
        rows.append(f"K{k:02};R{i};{day};A{i % 17};{'x' if wrong and i % 100 == 50 else ''}{10 + k * 20},{i % 100:02};G{i % 9}")
    return ("\n".join(rows) + "\n").encode()


def wait(person, path, done):
    """What an address of the API says once it is done."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        answer = person.ask(path)
        if answer.status == 200 and done(answer.json):
            return answer.json
        time.sleep(0.05)
    raise road.RoadError(f"{path}: {answer.status} {answer.text[:500]}")


def hand_in(person, content, name="in.csv", kind="purchases"):
    answer = person.post("/imports", {"kind": kind}, {"file": (name, content)}, follow=False)
    assert answer.status == 303, answer.text
    upload = answer.headers["Location"]
    return upload, wait(person, upload, lambda model: not model["looking"])


def bring_in(person, content, **words):
    """Hands a file in and imports it; the number of the import."""
    upload, _ = hand_in(person, content, **words)
    answer = person.tell(upload + "/run")
    assert answer.status in (200, 201), answer.text
    model = wait(person, upload, lambda one: one["imported"] or one["failed"])
    assert model["imported"], model
    return int(model["import_path"].rsplit("/", 1)[1])


def found(person, customers=CUSTOMERS):
    """A program from the data, in force."""
    bring_in(person, purchases(3000, customers=customers))
    person.tell("/setup/propose", {"name": "Plus", "currency": "EUR"})
    wait(person, "/setup", lambda model: "proposal" in model)
    person.tell("/setup/begin", {"program": "plus", "version": "1"})
    wait(person, "/setup", lambda model: model["finished"])


def ready(server, *logins):
    """Accounts by (login, role), the server started, everybody signed in."""
    tokens = [server.user(login, role) for login, role in logins]
    server.start()
    return [enter(server, login, token) for (login, _), token in zip(logins, tokens)]


def case_guided_start(check, server):
    olga, = ready(server, ("olga", "owner"))
    model = olga.ask("/setup").json
    check(not model["imported"] and not model["finished"], "an empty installation asks for a file")
    found(olga)
    model = olga.ask("/ladder").json
    check(sum(segment["customers"] for segment in model["segments"]) == CUSTOMERS, "everybody stands on the ladder")
    kinds = [entry["kind"] for entry in olga.ask("/audit").json["rows"] if entry["actor"] == "olga"]
    for kind in ("import.published", "concept.loaded", "concept.released", "run.created", "run.approved"):
        check(kind in kinds, f"the audit log names who did {kind} (X-04)")
    check("Getting started" in olga.get("/setup").text, "the page of the guided start is there afterwards, too")
    check("Der Anfang" in olga.send("GET", "/setup", headers={"Accept-Language": "de"}).text
          or "Getting started" in olga.get("/setup").text, "in the reader's language (X-02)")


def case_imports(check, server):
    olga, rita = ready(server, ("olga", "owner"), ("rita", "rep"))
    check(rita.ask("/imports").status == 403, "a sales rep imports nothing (X-01)")
    upload, model = hand_in(olga, purchases(1000, wrong=True), name="../../Umsätze.csv")
    check(model["upload"]["file_name"] == "Umsätze.csv", "folders in a file's name are dropped")
    counts = model["look"]["preview"]["counts"]
    check((counts["rows_new"], counts["rows_rejected"]) == (990, 10), f"the preview counts: {counts}")
    check(olga.ask("/imports").json["rows"] == [], "looking imports nothing")
    check("Umsätze.csv" in olga.get("/imports").text, "a file that waits is listed")
    for path in (upload, upload + "/run", upload + "/discard"):
        check(rita.tell(path).status == 403, f"{path} is not for a rep (X-01)")
    number = bring_in_again(check, olga, upload)
    one = olga.ask(f"/imports/{number}").json["import"]
    check((one["rows_new"], one["rows_rejected"]) == (990, 10), f"the import counts the same: {one}")
    lines = olga.get(one["rejected_path"])
    check(lines.text.count("\n") == 11 and "x" in lines.text, "the rejected lines as they stood, with their header (X-03)")
    check("attachment" in lines.headers["Content-Disposition"], "as a download")
    reasons = olga.get(one["reasons_path"])
    check(reasons.text.count("\n") == 11, f"a reason for each: {reasons.text[:200]}")
    repaired = lines.text.replace("x", "").encode()
    again = bring_in(olga, repaired, name="repaired.csv")
    check(olga.ask(f"/imports/{again}").json["import"]["rows_new"] == 10, "repaired they go in")
    third = bring_in(olga, purchases(1000), name="again.csv")
    check(olga.ask(f"/imports/{third}").json["import"]["rows_same"] == 1000, "the same once more changes nothing (X-03)")
    answer = olga.post(f"/imports/{again}/undo", follow=False)
    check(answer.status == 303 and olga.ask(f"/imports/{again}").json["import"]["state"] == "undone", "taken back")
    check(olga.tell(f"/imports/{again}/undo").status == 409, "once")
    check(olga.ask("/imports/4711").status == 404 and olga.ask("/imports/x").status == 404, "others there are none")
    check(olga.get("/imports.csv").text.count("\n") == 4, "the history as a file (X-07)")


def bring_in_again(check, olga, upload):
    check(olga.tell(upload + "/run").status in (200, 201), "its import begins")
    check(olga.tell(upload + "/run").status == 409, "once, however often it is asked for")
    model = wait(olga, upload, lambda one: one["imported"])
    check(olga.tell(upload, {"answer": []}).status == 409, "what is imported is not asked about again")
    return int(model["import_path"].rsplit("/", 1)[1])


def case_questions(check, server):
    olga, = ready(server, ("olga", "owner"))
    upload, model = hand_in(olga, purchases(300, dates="{1:02}/{0:02}/{2}"))
    check(model["is_open"] and not model["is_ready"], f"what cannot be told is asked: {model['look']['questions']}")
    check("answer:date=day-first" in olga.get(upload).text, "with answers to choose from")
    check(olga.tell(upload + "/run").status == 409, "nothing is imported while something is open")
    check(olga.tell(upload, {"answer": ["nonsense"]}).status == 422, "a wrong answer is refused")
    olga.tell(upload, {"answer": ["answer:date=month-first"]})
    model = wait(olga, upload, lambda one: not one["looking"])
    check(model["is_ready"] and not model["is_open"], "answered, it can be imported")
    olga.tell(upload, {"answer": ["answer:date=month-first", "column:product_group="]})
    model = wait(olga, upload, lambda one: not one["looking"])
    fields = [column["field"] for column in model["look"]["columns"]]
    check("product_group" not in fields and "amount" in fields, f"a column is left out: {fields}")
    olga.post(upload + "/discard")
    check(olga.ask(upload).status == 404, "discarded")
    _, model = hand_in(olga, b"\x00\x01\x02garbage")
    check(model["look_job"]["failed"] and model["look_job"]["error"], f"what is no table says so: {model['look_job']}")


def case_evaluations(check, server):
    olga, dora, rita = ready(server, ("olga", "owner"), ("dora", "director"), ("rita", "rep"))
    found(olga)
    check(rita.ask("/evaluations").status == 403, "a rep sees no proposals (X-01)")
    check(dora.tell("/evaluations").status == 403, "a director starts none")
    days = olga.ask("/evaluations").json
    check(days["days_coming"] and days["days_past"], "scheduled days are told")
    olga.tell("/evaluations", {"cutoff": days["days_past"][0]["day"]})
    runs = wait(olga, "/evaluations", lambda model: len(model["runs"]) == 2)["runs"]
    run = runs[0]["path"]
    model = dora.ask(run).json
    check(sum(kind["count"] for kind in model["kinds"]) == CUSTOMERS, f"proposals by kind: {model['kinds']}")
    check(all(row["why"] for row in model["rows"]), "each with its reason (R-031)")
    first, second = model["rows"][0], model["rows"][1]
    check(dora.tell(run, {"verdict": "reject", "customer": [first["customer"]]}).status == 422,
          "rejecting wants a reason (R-031)")
    page = dora.post(run, {"verdict": "reject", "customer": first["customer"]}, follow=False)
    check(page.status == 422 and "error-reason" in page.text and first["name"] in page.text, "on the page, at the field")
    check(dora.tell(run, {"verdict": "approve"}).status == 422, "somebody has to be chosen")
    page = dora.post(run, {"verdict": "reject", "customer": first["customer"], "decision": first["decision"]}, follow=False)
    check(page.text.count(" checked") == 2, "and what was ticked stays ticked")
    answer = dora.tell(run, {"verdict": "reject", "customer": [first["customer"]], "reason": "new plant"})
    check(answer.json["decided"] == 1, answer.text)
    kind = second["decision"]
    answer = dora.tell(run, {"verdict": "approve", "decision": [kind]})
    rows = {row["customer"]: row for row in dora.ask(run).json["rows"]}
    check(rows[first["customer"]]["state"] == "rejected" and rows[first["customer"]]["actor"] == "dora", "one is rejected")
    check(rows[second["customer"]]["state"] == "approved", f"all of a kind are approved (R-094): {answer.text}")
    check(dora.tell(run, {"verdict": "approve", "whole": True}).status == 200, "the rest as a whole")
    check(dora.tell(run, {"verdict": "approve", "whole": True}).status == 409, "once")
    listed = dora.get(run + f".csv?filter=decision:{kind}").text
    wanted = sum(row["decision"] == kind for row in rows.values())
    check(listed.count("\n") == wanted + 1, f"the list shown as a file (X-07): {listed[:200]}")
    check("verdict" not in olga.get("/evaluations").text and olga.ask("/evaluations/99").status == 404, "no other runs")
    near = re.search(r'href="(/customers\?filter=missing[^"]*)"', olga.get(run).text).group(1).replace("&amp;", "&")
    check(olga.get(near).status == 200, "who just misses is a list (R-016)")
    page = olga.get(run).text
    check("Evaluation as of" in page and "effective on" in page, "the page tells when it takes effect")


def case_concepts(check, server):
    olga, dora, rita = ready(server, ("olga", "owner"), ("dora", "director"), ("rita", "rep"))
    found(olga)
    document = olga.ask("/concepts/plus/1").json["document"]
    changed = re.sub(r"at_least: (\d+)", lambda match: f"at_least: {int(match.group(1)) * 2}", document)
    answer = olga.tell("/concepts", {"document": "program: {id: x\n", "only_check": True})
    problems = answer.json["problems"]
    check(answer.json["valid"] is False and problems[0]["line"] > 0, f"a mistake has line and column: {problems}")
    page = olga.post("/concepts", {}, {"file": ("c.yaml", document.replace("segments:", "segmente:").encode())})
    check("segmente" in page.text and "Line" in page.text, "and what was typed stays on the page")
    check(rita.tell("/concepts", {"document": document}).status == 403, "a rep writes no concept (X-01)")
    answer = olga.tell("/concepts", {"document": changed})
    check(answer.status == 201 and answer.json["concept_version"] == 2, answer.text)
    second = dora.ask("/concepts/plus/2").json
    check(second["against"] == 1 and second["changes"], f"what changes in words: {second['changes']}")
    for one in second["changes"]:
        if "at_least" in one["new"]:
            check("EUR" not in one["text"] and "→" in one["text"] and "€" in one["text"], f"in words of pages: {one}")
    check(any("at_least" in one["new"] for one in second["changes"]), "and thresholds are among them")
    answer = olga.tell("/concepts/plus/2/simulate")
    path = "/simulations/" + answer.json["job"]["id"]
    model = wait(olga, path, lambda one: one["done"])
    check(model["moves_total"] == len(model["moves"]) > 0, "who would move (R-127)")
    check(sum(one["customers"] for one in model["matrix"]) == CUSTOMERS, "the matrix holds everybody")
    page = olga.get(path).text
    names = {one["segment"]["code"]: one["segment"]["name"] for one in olga.ask("/concepts/plus/2").json["segments"]}
    check("What-if" in page and all(names[one["segment"]] in page for one in model["segments"]),
          f"as a page, which calls segments by their names: {names}")
    check(rita.ask(path).status == 403, "not for a rep")
    check(olga.ask("/concepts/plus/2").json["released"] is False, "nothing changes until its release (R-127)")
    check(dora.tell("/concepts/plus/2/release").status == 200, "a director puts it into force")
    check(dora.tell("/concepts/plus/2/release").status == 409, "once")


def case_overrides(check, server):
    olga, dora, rita = ready(server, ("olga", "owner"), ("dora", "director"), ("rita", "rep"))
    found(olga)
    asked = {"customer": "K05", "segment": "A", "valid_to": "2026-12-31", "reason": "new plant"}
    check(rita.tell("/overrides", asked).status == 422, "a rep sees no foreign customer, hence asks for none (X-01)")
    check(olga.tell("/overrides", {**asked, "reason": ""}).status == 422, "a reason is wanted (R-031)")
    answer = olga.tell("/overrides", asked)
    check(answer.status == 201, answer.text)
    typed = {**asked, "reason": "<new> plant", "valid_to": "2031-12-31"}
    page = olga.post("/overrides", typed, follow=False)
    check(page.status == 422 and 'id="error-valid_to"' in page.text and "&lt;new&gt; plant" in page.text
          and re.search(r'<option value="A" selected', page.text), "too long: said at its field, what was typed stays")
    page = olga.post("/overrides", {**asked, "valid_to": "2020-12-31"}, follow=False)
    check(page.status == 422 and 'id="error-valid_to"' in page.text, "an end before the beginning, too")
    page = olga.post("/overrides", {**asked, "reason": ""}, follow=False)
    check(page.status == 422 and 'id="error-reason"' in page.text and 'value="K05"' in page.text, "and a missing reason")
    one = olga.ask("/overrides").json["overrides"][0]
    check('href="/overrides?customer=' + one["customer"] in olga.get(one["path"]).text, "the dossier leads to the form")
    check('name="customer" id="field-customer" required value="K05"' in
          olga.get("/overrides?customer=" + one["customer"]).text, "which knows the customer")
    check(rita.send("GET", "/overrides?customer=" + one["customer"]).status == 404, "if it may be seen (X-01)")
    page = dora.post(one["decide_path"], {"verdict": "refuse"}, follow=False)
    check(page.status == 422 and 'id="error-reason"' in page.text and one["name"] in page.text,
          f"a refusal without its reason comes again as a form (R-031): {page.status}")
    check(rita.send("GET", one["decide_path"]).status == 404, "not for others (X-01)")
    check(one["may_decide"] is False, "whoever asks does not decide")
    check(olga.tell(one["decide_path"], {"verdict": "approve"}).status == 409, "nor by the API (R-093)")
    other = dora.tell(one["decide_path"], {"verdict": "approve", "reason": "checked"})
    shares = dora.ask("/overrides").json["shares"]
    check(other.status in (200, 409), f"somebody else decides, within the limit: {other.text} {shares}")
    check(rita.ask("/overrides").json["overrides"] == [], "a rep sees those of the own customers only")
    check(rita.tell(one["decide_path"], {"verdict": "withdraw"}).status == 404, "and no hint that others exist")
    run = olga.ask("/evaluations").json["runs"][0]["id"]
    filed = {"customer": "K05", "run": run, "reason": "an invoice is missing"}
    answer = olga.tell("/appeals", filed)
    check(answer.status == 201 and answer.json["due"], f"an appeal gets its deadline: {answer.text}")
    page = olga.post("/appeals", {**filed, "run": "99", "filed_by": "Frau Kern"}, follow=False)
    check(page.status == 422 and 'id="error-run"' in page.text and "Frau Kern" in page.text, "a wrong run is named")
    appeal = dora.ask("/appeals").json["appeals"][0]
    page = dora.post(appeal["decide_path"], {"verdict": "grant", "result": ""}, follow=False)
    check(page.status == 422 and 'id="error-result"' in page.text, "a decision without its result, too")
    check(dora.tell(appeal["decide_path"], {"verdict": "dismiss", "result": "it was counted"}).status == 200, "decided")
    check(dora.tell(appeal["decide_path"], {"verdict": "grant", "result": "no"}).status == 409, "once")


def case_settings(check, server):
    olga, rita = ready(server, ("olga", "owner"), ("rita", "rep"))
    found(olga)
    check(rita.ask("/settings").status == 403 and rita.ask("/audit").status == 403, "not for a rep (X-01)")
    check(olga.tell("/settings", {"brand_colour": "red"}).status == 422, "a colour is a colour")
    check(olga.tell("/settings", {"visits": ["A=400"]}).status == 422, "and visits fit into a year")
    answer = olga.tell("/settings", {"company": "ACME", "brand_colour": "#0b5c67", "visits": ["A=12", "B=4"]})
    check(answer.json["changed"] == 4, answer.text)
    check(olga.tell("/settings", {"company": "ACME"}).json["changed"] == 0, "what is the same changes nothing")
    olga.get("/settings")
    olga.post("/settings", [("company", "ACME"), ("brand_colour", "#0b5c67"), ("mail_security", "starttls")])
    check("mail_security" not in olga.ask("/audit?kind=setting.changed").text,
          "what the form shows as usual is nobody's choice")
    olga.post("/settings", [("company", "ACME"), ("brand_colour", "#0b5c67"), ("mail_security", "tls")])
    check("mail_security" in olga.ask("/audit?kind=setting.changed").text, "another one is")
    visits = {one["segment"]["code"]: one["per_year"] for one in olga.ask("/settings").json["visits"]}
    check(visits["A"] == "12" and visits["C"] is None, f"visits per segment (R-019): {visits}")
    entries = olga.ask("/audit?kind=setting.changed").json["rows"]
    check(len([e for e in entries if e["actor"] == "olga"]) == 5, f"each change stands in the audit log (X-04): {entries}")
    check(len(olga.ask("/audit?kind=import.published").json["rows"]) == 1, "by kind")
    check(olga.ask("/audit?actor=nobody").json["rows"] == [], "by who")
    last = olga.ask("/audit").json["rows"][0]["number"]
    check(olga.ask(f"/audit?after={last}").json["rows"][0]["number"] < last, "page by page")


def png(width, height):
    """A whole PNG of one colour."""
    def chunk(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    rows = (b"\0" + b"\x0b\x5c\x67" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def case_subbrand(check, server):
    """R-097: logo and colours, chosen in the settings, are what every page shows, the sign-in page too."""
    olga, rita = ready(server, ("olga", "owner"), ("rita", "rep"))
    found(olga)
    logo, other = png(96, 24), png(48, 48)
    for wrong, why in ((b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"), (logo[:-1], "no picture"),
                       (logo + b"<script>", "no picture"), (png(8, 8), "8 x 8 pixels"), (png(2001, 16), "2001 x 16"),
                       (logo[:33] + bytes(1 << 18), "too large")):
        answer = olga.post("/settings", {}, {"logo": ("logo.png", wrong)}, follow=False)
        check(answer.status == 422 and 'id="error-logo"' in answer.text and why in answer.text,
              f"{why}: {answer.text[:300]}")
    again = olga.post("/settings", {"company": "Eben getippt", "segment": "B", "segment_colour": "#123450",
                                    "mail_security": "tls"}, {"logo": ("logo.png", b"none")}, follow=False).text
    check('value="Eben getippt"' in again and 'value="#123450"' in again and 'value="tls" selected' in again,
          "what was chosen besides stays in the form")
    check("/assets/logo-" not in rita.get("/").text, "nothing of it is kept")
    check(rita.post("/settings", {}, {"logo": ("logo.png", logo)}, follow=False).status == 403, "not by a rep")
    check(olga.post("/settings", {}, {"logo": ("../../logo.svg", logo)}, follow=False).status == 303, "taken")
    first = re.search(r'src="(/assets/logo-[0-9a-f]{16}\.png)" width="96" height="24"', rita.get("/").text).group(1)
    answer = Person(server).get(first)
    check(answer.status == 200 and answer.headers["Content-Type"] == "image/png" and answer.bytes == logo
          and "immutable" in answer.headers["Cache-Control"], f"as it was handed in: {answer.headers}")
    check(first in Person(server).get("/sign-in").text, "on the sign-in page")
    server.stop()
    server.start()
    check(Person(server).get(first).status == 200, "also for a page from before the server was started anew")
    olga.post("/settings", {}, {"logo": ("b.png", other)}, follow=False)
    second = re.search(r"/assets/logo-[0-9a-f]{16}\.png", rita.get("/").text).group(0)
    check(second != first and Person(server).get(second).bytes == other, "another one has another address")
    style = re.search(r"/assets/brand-[0-9a-f]{12}\.css", rita.get("/").text).group(0)
    olga.tell("/settings", {"brand_colour": "#aa0000", "segment": ["A"], "segment_colour": ["#123456"]})
    changed = re.search(r"/assets/brand-[0-9a-f]{12}\.css", rita.get("/").text).group(0)
    css = Person(server).get(changed).text
    check(changed != style and "--brand:#aa0000;" in css and '[data-segment="A"]{--segment-day:#123456' in css, css)
    colours = {one["segment"]["code"]: one["colour"] for one in olga.ask("/settings").json["segment_colours"]}
    check(colours["A"] == "#123456" and colours["B"] != "#123456", f"{colours}")
    check(olga.tell("/settings", {"segment": ["A"], "segment_colour": ["red"]}).status == 422, "a colour is a colour")
    asked = olga.ask("/settings?brand_colour=%23ffd500").json["colour"]
    check(not asked["fits"] and asked["day"] != "#ffd500" and asked["contrast"].startswith("1."), f"contrast: {asked}")
    check("--brand:#aa0000;" in Person(server).get(re.search(r"/assets/brand-[0-9a-f]{12}\.css", rita.get("/").text)
                                                   .group(0)).text, "asking changes nothing")
    check(olga.post("/settings", {"brand_colour": "#aa0000", "logo_remove": "yes"}, follow=False).status == 303, "removed")
    check("/assets/logo-" not in rita.get("/").text, "and gone")
    entries = [e["text"] if "text" in e else str(e) for e in olga.ask("/audit?kind=setting.changed").json["rows"]]
    check(sum("brand_logo" in entry for entry in entries) == 3, f"each change stands in the audit log: {entries}")


def case_jobs(check, server):
    olga, rita, mark = ready(server, ("olga", "owner"), ("rita", "rep"), ("mark", "marketing"))
    upload, _ = hand_in(olga, purchases(200))
    jobs = [job for job in mark.ask("/jobs").json["rows"] if job["asked_by"] == "olga"]
    path = jobs[0]["path"]
    check(jobs[0]["kind"] == "import_look" and jobs[0]["asked_by"] == "olga", f"jobs are listed: {jobs}")
    check(rita.ask("/jobs").status == 403 and rita.ask(path).status == 404, "a rep sees no job of others (X-01)")
    check(rita.tell(path + "/cancel").status == 404, "nor cancels it")
    check(olga.tell(path + "/cancel").status == 409, "what has ended is not cancelled")
    check("Look at a file" in olga.get("/jobs").text and "done" in olga.get(path).text, "as pages")
    olga.post(upload + "/discard")


def at(server, day):
    """The server from now on believes it is morning of a day."""
    server.environment["TREUE_CLOCK"] = f"{day}T06:00:00Z"


def signed_in(server, login):
    person = Person(server)
    person.get("/sign-in")
    person.post("/sign-in", {"login": login, "password": PASSWORD})
    person.get("/account")
    return person


def after(day, days=1):
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days)).isoformat()


def case_due(check, server):
    """Evaluations of the schedule propose themselves the day after their cut-off, once, however many servers there are."""
    at(server, "2026-03-02")
    olga, = ready(server, ("olga", "owner"))
    found(olga)
    days = olga.ask("/evaluations").json
    cutoff = min(day["day"] for day in days["days_coming"])
    check(days["days_past"] and len(days["runs"]) == 1, f"nothing older than the program is proposed: {days['runs']}")
    ladder = [segment["customers"] for segment in olga.ask("/ladder").json["segments"]]
    server.stop()
    at(server, cutoff)
    server.start()
    olga = signed_in(server, "olga")
    time.sleep(2)
    check(len(olga.ask("/evaluations").json["runs"]) == 1, "not while the day lasts")
    server.stop()
    at(server, after(cutoff))
    server.start()
    with contextlib.ExitStack() as more:
        if server.url:
            second = more.enter_context(Beside(server))
        olga = signed_in(server, "olga")
        runs = wait(olga, "/evaluations", lambda model: len(model["runs"]) > 1)["runs"]
        time.sleep(2)
        runs = olga.ask("/evaluations").json["runs"]
        if server.url:
            check(second.process.poll() is None, "the second server runs")
    proposed = [run for run in runs if run["cutoff"] == cutoff]
    check(len(proposed) == 1 and proposed[0]["is_proposed"] and len(runs) == 2, f"proposed once: {runs}")
    start = olga.ask("/").json["tasks"]
    check([task for task in start if task["kind"] == "proposals"],
          f"the owner's start page says so: {start}")
    check([segment["customers"] for segment in olga.ask("/ladder").json["segments"]] == ladder, "nobody has moved")
    server.stop()
    at(server, after(cutoff, 3))
    server.start()
    olga = signed_in(server, "olga")
    time.sleep(2)
    check(len(olga.ask("/evaluations").json["runs"]) == 2, "and not again")


def case_expire(check, server):
    """Files that were handed in and lines that were refused are not kept for ever."""
    at(server, "2026-03-02")
    server.command("setting", "set", "error_files_kept_days", "20")
    try:
        server.command("setting", "set", "uploads_kept_days", "0")
        check(False, "no days are refused")
    except road.RoadError:
        pass
    olga, = ready(server, ("olga", "owner"))
    number = bring_in(olga, purchases(200, wrong=True))
    waiting, _ = hand_in(olga, purchases(10, first=500), name="waits.csv")
    one = olga.ask(f"/imports/{number}").json
    check(olga.get(one["import"]["rejected_path"]).status == 200 and "20 days" in olga.get(f"/imports/{number}").text,
          "the page says how long the files are kept")
    check("7 days" in olga.get("/imports").text, "and so does that of what waits")
    check(len(list((server.data / "errors").iterdir())) == 2, "lines and reasons")
    for day, there, waits in (("2026-03-08", 2, True), ("2026-03-11", 2, False), ("2026-03-23", 0, False)):
        server.stop()
        at(server, day)
        server.start()
        olga = signed_in(server, "olga")
        wait(olga, "/jobs", lambda model: any(
            job["kind"] == "upload_clean" and job["ended"] and job["created"][:10] == day for job in model["rows"]))
        check(len(list((server.data / "errors").iterdir())) == there, f"{day}: error files")
        check((olga.ask(waiting).status == 200) == waits, f"{day}: the file that waits")
    check("are gone" in olga.get(f"/imports/{number}").text, "the page says they are gone")
    check(olga.send("GET", one["import"]["rejected_path"]).status == 404, "they are")


def case_views(check, server):
    """Views of lists: one's own, those shared by who writes concepts, nobody else's."""
    olga, rita = ready(server, ("olga", "owner"), ("rita", "rep"))
    found(olga)
    page = olga.get("/customers?filter=segment:A&sort=-revenue").text
    saving = dict(re.findall(r'<input type="hidden" name="(list|query)" value="([^"]*)"', page))
    check(saving["list"] == "customers" and 'name="shared"' in page, f"the form to save it: {saving}")
    check('name="shared"' not in rita.get("/customers").text, "a rep shares none (X-01)")
    query = html.unescape(saving["query"])
    check(olga.post("/views", {"list": "customers", "query": query, "name": "Best", "shared": "yes"},
                    follow=False).status == 303, "saved")
    olga.post("/views", {"list": "customers", "query": "sort=name", "name": "Mine"})
    rita.post("/views", {"list": "customers", "query": "sort=-name", "name": "Ritas", "shared": "yes"})
    seen = {name: {view["name"]: view for view in person.ask("/customers?sort=-revenue&filter=segment:A").json["views"]}
            for name, person in (("olga", olga), ("rita", rita))}
    check(set(seen["olga"]) == {"Best", "Mine"} and set(seen["rita"]) == {"Best", "Ritas"}, f"shared ones for all: {seen}")
    best = seen["rita"]["Best"]
    check(best["current"] and not best["own"] and best["remove_path"] is None and seen["olga"]["Best"]["own"], f"{best}")
    check(olga.get(best["path"]).status == 200, "it leads to the list")
    check(rita.tell(seen["olga"]["Best"]["remove_path"]).status == 404, "nobody removes another's (X-01)")
    check(olga.tell("/views", {"list": "customers", "query": "password=1", "name": "x"}).status == 422, "only what lists know")
    check(olga.tell("/views", {"list": "users", "query": "", "name": "x"}).status == 422, "only of lists with views")
    olga.tell(seen["olga"]["Best"]["remove_path"])
    check([view["name"] for view in rita.ask("/customers").json["views"]] == ["Ritas"], "removed for all")


def case_overlay(check, server):
    """A folder whose templates and assets win over the built-in ones."""
    olga, = ready(server, ("olga", "owner"))
    plain = olga.get("/products").text
    server.stop()
    folder = server.data.parent / "overlay"
    (folder / "templates").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "templates" / "products.mustache").write_text("<h1>{{title}}</h1><p>ours</p>", encoding="utf-8")
    (folder / "assets" / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    server.start("--overlay", str(folder))
    olga = signed_in(server, "olga")
    page = olga.get("/products").text
    check("<p>ours</p>" in page and "<p>ours</p>" not in plain, "its template wins")
    check(olga.get("/jobs").status == 200 and "<p>ours</p>" not in olga.get("/jobs").text, "the others are built in")
    server.stop()
    (folder / "templates" / "products.mustache").write_text("{{#open}}", encoding="utf-8")
    try:
        server.start("--overlay", str(folder))
        check(False, "a template with a mistake stops the start")
    except road.RoadError as said:
        check("products" in str(said), f"which names it: {said}")
    server.process.wait(timeout=60)
    server.process = None
    server.start()
    check("<p>ours</p>" not in signed_in(server, "olga").get("/products").text, "without it all is as before")


class Beside:
    """A second server on the same database."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        words = self.server.words()
        words[words.index("--data") + 1] += "-beside"
        self.process = subprocess.Popen([*words, "serve", "--listen", "127.0.0.1:0"], env=self.server.environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        while "http://" not in (line := self.process.stdout.readline()):
            if not line:
                raise road.RoadError("the second server did not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=60)


def case_stored_whole(check, server):
    """Evaluations asked for at once, with the command line beside where the database allows it: each run is whole."""
    olga, dora = ready(server, ("olga", "owner"), ("hans", "owner"))
    found(olga)
    asked = [threading.Thread(target=lambda who=who: [who.tell("/evaluations") for _ in range(4)]) for who in (olga, dora)]
    beside = []
    for thread in asked:
        thread.start()
    while server.url and any(thread.is_alive() for thread in asked):
        words = server.words()
        words[words.index("--data") + 1] += "-beside"
        beside.append(subprocess.run([*words, "evaluate", "--format", "csv"], env=server.environment, check=True,
                                     capture_output=True, timeout=WAIT_SECONDS))
    for thread in asked:
        thread.join()
    runs = wait(olga, "/evaluations", lambda model: len(model["runs"]) >= 9 + len(beside))["runs"]
    totals = {olga.ask(run["path"]).json["total"] for run in runs}
    check(totals == {CUSTOMERS} and (beside or not server.url), f"every run holds everybody: {totals} {len(runs)}")


def pages(person, path):
    """All rows of a list, page by page."""
    rows, after = [], ""
    while True:
        model = person.ask(path + ("&" if "?" in path else "?") + "after=" + after).json
        rows += model["rows"]
        after = model["next"]
        if not after:
            return rows


def workbook(person, path, columns):
    """The cells of a list's workbook, without its titles."""
    answer = person.send("GET", path)
    assert answer.status == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.bytes)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [row[:columns] for row in rows[1:]]


def case_files(check, server):
    """What is exported is what is shown: all rows of it, in CSV, workbook and JSON alike (X-07)."""
    olga, dora = ready(server, ("olga", "owner"), ("dora", "director"))
    found(olga, customers=620)
    run = olga.ask("/evaluations").json["runs"][0]["path"]
    first = olga.ask(run).json
    check(len(first["rows"]) == 100 and first["total"] == 620 and first["next"], "100 proposals a page: all can be ticked")
    check('rel="next"' in olga.get(run).text, "the page leads to the next")
    rows = pages(olga, run)
    check([row["number"] for row in rows] == [row["number"] for row in first["rows"]] + [row["number"] for row in rows[100:]]
          and len({row["customer"] for row in rows}) == 620, "page by page everybody comes once")
    segment = rows[0]["segment"]
    for query in ("?columns=number,segment,qualified", f"?columns=number,segment,qualified&filter=segment:{segment}",
                  f"?columns=number,segment,qualified&filter=-segment:{segment}&after={first['next']}"):
        wanted = [[row["number"], row["segment"], row["qualified"]] for row in pages(olga, run + query.split("&after")[0])]
        lines = list(csv.reader(io.StringIO(olga.get(f"{run}.csv{query}").text.lstrip("\ufeff"))))[1:]
        check(lines == wanted, f"CSV holds all that is shown: {len(lines)} of {len(wanted)}")
        check(workbook(olga, f"{run}.xlsx{query}", 3) == wanted, "and so does the workbook, cell by cell")
    columns = "/customers{}?columns=number,name,revenue,last_order&sort=-revenue"
    wanted = [[row["number"], row["name"], decimal.Decimal(row["revenue"]), row["last_order"]]
              for row in pages(olga, columns.format(""))]
    cells = [[number, name, decimal.Decimal(str(revenue)), str(day.date())]
             for number, name, revenue, day in workbook(olga, columns.format(".xlsx"), 4)]
    check(len(wanted) == 620 and cells == wanted, f"numbers and days as such: {cells[:2]} {wanted[:2]}")
    for path, names in (("/audit{}", ["number", "kind", "subject"]), ("/jobs{}", ["id", "asked_by"])):
        query = "?columns=" + ",".join(names)
        wanted = [[str(row[name] or "") for name in names] for row in pages(olga, path.format("") + query)]
        lines = list(csv.reader(io.StringIO(olga.get(path.format(".csv") + query).text.lstrip("\ufeff"))))[1:]
        check(wanted and lines == wanted, f"{path}: {lines[:3]} {wanted[:3]}")
        cells = [[str("" if cell is None else cell) for cell in row] for row in workbook(olga, path.format(".xlsx") + query, len(names))]
        check(cells == wanted, f"{path}: {cells[:3]} {wanted[:3]}")
    check(dora.send("GET", "/jobs.csv").status == 403, "as files no more than as a page (X-01)")


def case_live(check, server):
    """How far an import is, as the page hears it; and an import that is cancelled leaves nothing."""
    olga, rita = ready(server, ("olga", "owner"), ("rita", "rep"))
    upload, _ = hand_in(olga, purchases(60000))
    job = olga.tell(upload + "/run").json["job"]
    check(rita.send("GET", f"/jobs/{job}/events").status == 404, "nobody listens to jobs of others (X-01)")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT_SECONDS)
    connection.request("GET", f"/jobs/{job}/events", headers={
        "Accept": "text/event-stream", "Cookie": "; ".join(f"{k}={v}" for k, v in olga.cookies.items())})
    stream, heard = connection.getresponse(), []
    if not olga.ask(f"/jobs/{job}").json["job"]["ended"]:
        for line in stream:
            if line.startswith(b"data: "):
                heard.append(json.loads(line[6:]))
                if heard[-1]["ended"]:
                    break
        check(heard[-1]["state"] == "done", f"the stream tells the end: {heard[-3:]}")
    connection.close()
    model = wait(olga, upload, lambda one: one["imported"])
    check(model["imported"], "imported")
    second, _ = hand_in(olga, purchases(60000, first=100000), name="second.csv")
    job = olga.tell(second + "/run").json["job"]
    olga.tell(f"/jobs/{job}/cancel")
    state = wait(olga, f"/jobs/{job}", lambda one: one["job"]["ended"])["job"]["state_name"]
    rows = olga.ask("/imports").json["rows"]
    check((state, len(rows)) in (("cancelled", 1), ("done", 2)), f"cancelled it leaves nothing: {state} {rows}")


def case_at_once(check, server):
    """Two people approve and reject the same proposals at once, a third imports."""
    olga, dora, mark = ready(server, ("olga", "owner"), ("dora", "director"), ("mark", "marketing"))
    found(olga)
    olga.tell("/evaluations")
    run = wait(olga, "/evaluations", lambda model: len(model["runs"]) == 2)["runs"][0]["path"]
    customers = [row["customer"] for row in olga.ask(run).json["rows"]]
    said, stop = {"olga": {}, "dora": {}}, threading.Event()
    imported = []

    def decide(person, name, verdict, order):
        for customer in order:
            answer = person.tell(run, {"verdict": verdict, "customer": [customer], "reason": name})
            said[name][customer] = answer.status

    def keep_importing():
        for turn in itertools.count():
            if stop.is_set() and turn >= 2:
                return
            imported.append(bring_in(mark, purchases(400, first=5000 + 400 * turn), name=f"{turn}.csv"))

    threads = [threading.Thread(target=decide, args=(olga, "olga", "approve", customers)),
               threading.Thread(target=decide, args=(dora, "dora", "reject", customers[::-1])),
               threading.Thread(target=keep_importing)]
    for thread in threads:
        thread.start()
    for thread in threads[:2]:
        thread.join()
    stop.set()
    threads[2].join()
    rows = {row["customer"]: row for row in olga.ask(run).json["rows"]}
    states = {200, 409}
    check(all(status in states for one in said.values() for status in one.values()), f"no answer but yes and no: {said}")
    lost = [c for c in customers if rows[c]["state"] == "proposed"]
    check(not lost, f"no decision is lost: {lost}")
    check(all(rows[c]["actor"] in ("olga", "dora") and said[rows[c]["actor"]][c] == 200 for c in customers),
          "what counts was acknowledged to who decided it")
    check(all((rows[c]["state"] == "approved") == (rows[c]["actor"] == "olga") for c in customers),
          "approved by who approves, rejected by who rejects")
    entries = olga.ask("/audit?kind=run.decisions_approved").json["rows"]
    entries += olga.ask("/audit?kind=run.decisions_rejected").json["rows"]
    acknowledged = sum(status == 200 for one in said.values() for status in one.values())
    check(len(entries) == min(acknowledged, 400) or acknowledged > 200,
          f"each acknowledged decision stands once in the audit log: {len(entries)} of {acknowledged}")
    numbers = [one["number"] for one in olga.ask("/imports").json["rows"]]
    check(sorted(imported) == sorted(set(imported)) and set(imported) <= set(numbers), "each import is there, once")
    server.stop()
    check("0 " not in server.command("verify")[:2], "and the database holds together")


def case_killed(check, server):
    """A server that is killed in the middle of an import goes on after its start, and imports once."""
    olga, = ready(server, ("olga", "owner"))
    upload, _ = hand_in(olga, purchases(60000))
    olga.tell(upload + "/run")
    for pause in (0.02, 0.1, 0.3):
        time.sleep(pause)
        server.stop(signal.SIGKILL)
        server.start()
    model = wait(olga, upload, lambda one: one["imported"])
    number = int(model["import_path"].rsplit("/", 1)[1])
    check(olga.ask(f"/imports/{number}").json["import"]["rows_new"] == 60000, "all of it is there")
    check(len(olga.ask("/imports").json["rows"]) == 1, "once")


CASES = {name[5:]: value for name, value in globals().items() if name.startswith("case_")}


if __name__ == "__main__":
    # A real clock, as jobs and sessions last for a while.
    sys.exit(run_cases(CASES, lambda binary: Server(binary, None)))
