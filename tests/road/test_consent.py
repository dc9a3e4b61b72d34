# SPDX-License-Identifier: AGPL-3.0-or-later
"""Consents and objections through the command line: usage: test_consent.py TREUE_BINARY

X-05 (consent and objection per contact and channel with proof): recorded, imported, shown with time, source and text; a
contact with an objection is never in an audience, neither after consents of other dates nor after an undone import.
X-04 (audit trail of consents): every declaration has its entry in the chain, and changing, removing or adding one beside
the program is noticed.
R-058 (direct dialogue, in part: a contact without consent is skipped with the reason).
"""
import contextlib
import csv
import io
import sys

import road

failures = []
PEOPLE = ("customer", "person", "name", "email", "phone")
CONTACTS = [("1", "P1", "Anna Ott", "anna@ott.example", "0711 1"), ("1", "P2", "Bert Uhl", "bert@uhl.example", ""),
            ("2", "P1", "Anna Ott", "a.ott@planung.example", ""), ("2", "P3", "Cem Kaya", "", "0221 2"),
            ("3", "P4", "Dora Lang", "dora@lang.example", ""), ("1", "", "Eva Roth", "info@mueller.example", "")]
CONSENTS = ("person", "customer", "channel", "kind", "time", "origin", "text", "language", "basis", "address_from_sale",
            "similar_goods", "notice_given", "no_objection", "double_opt_in", "confirmed")
WORDING = "Ja, Musterwerk darf mir Neues zu Lüftung per E-Mail schicken."


def expect(good, what):
    print(("ok: " if good else "FAILED: ") + what)
    if not good:
        failures.append(what)


def equal(found, wanted, what):
    expect(found == wanted, f"{what}{'' if found == wanted else f': {found!r}, wanted {wanted!r}'}")


@contextlib.contextmanager
def company(binary, name, contacts=True):
    """Three customers, one of them a prospect; it is 10 March 2026."""
    with road.Folder("consent-" + name) as folder:
        treue = road.Treue(binary, folder, clock="2026-03-10T09:00:00Z")
        treue.import_rows("customers", "customers", ["number", "name", "kind", "since", "street", "postcode", "city"], [
            {"number": "1", "name": "Müller", "since": "2020-01-01", "street": "Am Ring 1", "postcode": "50667", "city": "Köln"},
            {"number": "2", "name": "Planung Süd", "since": "2020-01-01"},
            {"number": "3", "name": "Lang", "kind": "prospect", "since": "2025-01-01", "city": "Bonn"}])
        if contacts:
            treue.import_rows("contacts", "contacts", PEOPLE, [dict(zip(PEOPLE, row)) for row in CONTACTS])
        yield treue


def record(treue, person, channel, kind, *more, status=(0,), origin="Anruf"):
    words = ["--text", WORDING] if kind in ("consent", "objection_lifted") and "--basis" not in more and \
        "--text" not in more else []
    return treue.run("--lang", "en", "consent", "record", person, "--channel", channel, "--kind", kind, "--origin", origin,
                     *words, *more, status=status)


def audience(treue, channel="email", *more):
    """(customer, person or name): reason, of everybody."""
    found = treue.json("consent", "audience", "--channel", channel, "--skipped", *more)
    rows = found["contacts"] + found["skipped"]
    if any(row["reason"] != "reached" for row in found["contacts"]) or \
            any(row["reason"] == "reached" for row in found["skipped"]):
        failures.append(f"who is reached and who is left out are mixed up: {found}")
    counted = {reason: count for reason, count in found["reasons"].items() if count}
    reasons = [row["reason"] for row in rows]
    equal(counted, {reason: reasons.count(reason) for reason in set(reasons)}, "the reasons are counted")
    return {(row["number"], row["person"] or row["name"]): row["reason"] for row in rows}


def reached(treue, channel="email", *more):
    return sorted(key for key, reason in audience(treue, channel, *more).items() if reason == "reached")


def take(treue, rows, status=(0,), columns=CONSENTS):
    return treue.import_rows("consents", "consents", columns, [dict(zip(columns, row)) for row in rows], status=status)


