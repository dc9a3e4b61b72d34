#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stored runs after a thousand later corrections: repeated from what they stored and from the facts as of their
generation they give the same; what the corrections change is listed completely and exactly.

  test_repeat.py TREUE_BINARY [--seeds N] [--corrections N]

A random company (company.py) is evaluated by a chain of runs. Then documents are replaced and come late, facts,
potentials, values and product groups change, imports of such corrections are undone. The brute-force evaluator
(oracle.py) judges the company before and after; its differences must be those `treue run compare` prints: customers,
decisions and every value. Verifies X-10 (what was true then) and R-144 (reproducible memberships).
"""
import argparse
import concurrent.futures
import copy
import datetime
import random
import sys
import traceback
from fractions import Fraction

import company
import oracle
import road
from road import D

PLAIN_FACTS = ("since", "joined")
MODES = {"approve": ["--approve"], "proposal": []}
IN_SIDE = ("before", "qualified", "segment", "decision", "flags")


class Layer:
    """One imported file of corrections: what it says, and whether it still holds."""

    def __init__(self, kind, rows, valid_from=None):
        self.kind, self.rows, self.valid_from, self.visible, self.number = kind, rows, valid_from, True, None


class Corrected:
    """The company as its visible layers make it."""

    def __init__(self, case, chance):
        self.case, self.chance, self.layers, self.serial = case, chance, [], 0
        self.base = copy.deepcopy(case.data)
        for thing in self.base["customers"] + self.base["products"]:
            self._forget_repeated(thing["facts"], self.base["import_day"])
        self.last_cutoff = max(step.cutoff for step in case.chain)

    @staticmethod
    def _forget_repeated(facts, import_day):
        """A file that says what holds already changes nothing, so it also takes nothing back later."""
        kept = []
        for name, value, valid_from in facts:
            if oracle.fact_at(kept, name, valid_from or import_day, import_day) != value:
                kept.append((name, value, valid_from))
        facts[:] = kept

    # -- the data as of now

    def data(self):
        data = copy.deepcopy(self.base)
        customers = {c["number"]: c for c in data["customers"]}
        documents = {(d["customer"], d["number"]): d for d in data["documents"]}
        products = {p["article"]: p for p in data["products"]}
        for layer in self.layers:
            if not layer.visible:
                continue
            if layer.kind == "purchases":
                documents.update({(d["customer"], d["number"]): copy.deepcopy(d) for d in layer.rows})
            elif layer.kind == "customers":
                for number, facts in layer.rows:
                    self._change(customers[number]["facts"], facts, layer.valid_from)
            elif layer.kind == "products":
                for article, group in layer.rows:
                    products[article]["facts"].append(("product_group", group, layer.valid_from))
            else:
                data[layer.kind] += layer.rows
        data["documents"] = list(documents.values())
        # Whoever has a document exists, even if the import that made him known is undone.
        for document in data["documents"]:
            number = document["customer"]
            customers.setdefault(number, {"number": number, "name": number, "facts": []})
        data["customers"] = list(customers.values())
        return data

    @staticmethod
    def _change(known, facts, valid_from):
        for name, value in facts.items():
            if name in PLAIN_FACTS:
                known[:] = [fact for fact in known if fact[0] != name]
            known.append((name, value, valid_from))

    # -- corrections

    def unique(self):
        self.serial += 1
        return self.serial

    def amount(self):
        """Never said before: a correction that says what is known already would change nothing."""
        return company.cents(self.chance.choice((-1, 1, 1, 1)) * (self.chance.randint(10, 400) * 10000 + self.unique()))

    def day(self):
        first = datetime.date(2022, 1, 1)
        return first + datetime.timedelta(days=self.chance.randrange((self.last_cutoff - first).days + 60))

    def purchases(self, count):
        """Replaced documents and late ones, some of them of customers nobody knew."""
        chance, data = self.chance, self.data()
        articles = [p["article"] for p in data["products"]]
        known = {c["number"] for c in data["customers"]}
        chosen = {}
        for _ in range(count):
            if data["documents"] and chance.random() < 0.5:
                document = copy.deepcopy(chance.choice(data["documents"]))
                if chance.random() < 0.3:
                    for line, day in zip(document["lines"], [self.day()] * len(document["lines"])):
                        line["date"] = day
                document["lines"] = document["lines"][:chance.randint(1, 3)]
                document["lines"][0].update(amount=self.amount(), quantity=None, unit_price=None)
            else:
                number = chance.choice(sorted(known)) if chance.random() < 0.9 else f"Z{chance.randint(1, 9)}"
                day = self.day()
                document = {"customer": number, "number": f"late-{self.unique()}", "lines": [
                    {"date": day, "article": article, "amount": self.amount(), "quantity": None, "unit_price": None,
                     "cost": company.cents(self.unique()) if chance.random() < 0.5 else None, "group": None}
                    for article in chance.sample(articles, chance.randint(1, 3))]}
            chosen[(document["customer"], document["number"])] = document
        return Layer("purchases", list(chosen.values()))

    def customers(self, count):
        chance = self.chance
        chosen = chance.sample(self.base["customers"], min(count, len(self.base["customers"])))
        now = {c["number"]: c for c in self.data()["customers"]}
        rows = []
        for customer in chosen:
            facts = {}
            for name, values in (("size_class", "SML"), ("attribute:staff", [str(50 + self.unique())]),
                                 ("attribute:trade", [f"Handwerk {self.unique()}"]),
                                 ("joined", [self.day().isoformat()]), ("since", [self.day().isoformat()])):
                said = {value for fact, value, _ in now[customer["number"]]["facts"] if fact == name}
                fresh = [value for value in values if value not in said]
                if fresh and chance.random() < 0.4:
                    facts[name] = chance.choice(fresh)
            if facts:
                rows.append((customer["number"], facts))
        return Layer("customers", rows, self.day())

    def products(self, count):
        listed = [p for p in self.data()["products"] if p["listed"]]
        rows = []
        for product in self.chance.sample(listed, min(count, len(listed))):
            said = {value for name, value, _ in product["facts"] if name == "product_group"}
            fresh = [group for group in company.GROUPS if group not in said]
            if fresh:
                rows.append((product["article"], self.chance.choice(fresh)))
        return Layer("products", rows, self.day())

    def _dated(self, kind, count, row_of):
        chosen = {}
        for _ in range(count):
            customer = self.chance.choice(self.base["customers"])["number"]
            row = row_of(customer, self.day())
            if self.chance.random() < 0.5 and self.base[kind]:
                # The key of a known one: its amount changes.
                known = self.chance.choice(self.base[kind])
                row.update({key: known[key] for key in known if key not in ("amount", "method")})
            chosen[tuple(row.get(key) for key in ("customer", "group", "name", "valid_from"))] = row
        return Layer(kind, list(chosen.values()))

    def potentials(self, count):
        return self._dated("potentials", count, lambda customer, day: {
            "customer": customer, "group": self.chance.choice((None,) + company.GROUPS),
            "amount": company.cents(self.chance.randint(1, 900) * 10000 + self.unique()), "valid_from": day,
            "valid_to": None, "method": self.chance.choice(("measured", "estimated"))})

    def values(self, count):
        return self._dated("values", count, lambda customer, day: {
            "customer": customer, "name": self.chance.choice(("customer_value", "score")),
            "amount": str(self.chance.randint(0, 90) + D(self.unique()) / 1000), "valid_from": day, "valid_to": None})

    # -- doing them

    def correct(self, treue, count):
        """One import of about so many corrections, or an undo; returns how many it was."""
        visible = [layer for layer in self.layers if layer.visible]
        if visible and self.chance.random() < 0.2:
            layer = self.chance.choice(visible)
            layer.visible = False
            treue.run("import", "undo", layer.number)
            return len(layer.rows)
        make = self.chance.choice((self.purchases, self.purchases, self.customers, self.products, self.potentials,
                                   self.values))
        layer = make(count)
        if layer.rows:
            self._import(treue, layer)
            self.layers.append(layer)
        return len(layer.rows)

    def _import(self, treue, layer):
        name = f"correction{len(self.layers)}"
        if layer.kind == "purchases":
            columns = ["customer", "document", "date", "article", "amount", "quantity", "unit_price", "cost",
                       "product_group", "digital"]
            rows = [dict(line, customer=d["customer"], document=d["number"], product_group=line["group"])
                    for d in layer.rows for line in d["lines"]]
            if not any(row["unit_price"] for row in rows):
                columns.remove("unit_price")
            if any(row["unit_price"] for row in rows):
                # An amount of its own stands beside none that is quantity x price: files have one of the two.
                for row in rows:
                    if row["amount"] is not None:
                        row.update(quantity="1", unit_price=row["amount"])
                        row["amount"] = None
                columns.remove("amount")
                for d in layer.rows:
                    for line in d["lines"]:
                        if line["amount"] is not None:
                            line.update(quantity="1", unit_price=line["amount"], amount=None)
            treue.import_rows("purchases", name, columns, rows, create=("customers", "products"))
        elif layer.kind == "customers":
            columns = list(dict.fromkeys(fact for _, facts in layer.rows for fact in facts))
            names = {c["number"]: c["name"] for c in self.base["customers"]}
            treue.import_rows("customers", name, ["number", "name"] + columns,
                              [dict(facts, number=number, name=names[number]) for number, facts in layer.rows],
                              valid_from=layer.valid_from)
        elif layer.kind == "products":
            treue.import_rows("products", name, ["article", "name", "product_group"],
                              [{"article": article, "name": f"Artikel {article}", "product_group": group}
                               for article, group in layer.rows], valid_from=layer.valid_from)
        elif layer.kind == "potentials":
            treue.import_rows("potentials", name,
                              ["customer", "amount", "valid_from", "valid_to", "product_group", "method"],
                              [dict(row, product_group=row["group"]) for row in layer.rows])
        else:
            treue.import_rows("values", name, ["customer", "name", "amount", "valid_from", "valid_to"], layer.rows)
        layer.number = max(int(row["id"]) for row in treue.json("import", "list"))


# ---- what must be listed --------------------------------------------------------------------------------------------

def criteria_of(concept):
    """(metric, of, window) of everything a run stores."""
    found = {("revenue", None, "12m")}
    rule = concept["mechanics"].get("classify_after", {})
    found |= {(metric, None, "all") for metric in ("orders", "revenue") if metric in rule}
    for segment in concept["segments"]:
        paths = segment.get("paths", [])
        lists = [path.get("all", []) for path in paths] + [path.get("some", {}).get("of", []) for path in paths]
        for criterion in [c for criteria in lists + [segment.get("expects", [])] for c in criteria]:
            found.add((criterion["metric"], criterion.get("of"), criterion.get("window")))
    return found


class Facts:
    """The values of one customer at a cut-off, by the oracle."""

    def __init__(self, facts, concept, cutoff, number):
        self.subject = oracle.Subject(facts, concept, cutoff, number)
        self.concept = concept

    def value(self, metric, of, window):
        found = self.subject.metric({"metric": metric, "of": of, "window": window})
        known = found.value is not None
        return found.value, bool(known and found.estimated)

    def context(self):
        size = self.subject.fact("size_class")
        return {"kind": self.subject.kind,
                "size_class": size if size in self.concept["mechanics"].get("size_factors", {}) else None,
                "joined": self.subject.joined.isoformat() if self.subject.joined else None}


def shown(metric, value):
    """What is printed of an exact value."""
    if value is None or metric == "attribute":
        return value
    if metric == "share_of_wallet":
        value = min(value, Fraction(1))
    if metric in oracle.RATIOS:
        return Fraction(oracle.round_half_away(value * 1000000), 1000000)
    return Fraction(value)


def expected_values(before, after, concept):
    """{(metric, of, window): (old, new)} of what differs."""
    result = {}
    for key in criteria_of(concept):
        old, new = before.value(*key), after.value(*key)
        if old != new:
            result[key] = (shown(key[0], old[0]), shown(key[0], new[0]))
    old, new = before.context(), after.context()
    for name in old:
        if old[name] != new[name]:
            result[(name, None, None)] = (old[name], new[name])
    return result


def printed_values(difference):
    def read(metric, text):
        return text if text is None or metric in ("attribute", "kind", "size_class", "joined") else Fraction(text)
    return {(v["metric"], v["of"], v["window"]): (read(v["metric"], v["old"]), read(v["metric"], v["new"]))
            for v in difference["values"]}


def side_of(result, number):
    row = next((row for row in result.json["customers"] if row["number"] == number), None)
    return row and dict({key: row[key] for key in IN_SIDE}, grace=number in result.grace)


def check_comparison(printed, run, old_result, new_result, old_facts, new_facts):
    """The differences of what `run compare` prints from the oracle's."""
    problems, wanted = [], {}
    numbers = {row["number"] for result in (old_result, new_result) for row in result.json["customers"]}
    for number in numbers:
        old, new = side_of(old_result, number), side_of(new_result, number)
        values = {}
        if old and new:
            values = expected_values(*(Facts(facts, run.concept, run.cutoff, number)
                                       for facts in (old_facts, new_facts)), run.concept)
        if old != new or values:
            wanted[number] = (old, new, values)
    if printed["customers_compared"] != len(numbers):
        problems.append(f"compared {printed['customers_compared']}, expected {len(numbers)}")
    if printed["identical"] != (not wanted):
        problems.append(f"identical: {printed['identical']}")
    got = {d["number"]: d for d in printed["differences"]}
    if list(got) != sorted(wanted, key=str.encode):
        problems.append(f"customers: missing {sorted(set(wanted) - set(got))[:5]}, too many "
                        f"{sorted(set(got) - set(wanted))[:5]}, or not ordered by number")
    for number in sorted(set(wanted) & set(got)):
        old, new, values = wanted[number]
        found = (got[number]["old"], got[number]["new"], printed_values(got[number]))
        if found != (old, new, values):
            problems.append(f"{number}: expected {(old, new, values)}, printed {found}")
        if got[number]["decision_differs"] != (old != new):
            problems.append(f"{number}: decision_differs is {got[number]['decision_differs']}")
    return problems


