# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small hand-made companies for test_rules.py. A scenario runs twice: against the oracle and against the program; what
is expected stands in the test as numbers calculated by hand.

  Scenario(name)             a name that says the rule
    .customer .buy .product .potential .value .later .certificate .activity .visits     the company
    .suspend .groups .merge .override                                                   who is looked at how
    .segments / .concept     the program (defaults: A and rest C for customers, rest P for prospects)
    .run(cutoff, evaluation, {number: row})      a row is "decision segment", see parse_row
    .criterion(number, cutoff, criterion, {...}) what explain says; each is a path of its own of segment A
"""
import copy
import datetime
import json
from fractions import Fraction

import oracle
import road
from road import D

EVALUATIONS = [{"id": "year", "cutoff": "12-31", "effective": "02-01", "moves": ["up", "down"]},
               {"id": "half_year", "cutoff": "06-30", "effective": "08-01", "moves": ["up", "grace"]}]
PLAIN_MECHANICS = {"evaluations": EVALUATIONS, "grace": {"ends": "next_evaluation"}}
CUSTOMER_FACTS = ("kind", "since", "joined", "size_class", "account_group", "site_of", "suspended_from", "suspended_to")
OVERRIDE_RULES = {"max_months": 36, "max_share": D(1)}


def day(text):
    return datetime.date.fromisoformat(text)


def segment(name, *paths, kind="customers"):
    """Each path is a list of criteria (all), or a dict."""
    made = [dict({"id": f"p{i}"}, **(path if isinstance(path, dict) else {"all": path}))
            for i, path in enumerate(paths)]
    return {"id": name, "name": {"de": name}, "for": kind, "paths": made}


def rest(name, kind="customers"):
    return {"id": name, "name": {"de": name}, "for": kind, "rest": True}


def parse_row(text):
    """"grace A", "demote B flags at_risk,unknown", "promote A qualified A before C": the parts named are compared."""
    words = text.split()
    row = {"decision": words[0], "segment": words[1]}
    for key, value in zip(words[2::2], words[3::2]):
        row[key] = value.split(",") if key == "flags" else None if value == "none" else value
    return row


def shown(value):
    """How the oracle's Python values would be printed (any exact form of a number)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else str(Fraction(value))


def shown_criterion(detail):
    printed = {key: shown(detail[key]) for key in detail if key not in ("factors", "counts", "counts_keep")}
    if detail["metric"] in oracle.RATIOS and detail["value"] is not None:
        value = min(detail["value"], 1) if detail["metric"] == "share_of_wallet" else detail["value"]
        printed["value"] = oracle.money_text(Fraction(oracle.round_half_away(value * 10 ** 6), 10 ** 6), 6)
    printed["factors"] = [{"kind": kind, "value": "%d/%d" % value if kind == "pro_rata" else shown(value)}
                          for kind, value in detail["factors"]]
    return printed


def agrees(expected, printed):
    if isinstance(expected, list):
        return isinstance(printed, list) and len(expected) == len(printed) and all(map(agrees, expected, printed))
    number = oracle.rational(expected)
    if number is not None and isinstance(printed, str):
        return oracle.rational(printed) == number
    return expected == printed