def counts(treue):
    row = treue.json("import", "list")[-1]
    return [row[key] for key in ("rows_new", "rows_changed", "rows_same", "rows_rejected")]


# ---- who may be addressed --------------------------------------------------------------------------------------------

def check_audience(binary):
    with company(binary, "audience") as treue:
        none = audience(treue)
        equal((len(none), set(none.values())), (6, {"no_consent"}), "R-058 (dialogue): without consent everybody is skipped")
        record(treue, "P1", "email", "consent", "--at", "2026-01-05 10:15", origin="Formular Webseite")
        equal(reached(treue), [("1", "P1"), ("2", "P1")], "one consent holds for both customers of a person")
        equal(reached(treue, "phone"), [], "and for its channel only")
        equal(reached(treue, "email", "--on", "2026-01-04"), [], "not before it was given")
        equal(reached(treue, "email", "--on", "2026-01-05"), [("1", "P1"), ("2", "P1")], "from its day on")
        equal(reached(treue, "email", "--customer", "2"), [("2", "P1")], "of one customer")
        record(treue, "P1", "email", "withdrawal", "--at", "2026-02-01")
        equal(audience(treue)["1", "P1"], "withdrawn", "withdrawn")
        equal(audience(treue, "email", "--on", "2026-01-20")["1", "P1"], "withdrawn",
              "X-05: nor in the audience of a day before the withdrawal: the message would go out now")
        equal([row["state"] for row in treue.json("consent", "list", "--person", "P1", "--on", "2026-01-20")],
              ["consent"] * 2, "while the list says where the person stood on that day")
        record(treue, "P1", "email", "consent", "--at", "2026-02-03")
        equal(len(reached(treue)), 2, "and given anew")
        said = record(treue, "P1", "email", "objection", "--at", "2026-01-20")
        expect("Must not be addressed now: objection" in said, f"the command says what follows: {said!r}")
        equal(audience(treue)["2", "P1"], "objection", "X-05 (objection): beats a consent of a later date")
        record(treue, "P1", "email", "consent")
        equal(reached(treue), [], "X-05 (objection): and one given after it was recorded")
        said = record(treue, "P1", "email", "objection_lifted")
        expect("May be addressed now: consent" in said, "until the person lifts it")
        equal(len(reached(treue)), 2, "lifted by a new explicit consent")
        check_channels(treue)


def check_channels(treue):
    record(treue, "P3", "email", "consent")
    equal(audience(treue)["2", "P3"], "no_address", "a consent without an address")
    record(treue, "P3", "phone", "consent")
    equal(reached(treue, "phone"), [("2", "P3")], "by telephone")
    for person in ("P2", "P3", "P4"):
        record(treue, person, "post", "consent")
    equal(reached(treue, "post"), [("1", "P2"), ("3", "P4")], "letters need a city")
    address = treue.json("consent", "audience", "--channel", "post")["contacts"][0]["address"]
    equal(address, "Am Ring 1, 50667 Köln", "the address of the customer")
    record(treue, "P3", "portal", "consent")
    equal(reached(treue, "portal"), [("2", "P3")], "the portal needs no address")


def check_double_opt_in(binary):
    with company(binary, "opt-in") as treue:
        record(treue, "P1", "email", "consent", "--at", "2026-01-05 10:00", "--double-opt-in")
        equal(audience(treue)["1", "P1"], "pending", "X-05 (proof): a double opt-in that was not confirmed")
        record(treue, "P1", "email", "consent", "--at", "2026-01-05 10:00", "--confirmed", "2026-01-07 08:30")
        equal(len(reached(treue)), 2, "confirmed")
        equal(audience(treue, "email", "--on", "2026-01-06")["1", "P1"], "pending", "not before it was confirmed")
        shown = treue.json("consent", "show", "P1")
        equal([(e["fate"], e["double_opt_in"], e["confirmed"]) for e in shown["entries"]],
              [("corrected", "pending", None), ("counts", "confirmed", "2026-01-07T07:30:00Z")],
              "the confirmation is an entry of its own, the request stays")