class Run:
    def __init__(self, number, step, concept, result):
        self.number, self.concept, self.cutoff, self.evaluation = number, concept, step.cutoff, step.evaluation
        self.result = result


def check_runs(treue, case, corrected, runs, history):
    before, after = case.company, oracle.Company(corrected.data())
    problems = []
    for run in runs:
        for more in ([], ["--from-facts"]):
            printed = treue.json("run", "repeat", run.number, *more)
            if not printed["identical"] or printed["customers_compared"] != run.result.json["customers_evaluated"]:
                problems.append(f"run {run.number} {more}: not the same again: {printed['differences'][:2]}")
        printed = treue.json("run", "compare", run.number)
        now = oracle.evaluate(after, run.concept, run.cutoff, run.evaluation, history, details=False)
        problems += [f"run {run.number}: {line}" for line in
                     check_comparison(printed, run, run.result, now, before, after)]
    return problems


def check_pairs(treue, case, runs):
    """Two stored runs of the same concept: who is decided otherwise."""
    problems = []
    for old, new in zip(runs, runs[1:]):
        printed = treue.json("run", "compare", old.number, new.number)
        numbers = {row["number"] for run in (old, new) for row in run.result.json["customers"]}
        differing = {n for n in numbers if side_of(old.result, n) != side_of(new.result, n)}
        found = {d["number"] for d in printed["differences"] if d["decision_differs"]}
        if printed["customers_compared"] != len(numbers) or found != differing:
            problems.append(f"runs {old.number} and {new.number}: differing {sorted(found ^ differing)[:5]}")
    return problems


