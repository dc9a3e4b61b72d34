# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random declarations of random people against a second evaluator: usage: test_consent_random.py TREUE_BINARY [SEED [ROUNDS]]

X-05 (consent and objection per contact and channel): whatever is imported, recorded, corrected, undone and declared a
mistake in whatever order, every audience on every channel is what the rules say, with the reason for everybody left out;
a contact with an objection is never in an audience. X-04 (audit trail): the chain vouches for all of it afterwards.

The evaluator is written from the text of the rules (the head of consent.h), not as the program goes through the entries:
it asks whether there is a declaration that would make an answer true.
"""
import datetime
import random
import sys

import road

CHANNELS = ("email", "phone", "post", "portal")
CONDITIONS = ("address_from_sale", "similar_goods", "notice_given", "no_objection")
COLUMNS = ("person", "channel", "kind", "time", "origin", "text", "language", "basis", *CONDITIONS, "double_opt_in",
           "confirmed")
FIRST, LAST = datetime.datetime(2026, 1, 1), datetime.datetime(2026, 3, 9)
CLOCK = "2026-03-10T09:00:00Z"
CUSTOMERS, PEOPLE = 6, 14
REFUSALS = ("withdrawal", "objection")


# ---- the rules -------------------------------------------------------------------------------------------------------

def effect(entry):
    """When it takes effect: a confirmed double opt-in from its confirmation on."""
    return max(entry["time"], entry["confirmed"]) if entry["confirmed"] else entry["time"]


def standing(channel, entries, until):
    """Where a person stands on a channel at an instant, by what counts. Entries carry their `place` in the order made."""
    latest = {}
    for entry in sorted(entries, key=lambda e: e["place"]):
        latest[entry["kind"], entry["time"]] = entry
    known = [e for e in latest.values() if e["time"] <= until]
    waiting = [e for e in known if e["double_opt_in"] and not e["confirmed"] or effect(e) > until]
    acting = [e for e in known if e not in waiting]

    def declared(entry):
        return entry["time"], entry["place"]

    def acted(entry):
        return effect(entry), entry["place"]

    objections = [e for e in acting if e["kind"] == "objection"]
    withdrawals = [e for e in acting if e["kind"] == "withdrawal"]
    consents = [e for e in acting if e["kind"] in ("consent", "objection_lifted") and e["basis"] == "consent"]
    exceptions = [e for e in acting if e["basis"] == "existing_customer"]
    if objections:
        last = max(map(declared, objections))
        if not any(e["kind"] == "objection_lifted" and declared(e) > last for e in consents):
            return "objection"
    # Of one moment the withdrawal holds: in doubt nobody is addressed.
    if any(all(effect(c) > w["time"] for w in withdrawals) for c in consents):
        return "consent"
    if withdrawals:
        return "withdrawn"
    complete = exceptions and all(max(exceptions, key=acted)[c] for c in CONDITIONS) and channel in ("email", "portal")
    if complete and not objections:
        return "existing_customer"
    return "pending" if waiting else "incomplete" if exceptions else "no_consent"


# ---- a company -------------------------------------------------------------------------------------------------------

class Company:
    """What was done, as the rules see it."""

    def __init__(self, dice):
        self.dice, self.entries, self.imports, self.place = dice, [], {}, 0
        self.prospects = {number for number in range(1, CUSTOMERS + 1) if dice.random() < .4}
        self.contacts = {}     # (customer, person): e-mail address and telephone number, the latest
        self.addresses = {}    # person: all e-mail addresses ever
        self.cities = {number for number in range(1, CUSTOMERS + 1) if dice.random() < .7}

    def counts(self, entry):
        state = self.imports.get(entry["import"], "published")
        return state == "published" or state == "undone" and entry["kind"] in REFUSALS

    def of(self, person, channel):
        return [e for e in self.entries if e["person"] == person and e["channel"] == channel and self.counts(e)]

    def add(self, entry, number):
        """What the program should do with a declaration: new, changed or same."""
        key = ("kind", "time")
        known = [e for e in self.of(entry["person"], entry["channel"]) if all(e[k] == entry[k] for k in key)]
        before = max(known, key=lambda e: e["place"]) if known else None
        if before and number and all(before[k] == entry[k] for k in entry):
            return "same"
        self.place += 1
        self.entries.append(dict(entry, **{"import": number, "place": self.place}))
        return "changed" if before else "new"

    def audience(self, channel, day):
        until = day + datetime.timedelta(days=1, seconds=-1)
        people = {person for _, person in self.contacts}
        standings = {person: standing(channel, self.of(person, channel), until) for person in people}
        # Refused since: the day may be over, but the message would go out now.
        today = {person: standing(channel, self.of(person, channel), datetime.datetime.max) for person in people}
        standings.update((person, state) for person, state in today.items() if state in ("withdrawn", "objection"))
        forbidden = {a for person in people if standings[person] == "objection" for a in self.addresses.get(person, ())}
        found = {}
        for (customer, person), (mail, phone) in self.contacts.items():
            state = standings[person]
            address = {"email": mail, "phone": phone, "post": customer in self.cities, "portal": True}[channel]
            if state not in ("consent", "existing_customer"):
                found[customer, person] = state
            elif channel == "email" and mail.strip().lower() in forbidden:
                found[customer, person] = "address_objected"
            elif state == "existing_customer" and customer in self.prospects:
                found[customer, person] = "prospect"
            else:
                found[customer, person] = "reached" if address else "no_address"
        return found


def random_contacts(company):
    dice = company.dice
    rows = []
    for person in range(PEOPLE):
        for customer in dice.sample(range(1, CUSTOMERS + 1), dice.choice((1, 1, 2, 3))):
            rows.append((customer, f"P{person}"))
    return rows


def take_contacts(treue, company, rows, name):
    dice, lines = company.dice, []
    for customer, person in rows:
        mail = dice.choice(("", *(f"{dice.choice('aAbB')}{n}@firma.example" for n in range(9))))
        phone = dice.choice(("", "0711 1"))
        before = company.contacts.get((customer, person), ("", ""))
        company.contacts[customer, person] = (mail or before[0], phone or before[1])
        if mail:
            company.addresses.setdefault(person, set()).add(mail.lower())
        lines.append({"customer": customer, "person": person, "name": f"Name {person}", "email": mail, "phone": phone})
    treue.import_rows("contacts", name, ["customer", "person", "name", "email", "phone"], lines)


def random_entry(dice):
    """Times and people are few, so that everything meets everything."""
    kind = dice.choice(("consent", "consent", "consent", "withdrawal", "objection", "objection_lifted"))
    channel = dice.choice(CHANNELS[:2] * 2 + CHANNELS)
    moment = FIRST + datetime.timedelta(hours=12 * dice.randrange(30))
    entry = {"person": f"P{dice.randrange(PEOPLE)}", "channel": channel, "kind": kind, "time": moment,
             "origin": dice.choice(("Messe", "Formular")), "text": "", "basis": "", "double_opt_in": False,
             "confirmed": None, **dict.fromkeys(CONDITIONS, False)}
    if kind == "consent" and channel in ("email", "portal") and dice.random() < .35:
        entry["basis"] = "existing_customer"
        entry.update({c: dice.random() < .9 for c in CONDITIONS})
    elif kind not in REFUSALS:
        entry.update(basis="consent", text=dice.choice(("Ja, gern.", "Ja, bitte.")), double_opt_in=dice.random() < .4)
        if entry["double_opt_in"] and dice.random() < .7:
            entry["confirmed"] = moment + datetime.timedelta(hours=12 * dice.randrange(8))
    return entry


def local(moment):
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def as_row(entry):
    row = {key: entry[key] for key in ("person", "channel", "kind", "origin", "text", "basis")}
    row.update({c: "yes" if entry[c] else "no" for c in CONDITIONS} if entry["basis"] == "existing_customer" else {})
    return dict(row, time=local(entry["time"]), confirmed=local(entry["confirmed"]), language="de" if entry["text"] else "",
                double_opt_in="yes" if entry["double_opt_in"] else "")


# ---- what is done ----------------------------------------------------------------------------------------------------

def take_file(treue, company):
    dice, entries = company.dice, {}
    for _ in range(dice.choice((1, 5, 40))):
        entry = random_entry(dice)
        # Now and then the rows of a file that came before, once more, or a correction.
        if company.entries and dice.random() < .3:
            old = dice.choice(company.entries)
            entry = {key: old[key] for key in entry}
            if dice.random() < .3:
                entry["origin"] = "Anruf"
            if dice.random() < .3 and entry["double_opt_in"]:
                entry["confirmed"] = None if entry["confirmed"] else entry["time"] + datetime.timedelta(hours=12)
        entries[tuple(entry[k] for k in ("person", "channel", "kind", "time"))] = entry
    treue.import_rows("consents", "consents", COLUMNS, [as_row(e) for e in entries.values()])
    row = treue.json("import", "list")[-1]
    company.imports[int(row["id"])] = "published"
    done = [company.add(entry, int(row["id"])) for entry in entries.values()]
    expected = [done.count(word) for word in ("new", "changed", "same")]
    found = [row[key] for key in ("rows_new", "rows_changed", "rows_same")]
    return [] if found == expected else [f"import {row['id']} counted {found}, expected {expected}"]


def record_one(treue, company):
    entry = random_entry(company.dice)
    words = ["consent", "record", entry["person"], "--channel", entry["channel"], "--kind", entry["kind"], "--at",
             local(entry["time"]), "--origin", entry["origin"]]
    words += ["--basis", entry["basis"]] if entry["basis"] else []
    words += ["--" + c.replace("_", "-") for c in CONDITIONS if entry[c]]
    words += ["--text", entry["text"], "--language", "de"] if entry["text"] else []
    words += ["--double-opt-in"] if entry["double_opt_in"] else []
    words += ["--confirmed", local(entry["confirmed"])] if entry["confirmed"] else []
    treue.run(*words)
    company.add(entry, 0)
    return []


def undo_one(treue, company):
    published = [number for number, state in company.imports.items() if state == "published"]
    if published:
        number = company.dice.choice(published)
        treue.run("import", "undo", number)
        company.imports[number] = "undone"
    return []


def release_one(treue, company):
    undone = [number for number, state in company.imports.items() if state == "undone" and
              any(e["import"] == number and e["kind"] in REFUSALS for e in company.entries)]
    if undone:
        number = company.dice.choice(undone)
        treue.run("consent", "release", number, "--reason", "wrong file")
        company.imports[number] = "released"
    return []


def move_contacts(treue, company):
    rows = company.dice.sample(sorted(company.contacts), 3)
    take_contacts(treue, company, rows, "moved")
    return []


def compare(treue, company, seen):
    problems = []
    for channel in CHANNELS:
        for day in (datetime.datetime(2026, 3, 10), FIRST + datetime.timedelta(days=company.dice.randrange(20))):
            expected = company.audience(channel, day)
            told = treue.json("consent", "audience", "--channel", channel, "--on", day.date().isoformat(), "--skipped")
            found = {(int(row["number"]), row["person"]): row["reason"] for row in told["contacts"] + told["skipped"]}
            for key in sorted(set(found) | set(expected)):
                if found.get(key) != expected.get(key):
                    problems.append(f"{channel} on {day.date()}, {key}: {found.get(key)}, expected {expected.get(key)}: "
                                    f"{company.of(key[1], channel)}")
            for reason in expected.values():
                seen[reason] = seen.get(reason, 0) + 1
            # Said once more without the rest of the rules: nobody with an objection that was not lifted.
            for row in told["contacts"]:
                mine = company.of(row["person"], channel)
                last = max((e["time"] for e in mine if e["kind"] == "objection"), default=None)
                if last and not any(e["kind"] == "objection_lifted" and e["time"] >= last for e in mine):
                    problems.append(f"X-05 (objection): {row['person']} is in the audience {channel} on {day.date()}")
    return problems


def round_of(binary, seed, seen):
    dice = random.Random(seed)
    company = Company(dice)
    with road.Folder("consent-random") as folder:
        treue = road.Treue(binary, folder, clock=CLOCK)
        treue.import_rows("customers", "customers", ["number", "name", "kind", "city"], [
            {"number": number, "name": f"Kunde {number}", "kind": "prospect" if number in company.prospects else "customer",
             "city": "Ulm" if number in company.cities else ""} for number in range(1, CUSTOMERS + 1)])
        take_contacts(treue, company, random_contacts(company), "contacts")
        problems = take_file(treue, company)
        for _ in range(12):
            step = dice.choice((take_file, take_file, record_one, record_one, record_one, undo_one, release_one, move_contacts))
            problems += step(treue, company)
            if dice.random() < .4:
                problems += compare(treue, company, seen)
            if problems:
                break
        problems += compare(treue, company, seen)
        code, said, problem = treue.call("verify")
        if code:
            problems.append(f"verify: {said}{problem}")
    return problems


def main():
    binary = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 12
    failed, seen = 0, {}
    for at in range(rounds):
        try:
            problems = round_of(binary, seed + at, seen)
        except road.RoadError as problem:
            problems = [str(problem)]
        if problems:
            failed += 1
            print(f"FAILED: seed {seed + at}: {len(problems)} problems")
            print("\n".join(problems[:4]))
    wanted = {"reached", "objection", "address_objected", "withdrawn", "pending", "incomplete", "prospect", "no_consent",
              "no_address"}
    seen["reached"] = seen.get("reached", 0)
    named = {"existing_customer": "reached", "consent": "reached"}
    missing = wanted - {named.get(reason, reason) for reason, count in seen.items() if count}
    if missing and rounds >= 8:
        failed += 1
        print(f"FAILED: never seen: {sorted(missing)}")
    print(f"seeds {seed} to {seed + rounds - 1}: {rounds - failed} passed, {failed} failed; {seen}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