def check_exception(binary):
    met = ("--address-from-sale", "--similar-goods", "--notice-given", "--no-objection")
    exception = ("--basis", "existing_customer")
    with company(binary, "exception") as treue:
        for leave_out in range(4):
            record(treue, "P2", "email", "consent", *exception, *(met[:leave_out] + met[leave_out + 1:]),
                   "--at", f"2026-01-0{leave_out + 1}")
            equal(audience(treue)["1", "P2"], "incomplete", f"the exception without {met[leave_out]}")
        record(treue, "P2", "email", "consent", *exception, *met)
        equal(reached(treue), [("1", "P2")], "the exception with all four conditions")
        record(treue, "P4", "email", "consent", *exception, *met)
        equal(audience(treue)["3", "P4"], "prospect", "not for a prospect")
        treue.import_rows("purchases", "purchases", ["customer", "document", "date", "article", "amount"], [
            {"customer": "3", "document": "R1", "date": "2026-03-09", "article": "A", "amount": "10.00"}],
            create=["products"])
        equal(reached(treue), [("1", "P2"), ("3", "P4")], "until the first order")
        equal(audience(treue, "email", "--on", "2026-03-08")["3", "P4"], "no_consent", "of that day nothing was known")
        shown = treue.json("consent", "show", "P2")["entries"][0]
        equal(shown["conditions"], {"address_from_sale": False, "similar_goods": True, "notice_given": True,
                                    "no_objection": True}, "the conditions are kept one by one")
        record(treue, "P2", "phone", "consent", *exception, *met, status=(2,))
        record(treue, "P2", "email", "withdrawal")
        record(treue, "P2", "email", "consent", *exception, *met)
        equal(audience(treue)["1", "P2"], "withdrawn", "whoever withdrew is no case for the exception")


def check_same_address(binary):
    with company(binary, "address") as treue:
        for person in ("P2", "P4"):
            record(treue, person, "email", "consent")
        equal(reached(treue), [("1", "P2"), ("3", "P4")], "two people")
        treue.import_rows("contacts", "moved", PEOPLE, [
            dict(zip(PEOPLE, ("3", "P5", "Bert Uhl jun.", " BERT@uhl.example", ""))),
            dict(zip(PEOPLE, ("1", "P2", "Bert Uhl", "neu@uhl.example", "")))])
        record(treue, "P5", "email", "consent")
        equal(len(reached(treue)), 3, "a third with an address somebody had before")
        record(treue, "P2", "email", "objection")
        found = audience(treue)
        equal((found["1", "P2"], found["3", "P5"], found["3", "P4"]), ("objection", "address_objected", "reached"),
              "X-05 (objection): nobody writes to an address of somebody who objected, whoever has it now")
        equal(treue.json("consent", "list", "--person", "P5")[0]["state"], "consent", "the consent itself is untouched")


def check_segment(binary):
    with company(binary, "segment") as treue:
        from test_concept import concept
        treue.import_rows("purchases", "purchases", ["customer", "document", "date", "article", "amount"], [
            {"customer": "1", "document": "R1", "date": "2025-03-01", "article": "A", "amount": "150.00"},
            {"customer": "2", "document": "R2", "date": "2025-03-01", "article": "A", "amount": "10.00"}],
            create=["products"])
        treue.load_concept(concept())
        treue.evaluate("2025-12-31", "year", "--approve")
        for person in ("P1", "P2", "P4"):
            record(treue, person, "email", "consent")
        for segment, wanted in (("A", [("1", "P1"), ("1", "P2")]), ("C", [("2", "P1")]), ("P", [("3", "P4")])):
            equal(reached(treue, "email", "--segment", segment), wanted, f"the audience of segment {segment}")
        everybody = audience(treue, "email", "--segment", "C")
        equal(sorted(everybody), [("2", "P1"), ("2", "P3")], "only contacts of its members are looked at")
        code, _, problem = treue.call("consent", "audience", "--channel", "email", "--segment", "X")
        expect(code == 2 and "A, C, P" in problem, "an unknown segment is named")


# ---- proof -----------------------------------------------------------------------------------------------------------