class Scenario:
    def __init__(self, name):
        self.name = name
        self.data = road.empty_company()
        self.program = {"id": "rules", "name": {"de": "Regeln"}, "currency": "EUR"}
        self.parameters = {}
        self.mechanics = copy.deepcopy(PLAIN_MECHANICS)
        self.segment_list = None
        self.steps = []          # ("run", ...), ("later", ...), ("command", ...)
        self.checked = []        # criteria, each a path of its own
        self.documents = {}
        self.clock = road.CLOCK
        self.batches = []
        self.data.update(merges=[], overrides=[])
        self.changed = None      # what a later version of the concept says otherwise

    # -- the company

    def customer(self, number, name=None, **facts):
        """since, joined, kind, size_class; anything else is an attribute."""
        made = {"number": number, "name": name or f"Firma {number}", "facts": [
            (key if key in CUSTOMER_FACTS else "attribute:" + key, value, None) for key, value in facts.items()]}
        self.data["customers"].append(made)
        return self

    def later(self, number, valid_from, **facts):
        """A later customers file; valid_from None is the import day."""
        customer = next(c for c in self.data["customers"] if c["number"] == number)
        named = [(key if key in CUSTOMER_FACTS else "attribute:" + key, value, valid_from and day(valid_from))
                 for key, value in facts.items()]
        self.batches.append((number, customer["name"], valid_from and day(valid_from), named))
        customer["facts"] += named
        return self

    def product(self, article, group=None, cost=None):
        facts = [("product_group", group, None)] if group else []
        facts += [("cost", cost, None)] if cost else []
        self.data["products"].append({"article": article, "facts": facts})
        return self

    def buy(self, number, date, amount, article="A1", document=None, **line):
        """One line; the same `document` again adds a line to it."""
        document = document or f"D{len(self.data['documents'])}"
        key = (number, document)
        if key not in self.documents:
            self.documents[key] = {"customer": number, "number": document, "lines": []}
            self.data["documents"].append(self.documents[key])
        made = {"date": day(date), "article": article, "amount": str(amount), "quantity": None, "unit_price": None,
                "cost": None, "group": None}
        self.documents[key]["lines"].append(dict(made, **line))
        return self

    def buys(self, number, amounts, **line):
        for date, amount in amounts.items():
            self.buy(number, date, amount, **line)
        return self

    def potential(self, number, amount, valid_from="2000-01-01", group=None, valid_to=None, method="measured"):
        self.data["potentials"].append({"customer": number, "group": group, "amount": str(amount), "method": method,
                                        "valid_from": day(valid_from), "valid_to": valid_to and day(valid_to)})
        return self

    def value(self, number, name, amount, valid_from="2000-01-01", valid_to=None):
        self.data["values"].append({"customer": number, "name": name, "amount": str(amount),
                                    "valid_from": day(valid_from), "valid_to": valid_to and day(valid_to)})
        return self

    def certificate(self, number, person, qualification="Dach", valid_from="2000-01-01", valid_to=None):
        self.data["certificates"].append({"customer": number, "person": person, "qualification": qualification,
                                          "valid_from": day(valid_from), "valid_to": valid_to and day(valid_to)})
        return self

    def activity(self, number, date, kind="workshop", status="confirmed"):
        self.data["activities"].append({"customer": number, "kind": kind, "date": day(date), "status": status})
        return self

    def visits(self, number, *dates):
        self.data["visits"] += [{"customer": number, "date": day(date)} for date in dates]
        return self

    def _add_facts(self, number, **facts):
        customer = next(c for c in self.data["customers"] if c["number"] == number)
        customer["facts"] += [(name, value, None) for name, value in facts.items() if value is not None]

    def suspend(self, number, first, last=None):
        self._add_facts(number, suspended_from=first, suspended_to=last)
        return self

    def groups(self, members):
        """{account group: numbers}"""
        for group, numbers in members.items():
            for number in numbers:
                self._add_facts(number, account_group=group)
        return self

    def merge(self, number, into, first):
        self.data["merges"].append({"customer": number, "into": into, "from": day(first)})
        return self

    def override(self, number, segment_id, first, last):
        """Asked for and approved before the first run with such a cut-off; the segment has to have members then."""
        self.data["overrides"].append({"customer": number, "segment": segment_id, "valid_from": day(first),
                                       "valid_to": day(last)})
        self.mechanics.setdefault("override", OVERRIDE_RULES)
        return self

    # -- the program

    def evaluates(self, what):
        self.program["evaluates"] = what
        return self

    def change_concept(self, **keys):
        """From here on a further version, which says these top-level keys."""
        self.steps.append(("concept", keys))
        return self

    def segments(self, *segments):
        self.segment_list = list(segments)
        return self

    def mechanic(self, **more):
        self.mechanics.update(more)
        return self

    def moves(self, **by_id):
        """Other evaluations: spring=["up"], ..."""
        for name, moves in by_id.items():
            self.mechanics["evaluations"] = self.mechanics["evaluations"] + [
                {"id": name, "cutoff": "03-31", "effective": "05-01", "moves": moves}]
        return self

    def concept(self):
        segments = self.segment_list
        if segments is None:
            segments = [segment("A", *[[c] for _, _, c, _ in self.checked])] if self.checked else []
            segments = segments + [rest("C"), rest("P", "prospects")]
        concept = {"format": 1, "program": self.program, "segments": segments, "mechanics": self.mechanics}
        if self.parameters:
            concept["parameters"] = self.parameters
        return dict(concept, **(self.changed or {}))

    # -- what is expected

    def run(self, cutoff, evaluation="year", rows=None, mode="approve", counts=None, absent=()):
        self.steps.append(("run", cutoff, evaluation, rows or {}, mode, counts, absent))
        return self

    def explain(self, number, cutoff, **expected):
        """Keys of the whole explanation: effective, grace_until, next, ..."""
        self.steps.append(("explain", number, cutoff, expected))
        return self

    def criterion(self, number, cutoff, criterion, **expected):
        self.checked.append((number, cutoff, criterion, expected))
        return self

    def command(self, arguments, status):
        """Only the program is asked."""
        self.steps.append(("command", arguments, status))
        return self

    # -- running

    def all_steps(self):
        steps = list(self.steps)
        for cutoff in dict.fromkeys(cutoff for _, cutoff, _, _ in self.checked):
            steps.append(("run", cutoff, "year", {}, "proposal", None, ()))
            steps += [("criterion", number, cutoff, f"p{i}", expected)
                      for i, (number, day_, _, expected) in enumerate(self.checked) if day_ == cutoff]
        return steps

    def check(self, world):
        """`world` is an OracleWorld or a ProgramWorld; lists what differs."""
        problems = []
        self.changed = None
        for step in self.all_steps():
            if step[0] == "run":
                problems += self._check_run(world, *step[1:])
            elif step[0] == "concept":
                self.changed = step[1]
                world.concept_changed()
            elif step[0] == "explain":
                _, number, cutoff, expected = step
                printed = world.explain(number, cutoff)
                problems += [f"explain {number} {cutoff} {key}: expected {value}, is {printed.get(key)}"
                             for key, value in expected.items() if key in printed and printed[key] != value]
            elif step[0] == "criterion":
                problems += self._check_criterion(world, *step[1:])
            else:
                problems += world.command(*step[1:])
        self.changed = None
        return problems

    def _check_run(self, world, cutoff, evaluation, rows, mode, counts, absent):
        printed = world.evaluate(cutoff, evaluation, mode)
        found = {c["number"]: c for c in printed["customers"]}
        where = f"{cutoff} {evaluation}"
        problems = [f"{where} {n}: must not be evaluated" for n in absent if n in found]
        for number, text in rows.items():
            row = parse_row(text)
            row.setdefault("flags", [])
            if number not in found:
                problems.append(f"{where} {number}: is not evaluated")
                continue
            problems += [f"{where} {number}.{key}: expected {value}, is {found[number][key]}"
                         for key, value in row.items() if found[number][key] != value]
        for key, value in (counts or {}).items():
            if printed[key] != value:
                problems.append(f"{where} {key}: expected {value}, is {printed[key]}")
        return problems

    def _check_criterion(self, world, number, cutoff, path, expected):
        printed = world.explain(number, cutoff)
        paths = {p["id"]: p for s in printed["segments"] for p in s["paths"]}
        one = paths[path]["criteria"][0]
        problems = []
        for key, value in expected.items():
            if key == "factors":
                # Months are not reduced; other factors count by value.
                got = " ".join(f["value"] if "/" in f["value"] else str(Fraction(f["value"])) for f in one["factors"])
                value = " ".join(v if "/" in v else str(Fraction(v)) for v in value)
            elif key == "met":
                got = paths[path]["fulfilled"]
            elif key == "flags":
                got = printed["flags"]
            else:
                got = one[key]
            if not agrees(value, got):
                shape = {k: v for k, v in one.items() if k in ("metric", "window", one["comparator"], "threshold")}
                problems.append(f"{number} {cutoff} {json.dumps(shape)} {key}: expected {value}, is {got}")
        return problems