def run_seed(arguments):
    """(seed, problems, corrections, differences seen)"""
    binary, seed, wanted = arguments
    try:
        case = company.Case(seed)
        chance = random.Random(f"repeat {seed}")
        with road.Folder(f"repeat-{seed}") as folder:
            treue = road.Treue(binary, folder)
            case.write(treue)
            runs, history = [], []
            for step in case.chain:
                if step.mode not in MODES:
                    continue
                concept = case.concepts[step.concept]
                treue.load_concept(concept, f"concept{step.concept}.yaml")
                result = oracle.evaluate(case.company, concept, step.cutoff, step.evaluation, history, details=False)
                treue.run("evaluate", "--cutoff", step.cutoff, "--evaluation", step.evaluation, "--concept",
                          f"concept{step.concept}.yaml", *MODES[step.mode])
                runs.append(Run(len(runs) + 1, step, concept, result))
                if step.mode == "approve":
                    history.append(result)
            corrected, done = Corrected(case, chance), 0
            problems = check_runs(treue, case, corrected, runs, history)
            while done < wanted and not problems:
                done += corrected.correct(treue, min(60, wanted - done))
            problems = problems or check_runs(treue, case, corrected, runs, history) + check_pairs(treue, case, runs)
            return seed, problems, done
    except road.RoadError as problem:
        return seed, [str(problem)], 0
    except Exception:  # a fault of the test belongs to its seed, too
        return seed, [traceback.format_exc()], 0


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--corrections", type=int, default=1000)
    options = parser.parse_args(arguments)
    binary, passed, failed = road.absolute(options.binary), 0, 0
    work = [(binary, seed, options.corrections) for seed in range(options.first, options.first + options.seeds)]
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
        for seed, problems, done in pool.map(run_seed, work):
            passed, failed = passed + (not problems), failed + bool(problems)
            print(f"{'FAILED' if problems else 'ok'}: seed {seed}, {done} corrections", *problems[:6], sep="\n    ",
                  flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