def check_proof(binary):
    with company(binary, "proof") as treue:
        record(treue, "P1", "email", "consent", "--at", "2026-01-05 10:15", "--language", "de", "--actor", "kara",
               origin="Messe ISH, Karte 17")
        (treue.folder / "text.txt").write_text(WORDING + "\n", encoding="utf-8")
        treue.run("consent", "record", "Eva Roth", "--customer", "1", "--channel", "email", "--kind", "consent",
                  "--origin", "Formular", "--text-file", treue.folder / "text.txt", "--language", "de")
        shown = treue.json("consent", "show", "P1")
        entry = shown["entries"][0]
        equal({key: entry[key] for key in ("channel", "kind", "at", "basis", "origin", "language", "text", "recorded_by",
                                           "recorded", "import", "fate")},
              {"channel": "email", "kind": "consent", "at": "2026-01-05T09:15:00Z", "basis": "consent",
               "origin": "Messe ISH, Karte 17", "language": "de", "text": WORDING, "recorded_by": "kara",
               "recorded": "2026-03-10T09:00:00Z", "import": None, "fate": "counts"},
              "X-05 (proof): time, source and text")
        equal(shown["standing"]["email"], {"state": "consent", "permitted": True, "since": "2026-01-05T09:15:00Z",
                                           "entry": entry["id"]}, "which entry decides")
        equal(treue.query("SELECT count(*) FROM consent_text"), [(1,)], "a wording is kept once")
        for language, words in (("de", ("05.01.2026 10:15", "E-Mail: Einwilligung", "Wortlaut: " + WORDING, "kara")),
                                ("en", ("5 Jan 2026 10:15", "e-mail: consent", "Wording: " + WORDING, "kara"))):
            said = treue.run("--lang", language, "consent", "show", "P1")
            expect(all(word in said for word in words), f"the proof can be read in {language}: {said if failures else ''}")
        equal([(r["customer"], r["state"]) for r in treue.json("consent", "list", "--state", "consent")],
              [("Müller", "consent"), ("Müller", "consent"), ("Planung Süd", "consent")], "the list, customer by customer")
        row = list(csv.DictReader(io.StringIO(treue.run("consent", "audience", "--channel", "email", "--format", "csv"))))[0]
        equal((row["number"], row["person"], row["address"], row["state"], row["since"]),
              ("1", "P1", "anna@ott.example", "consent", "2026-01-05T09:15:00Z"), "an audience as CSV")
        contacts = {row["name"]: row for row in treue.json("customer", "show", "1")["contacts"]}
        equal([contacts["Anna Ott"][c] for c in ("email", "phone", "post", "portal")], ["consent", None, None, None],
              "the page of a customer says it beside each contact")
        contacts = treue.json("customer", "show", "1", "--on", "2026-01-04")["contacts"]
        equal({row["email"] for row in contacts}, {None}, "as of the day asked for")
        check_refused(treue)


def check_refused(treue):
    """What cannot be proved or does not fit is not recorded."""
    before = treue.query("SELECT count(*) FROM consent_entry")
    text = ("--text", "x")
    for words, says in ((("--kind", "consent", "--origin", "o"), "wording"),
                        (("--kind", "consent", *text), "--origin"),
                        (("--kind", "consent", "--origin", "o", "--at", "2026-03-11", *text), "future"),
                        (("--kind", "consent", "--origin", "o", "--at", "gestern", *text), "gestern"),
                        (("--kind", "consent", "--origin", "o", "--at", "2026-01-02", "--confirmed", "2026-01-01", *text),
                         "before"),
                        (("--kind", "objection", "--origin", "o", "--basis", "consent"), "no legal basis"),
                        (("--kind", "consent", "--origin", "o", "--no-objection", *text), "four conditions"),
                        (("--kind", "maybe", "--origin", "o"), "objection_lifted"),
                        (("--origin", "o"), "--kind")):
        code, _, problem = treue.call("--lang", "en", "consent", "record", "P1", "--channel", "email", *words)
        expect(code == 2 and says in problem, f"refused: {words}: {problem.strip()!r}")
    for words, says in ((("record", "P9", "--channel", "email", "--kind", "objection", "--origin", "o"), "P9"),
                        (("record", "P1", "--channel", "fax", "--kind", "objection", "--origin", "o"), "portal"),
                        (("record",), "key"), (("show", "Eva Roth"), "--customer"), (("audience",), "--channel"),
                        (("list", "--state", "happy"), "withdrawn"), ((), "audience"), (("sell",), "audience")):
        code, _, problem = treue.call("--lang", "en", "consent", *words)
        expect(code == 2 and says in problem, f"refused: {words}: {problem.strip()!r}")
    equal(treue.query("SELECT count(*) FROM consent_entry"), before, "nothing of it was recorded")