class OracleWorld:
    def __init__(self, scenario):
        self.scenario, self.history, self.last = scenario, [], {}
        self.company = oracle.Company(scenario.data)

    def evaluate(self, cutoff, evaluation, mode):
        result = oracle.evaluate(self.company, self.scenario.concept(), day(cutoff), evaluation, self.history)
        if mode == "approve":
            self.history.append(result)
        self.last[cutoff] = result
        return result.json

    def explain(self, number, cutoff):
        """Without `effective`, which needs the day of approval, and the way `next` chooses between paths."""
        detail = self.last[cutoff].details[number]
        printed = {key: detail[key] for key in ("before", "qualified", "segment", "decision", "flags")}
        printed["grace_until"] = detail["grace_until"].isoformat() if detail["grace_until"] else None
        printed["segments"] = [dict(s, paths=[dict(p, criteria=[shown_criterion(c) for c in p["criteria"]])
                                              for p in s["paths"]]) for s in detail["segments"]]
        return printed

    def command(self, *_):
        return []

    def concept_changed(self):
        pass


class ProgramWorld:
    def __init__(self, scenario, treue):
        self.scenario, self.treue = scenario, treue
        self.open_overrides = list(enumerate(scenario.data["overrides"], 1))
        self._import()
        treue.load_concept(scenario.concept())

    def _import(self):
        data, treue = self.scenario.data, self.treue
        late = {id(fact) for _, _, _, facts in self.scenario.batches for fact in facts}
        rows = [dict({name: value for name, value, _ in [f for f in c["facts"] if id(f) not in late]},
                     number=c["number"], name=c["name"]) for c in data["customers"]]
        columns = ["number", "name"] + sorted({key for row in rows for key in row} - {"number", "name"})
        if rows:
            treue.import_rows("customers", "customers", columns, rows)
        for i, (number, name, valid_from, facts) in enumerate(self.scenario.batches):
            row = dict({key: value for key, value, _ in facts}, number=number, name=name)
            treue.import_rows("customers", f"later{i}", list(row), [row], valid_from=valid_from)
        if data["products"]:
            treue.import_rows("products", "products", ["article", "name", "product_group", "cost"], [
                dict({name: value for name, value, _ in p["facts"]}, article=p["article"], name=p["article"])
                for p in data["products"]])
        lines = [dict(line, customer=d["customer"], document=d["number"], product_group=line["group"])
                 for d in data["documents"] for line in d["lines"]]
        if lines:
            columns = ["customer", "document", "date", "article", "amount", "quantity", "cost", "product_group", "digital"]
            treue.import_rows("purchases", "purchases", columns, lines, create=("customers", "products"), status=(0, 1))
        if data["potentials"]:
            columns = ["customer", "amount", "valid_from", "valid_to", "product_group", "method"]
            treue.import_rows("potentials", "potentials", columns,
                              [dict(p, product_group=p["group"]) for p in data["potentials"]])
        if data["values"]:
            columns = ["customer", "name", "amount", "valid_from", "valid_to"]
            treue.import_rows("values", "values", columns, data["values"])
        for kind, columns in (("certificates", ["customer", "person", "qualification", "valid_from", "valid_to"]),
                              ("activities", ["customer", "kind", "date", "status"]), ("visits", ["customer", "date"])):
            if data[kind]:
                treue.import_rows(kind, kind, columns, data[kind])

        for merge in data["merges"]:
            treue.run("customer", "merge", merge["customer"], merge["into"], "--from", merge["from"])

    def concept_changed(self):
        self.treue.load_concept(self.scenario.concept(), "changed.yaml")

    def _grant(self, cutoff):
        while self.open_overrides and self.open_overrides[0][1]["valid_from"] <= day(cutoff):
            number, granted = self.open_overrides.pop(0)
            self.treue.run("override", "request", granted["customer"], "--segment", granted["segment"],
                           "--from", granted["valid_from"], "--to", granted["valid_to"], "--reason", "trial",
                           "--actor", "anna")
            self.treue.run("override", "approve", str(number), "--actor", "bert")

    def evaluate(self, cutoff, evaluation, mode):
        self._grant(cutoff)
        more = {"approve": ["--approve"], "dry_run": ["--dry-run"]}.get(mode, [])
        return self.treue.evaluate(cutoff, evaluation, *more)

    def explain(self, number, cutoff):
        return self.treue.explain(number, cutoff)

    def command(self, arguments, status):
        code, out, error = self.treue.call(*arguments)
        if code == status:
            return []
        return [f"treue {' '.join(arguments)}: expected exit {status}, is {code}: {(out + error)[-500:]}"]