def check_audit(binary):
    with company(binary, "audit") as treue:
        record(treue, "P1", "email", "consent", "--actor", "kara")
        take(treue, [("P2", "", "email", "objection", "2026-02-01", "Brief")])
        entries = treue.query("SELECT id, text_id FROM consent_entry WHERE import_id = 0")
        chain = treue.query("SELECT a.kind, a.actor, a.subject, d.detail FROM audit_entry a JOIN audit_detail d"
                            " ON d.number = a.number WHERE a.kind = 'consent.recorded'")
        expect(len(chain) == 1 and chain[0][1:3] == ("kara", str(entries[0][0])) and '"kind":"consent"' in chain[0][3],
               f"X-04 (audit trail): the declaration stands in the chain: {chain}")
        published = treue.query("SELECT d.detail FROM audit_entry a JOIN audit_detail d ON d.number = a.number"
                                " WHERE a.kind = 'import.published' ORDER BY a.number DESC LIMIT 1")[0][0]
        expect('"digest":"' in published, "X-04 (audit trail): that of an import vouches for its declarations")
        treue.run("verify")
        for damage, repair, says in (
                ("UPDATE consent_entry SET at_ms = at_ms - 86400000 WHERE import_id = 0",
                 "UPDATE consent_entry SET at_ms = at_ms + 86400000 WHERE import_id = 0", str(entries[0][0])),
                ("UPDATE consent_entry SET kind = 'consent' WHERE import_id <> 0",
                 "UPDATE consent_entry SET kind = 'objection' WHERE import_id <> 0", "import 3"),
                ("UPDATE consent_entry SET person_id = person_id + 1 WHERE import_id <> 0",
                 "UPDATE consent_entry SET person_id = person_id - 1 WHERE import_id <> 0", "import 3"),
                ("UPDATE consent_text SET wording = wording || '!'",
                 f"UPDATE consent_text SET wording = '{WORDING}'", "wording"),
                ("UPDATE consent_entry SET text_id = 7 WHERE import_id = 0", None, "wording")):
            treue.change(damage)
            code, said, problem = treue.call("--lang", "en", "verify")
            expect(code != 0 and says in said + problem, f"X-04 (not editable): noticed: {damage}")
            if repair:
                treue.change(repair)
                treue.run("verify")
        treue.change(f"UPDATE consent_entry SET text_id = {entries[0][1]} WHERE import_id = 0")
        treue.run("verify")
        treue.change("INSERT INTO consent_entry SELECT person_id, channel, id + 1, 2, 'consent', 'consent', conditions, at_ms,"
                     " confirmation, confirmed_ms, origin, text_id, actor, recorded_ms FROM consent_entry WHERE import_id = 3")
        code, said, problem = treue.call("--lang", "en", "verify")
        expect(code != 0 and "import 2" in said + problem, "X-04 (not editable): one slipped into another import is noticed")
        treue.change("DELETE FROM consent_entry")
        code, said, problem = treue.call("--lang", "en", "verify")
        expect(code != 0 and "consent.recorded" in said + problem and "import 3" in said + problem,
               "X-04 (complete): removed declarations are missed")


# ---- imports ---------------------------------------------------------------------------------------------------------

ROWS = [("P1", "", "email", "Einwilligung", "05.01.2026 10:15", "Formular", WORDING, "de", "", "", "", "", "", "ja",
         "07.01.2026 08:30"),
        ("P2", "", "E-Mail", "consent", "2026-01-05", "Messe", WORDING, "de"),
        ("P2", "", "Telefon", "Widerspruch", "2026-02-01T08:00:00Z", "Anruf"),
        ("Eva Roth", "1", "email", "consent", "2026-01-06", "Bestandskunde", "", "", "Bestandskunde", "ja", "ja", "ja", "ja")]


def check_import(binary):
    with company(binary, "import") as treue:
        preview = treue.run("--lang", "en", "import", "consents", *files(treue, ROWS), "--dry-run")
        expect("2026-01-05T09:15:00Z" in preview and "4 rows new" in preview, f"the preview: {preview if failures else ''}")
        take(treue, ROWS)
        equal(counts(treue), [4, 0, 0, 0], "imported")
        equal(reached(treue), [("1", "Eva Roth"), ("1", "P1"), ("1", "P2"), ("2", "P1")], "who may be addressed")
        take(treue, ROWS)
        equal(counts(treue), [0, 0, 4, 0], "twice: nothing is doubled")
        equal(treue.query("SELECT count(*) FROM consent_entry"), [(4,)], "not in the database either")
        take(treue, [ROWS[1][:5] + ("Messe ISH",) + ROWS[1][6:]])
        equal(counts(treue), [0, 1, 0, 0], "other details: a correction")
        fates = [(e["origin"], e["fate"]) for e in treue.json("consent", "show", "P2")["entries"] if e["channel"] == "email"]
        equal(fates, [("Messe", "corrected"), ("Messe ISH", "counts")], "both stay")
        take(treue, [("P7", "", "email", "consent", "2026-01-01", "x", "t"), ("P1", "", "fax", "consent", "2026-01-01", "x", "t"),
                     ("P1", "", "email", "maybe", "2026-01-01", "x", "t"), ("P1", "", "email", "consent", "jetzt", "x", "t"),
                     ("P1", "", "email", "consent", "2026-01-01", "", "t"), ("P1", "", "email", "consent", "2026-01-01", "x"),
                     ("P1", "", "phone", "consent", "2026-01-01", "x", "", "", "Bestandskunde"),
                     ("P1", "", "email", "consent", "2027-01-01", "x", "t"),
                     ("P1", "9", "email", "consent", "2026-01-01", "x", "t"),
                     ("P1", "", "post", "objection", "2026-01-01", "x"), ("P1", "1", "post", "objection", "2026-01-01", "x")],
             status=(1,))
        equal(counts(treue), [1, 0, 0, 10], "rows that are wrong")
        equal(reasons(treue), [("2", "person"), ("3", "channel"), ("4", "kind"), ("5", "time"), ("6", "origin"), ("7", "text"),
                               ("8", "basis"), ("9", "time"), ("10", "customer"), ("12", "")], "line and column of each")


def files(treue, rows):
    path, profile = treue.folder / "look.csv", road.profile("consents", CONSENTS)
    road.write_csv(path, CONSENTS, [dict(zip(CONSENTS, row)) for row in rows])
    return path, "--profile", treue.write("look.yaml", road.to_yaml(profile))


def reasons(treue):
    path = treue.folder / treue.json("import", "list")[-1]["error_file"].replace(".csv", ".reasons.csv")
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [(row[1], row[4]) for row in list(csv.reader(file))[1:]]


def check_refusals_go_in(binary):
    """Nothing that stands beside a refusal keeps it out."""
    with company(binary, "refusals") as treue:
        take(treue, [("P1", "", "phone", "objection", "2026-01-01", "Anruf", "", "", "Bestandskunde", "ja", "", "", "", "ja",
                      "2026-01-02")])
        equal((counts(treue), audience(treue, "phone")["1", "P1"]), ([1, 0, 0, 0], "objection"),
              "an objection with a legal basis beside it")


def check_undo(binary):
    with company(binary, "undo") as treue:
        record(treue, "P2", "email", "consent", "--at", "2026-01-02")
        rows = [("P1", "", "email", "consent", "2026-01-05", "Formular", WORDING),
                ("P2", "", "email", "objection", "2026-02-01", "Anruf"),
                ("P4", "", "email", "withdrawal", "2026-02-01", "Anruf")]
        take(treue, rows)
        equal(reached(treue), [("1", "P1"), ("2", "P1")], "before the undo")
        said = treue.run("--lang", "en", "import", "undo")
        expect("2 withdrawals and objections" in said and "consent release 3" in said, f"the undo says what stays: {said!r}")
        found = audience(treue)
        equal((found["1", "P1"], found["1", "P2"], found["3", "P4"]), ("no_consent", "objection", "withdrawn"),
              "X-05 (objection): an undone import gives no permission back")
        equal(treue.json("consent", "show", "P2")["entries"][1]["fate"], "kept", "the history says so")
        take(treue, rows)
        equal(counts(treue), [1, 0, 2, 0], "again: what is in force is known")
        treue.run("import", "undo")
        treue.run("verify")
        for words, says in ((("3",), "--reason"), (("2", "--reason", "x"), "2"), (("99", "--reason", "x"), "99"),
                            (("x", "--reason", "x"), "x")):
            code, _, problem = treue.call("--lang", "en", "consent", "release", *words)
            expect(code == 2 and says in problem, f"release {words} is refused: {problem.strip()!r}")
        equal(audience(treue)["1", "P2"], "objection", "and changes nothing")
        said = treue.run("--lang", "en", "consent", "release", 3, "--reason", "wrong column", "--actor", "dpo")
        expect("2 withdrawals and objections" in said, "released with a reason")
        equal(audience(treue)["1", "P2"], "reached", "the file was wrong: the consent before it counts again")
        code, _, problem = treue.call("consent", "release", "3", "--reason", "again")
        expect(code == 2, "only once")
        chain = treue.query("SELECT a.actor, a.subject, d.detail FROM audit_entry a JOIN audit_detail d"
                            " ON d.number = a.number WHERE a.kind = 'consent.released'")
        expect(len(chain) == 1 and chain[0][:2] == ("dpo", "3") and "wrong column" in chain[0][2],
               f"X-04 (audit trail): who declared the file a mistake, and why: {chain}")
        treue.run("verify")
        treue.change("DELETE FROM consent_release")
        expect(treue.call("verify")[0] != 0, "a removed release is missed")


def check_contacts_undone(binary):
    """An objection belongs to the person: it waits until the contact comes again."""
    with company(binary, "contacts") as treue:
        for person in ("P1", "P2"):
            record(treue, person, "email", "consent")
        record(treue, "P1", "email", "objection")
        treue.run("import", "undo", 2)
        equal(audience(treue), {}, "without contacts nobody is reached")
        treue.import_rows("contacts", "again", PEOPLE, [dict(zip(PEOPLE, row)) for row in CONTACTS])
        equal(reached(treue), [("1", "P2")], "X-05 (objection): it outlives the contact's import")


def check_export(binary):
    with company(binary, "export") as treue:
        take(treue, ROWS)
        record(treue, "P1", "email", "objection", "--at", "2026-02-02 08:00")
        exported = treue.run("export", "consents")
        equal(len(list(csv.DictReader(io.StringIO(exported)))), 5, "what was imported and what was recorded by hand")
        equal(len(list(csv.DictReader(io.StringIO(treue.run("export", "consents", "--on", "2026-01-31"))))), 3, "as of a day")
        profile = treue.run("export", "consents", "--profile")
        with company(binary, "copy") as copy:
            copy.write("consents.csv", "")
            (copy.folder / "consents.csv").write_bytes(exported.encode("utf-8"))
            copy.run("import", "consents", copy.folder / "consents.csv", "--profile", copy.write("consents.yaml", profile))
            equal(copy.run("export", "consents"), exported, "read into another database it comes out the same")
            for channel in ("email", "phone", "post", "portal"):
                equal(audience(copy, channel), audience(treue, channel), f"and says the same of {channel}")


def main():
    binary = sys.argv[1]
    for check in (check_audience, check_double_opt_in, check_exception, check_same_address, check_segment, check_proof,
                  check_audit, check_import, check_refusals_go_in, check_undo, check_contacts_undone, check_export):
        print(f"-- {check.__name__}")
        try:
            check(binary)
        except road.RoadError as problem:
            expect(False, f"{check.__name__}: {problem}")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
