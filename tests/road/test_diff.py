#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue concept diff`: every key of a concept is changed in turn, and each time a sentence says so; JSON has values that
are the same in every language.

  test_diff.py TREUE_BINARY

Verifies R-127 (versions compared before release) and R-081 (difference of old and new) in part.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import road
from road import D

KEYS = pathlib.Path(road.HERE).parent.parent / "src/program/concept_keys.h"
FULL = {
    "format": 1,
    "program": {"id": "kreis", "name": {"de": "Kreis", "en": "Circle"}, "claim": {"de": "Gemeinsam"},
                "variant": "partner", "currency": "EUR", "year_starts": "01-01", "evaluates": "customer"},
    "parameters": {"market": D("0.03"), "other": D("7")},
    "replaces": {"OLD": "A"},
    "goals": [{"id": "grow", "segment": "A", "kind": "growth", "name": {"de": "Wachsen"},
               "metric": {"metric": "revenue", "aggregate": "sum"}, "baseline": 10, "target": 20, "due": "2026-12-31",
               "owner": "marketing"}],
    "segments": [
        {"id": "A", "name": {"de": "Gold", "en": "Gold"}, "for": "customers", "paths": [
            {"id": "volume",
             "all": [{"metric": "revenue", "window": "12m", "at_least": 120000, "keep": 100000, "scale": ["size"],
                      "goal": "grow"},
                     {"metric": "attribute", "of": "trade", "equals": "Maler"}],
             "some": {"at_least": 1, "of": [
                 {"metric": "revenue_growth", "window": "12m", "at_least": "market"},
                 {"metric": "recency", "at_most": 60, "unknown": "met"},
                 {"metric": "potential", "more_than": 10, "measured": True}]}}],
         "expects": [{"metric": "orders", "window": "12m", "at_least": 1}]},
        {"id": "B", "name": {"de": "Silber"}, "paths": [{"id": "p", "all": [
            {"metric": "orders", "window": "12m", "at_least": 3}]}]},
        {"id": "C", "name": {"de": "Rest"}, "rest": True},
        {"id": "P", "name": {"de": "Interessent"}, "for": "prospects", "rest": True}],
    "mechanics": {
        "evaluations": [{"id": "year", "cutoff": "12-31", "effective": "02-01", "moves": ["up", "down"]},
                        {"id": "half", "cutoff": "06-30", "effective": "08-01", "moves": ["up"]}],
        "grace": {"months": 6}, "demotion": {"max_steps": 1}, "promotion": {"max_steps": 2},
        "size_factors": {"S": D("0.6"), "M": 1}, "newcomer": {"months": 24, "factors": [D("0.5")], "pro_rata": True},
        "classify_after": {"orders": 3, "revenue": 2500}, "override": {"max_months": 6, "max_share": D("0.05")},
        "appeal_days": 14, "notice_weeks": 8},
}
FIRST = ("segments", 0, "paths", 0, "all", 0)
SOME = ("segments", 0, "paths", 0, "some")


def compared(key, value, place=FIRST):
    """The threshold of a criterion said by another comparator."""
    def change(document):
        criterion = at(document, place)
        for name in ("at_least", "at_most", "keep", "equals"):
            criterion.pop(name, None)
        criterion[key] = value
    return change


def at(document, place):
    for step in place:
        document = document[step]
    return document


def put(place, value):
    def change(document):
        at(document, place[:-1])[place[-1]] = value
    return change


def rename_goal(document):
    document["goals"][0]["id"] = at(document, FIRST)["goal"] = "more"


def make_rest(document):
    """B takes everyone else in the place of C."""
    document["segments"][1].pop("paths")
    document["segments"][1]["rest"] = True
    document["segments"].pop(2)


# "section.key" to (change, what the German sentence says)
TRADE = ("segments", 0, "paths", 0, "all", 1)
CHANGES = {
    "document.parameters": (put(("parameters", "extra"), 3), "Parameter extra: neu"),
    "document.replaces": (put(("replaces", "OLD"), "B"), "früheres Segment OLD: geht weiter in: A -> B"),
    "document.program": (put(("program", "variant"), "club"), "Art des Programms: partner -> club"),
    "document.goals": (lambda d: d["goals"].append(dict(d["goals"][0], id="two")), "Ziel two: neu"),
    "document.segments": (lambda d: d["segments"].pop(1), "Segment B: entfällt"),
    "document.mechanics": (put(("mechanics", "notice_weeks"), 4), "Ankündigungsfrist in Wochen: 8 -> 4"),
    "program.id": (put(("program", "id"), "bund"), "Programm: kreis -> bund"),
    "program.name": (put(("program", "name"), {"de": "Bund", "en": "Circle"}), "Name des Programms: Kreis -> Bund"),
    "program.claim": (put(("program", "claim", "de"), "Besser"), "Leitsatz: Gemeinsam -> Besser"),
    "program.variant": (put(("program", "variant"), "bonus"), "partner -> bonus"),
    "program.currency": (put(("program", "currency"), "CHF"), "Währung: EUR -> CHF"),
    "program.year_starts": (put(("program", "year_starts"), "04-01"), r"01\.01\. -> 01\.04\."),
    "program.evaluates": (put(("program", "evaluates"), "site"), "customer -> site"),
    "name.de": (put(("segments", 0, "name", "de"), "Platin"), "Segment A: Name: Gold -> Platin"),
    "name.en": (put(("segments", 1, "name", "en"), "Silver"), r"Segment B: Name \(englisch\): ohne -> Silver"),
    "goal.id": (rename_goal, "Ziel more: neu"),
    "goal.segment": (put(("goals", 0, "segment"), "B"), "Ziel grow: Segment: A -> B"),
    "goal.kind": (put(("goals", 0, "kind"), "loyalty"), "growth -> loyalty"),
    "goal.name": (put(("goals", 0, "name", "de"), "Mehr"), "Wachsen -> Mehr"),
    "goal.metric": (lambda d: d["goals"][0].pop("metric"), "gemessen an: revenue -> ohne"),
    "goal.baseline": (put(("goals", 0, "baseline"), 15), r"Ausgangswert: 10 -> 15 \(\+50,0 %\)"),
    "goal.target": (put(("goals", 0, "target"), 30), r"Zielwert: 20 -> 30 \(\+50,0 %\)"),
    "goal.due": (put(("goals", 0, "due"), "2027-12-31"), r"31\.12\.2026 -> 31\.12\.2027"),
    "goal.owner": (put(("goals", 0, "owner"), "sales"), "marketing -> sales"),
    "measure.metric": (put(("goals", 0, "metric", "metric"), "margin"), "revenue -> margin"),
    "measure.aggregate": (put(("goals", 0, "metric", "aggregate"), "mean"), "sum -> mean"),
    "segment.id": (put(("segments", 1, "id"), "X"), "Segment X: neu"),
    "segment.name": (put(("segments", 1, "name", "de"), "Bronze"), "Silber -> Bronze"),
    "segment.for": (put(("segments", 1, "for"), "prospects"), "Kunden -> Interessenten"),
    "segment.rest": (make_rest, "Segment B: nimmt alle übrigen auf: nein -> ja"),
    "segment.paths": (lambda d: d["segments"][1]["paths"].append(dict(d["segments"][1]["paths"][0], id="q")),
                      "Segment B, Weg q: neu"),
    "segment.expects": (put(("segments", 0, "expects", 0, "at_least"), 2), "Erwartungen, Aufträge: Schwelle"),
    "path.id": (put(("segments", 1, "paths", 0, "id"), "other"), "Weg other: neu"),
    "path.all": (lambda d: d["segments"][0]["paths"][0]["all"].pop(1), r"trade: entfällt \(gleich Maler\)"),
    "path.some": (lambda d: at(d, FIRST[:-2])["all"].append(at(d, SOME)["of"].pop(1)),
                  "verlangt: als eines von mehreren -> immer"),
    "some.at_least": (put(SOME + ("at_least",), 2), r"so viele der übrigen Kriterien: 1 -> 2 \(\+100,0 %\)"),
    "some.of": (lambda d: at(d, SOME)["of"].pop(2), "Potenzial: entfällt"),
    "criterion.metric": (put(FIRST + ("metric",), "margin"), "Deckungsbeitrag: neu"),
    "criterion.of": (put(TRADE + ("of",), "region"), r"region: neu"),
    "criterion.window": (put(FIRST + ("window",), "6m"), "Zeitraum: 12m -> 6m"),
    "criterion.at_least": (put(FIRST + ("at_least",), 132000),
                           r"Umsatz: Schwelle: mindestens 120\.000,00 EUR -> mindestens 132\.000,00 EUR \(\+10,0 %\)"),
    "criterion.at_most": (compared("at_most", 120000), "mindestens .* -> höchstens"),
    "criterion.more_than": (compared("more_than", 120000), "mindestens .* -> mehr als"),
    "criterion.less_than": (compared("less_than", 120000), "mindestens .* -> weniger als"),
    "criterion.equals": (put(TRADE + ("equals",), "Dachdecker"), "gleich Maler -> gleich Dachdecker"),
    "criterion.in": (compared("in", ["Maler", "Zimmerer"], TRADE), "eines von Maler, Zimmerer"),
    "criterion.contains": (compared("contains", "Mal", TRADE), "enthält Mal"),
    "criterion.between": (compared("between", [1, 2]), r"zwischen 1,00 EUR, 2,00 EUR"),
    "criterion.keep": (put(FIRST + ("keep",), 90000), r"Halteschwelle: 100\.000,00 EUR -> 90\.000,00 EUR \(-10,0 %\)"),
    "criterion.scale": (put(FIRST + ("scale",), ["size", "newcomer"]), "Größe -> Größe, Beitritt"),
    "criterion.unknown": (put(SOME + ("of", 1, "unknown"), "not_met"), "Unbekanntes zählt als erfüllt: ja -> nein"),
    "criterion.measured": (put(SOME + ("of", 2, "measured"), False), "nur Gemessenes zählt: ja -> nein"),
    "criterion.goal": (lambda d: at(d, FIRST).pop("goal"), "dient dem Ziel: grow -> ohne"),
    "mechanics.evaluations": (lambda d: d["mechanics"]["evaluations"].pop(1), "Einstufung half: entfällt"),
    "mechanics.grace": (put(("mechanics", "grace"), {"ends": "next_evaluation"}), "6 Monate -> bis zur nächsten"),
    "mechanics.demotion": (lambda d: d["mechanics"].update(demotion={"max_steps": 2}), "Abstieg um höchstens .* 1 -> 2"),
    "mechanics.promotion": (lambda d: d["mechanics"].pop("promotion"), "Aufstieg um höchstens .* 2 -> 32"),
    "mechanics.size_factors": (put(("mechanics", "size_factors", "S"), D("0.9")), r"S: Faktor: 0,6 -> 0,9 \(\+50,0 %\)"),
    "mechanics.newcomer": (lambda d: d["mechanics"].pop("newcomer"), "neu für so viele Monate: 24 -> 0"),
    "mechanics.classify_after": (lambda d: d["mechanics"].pop("classify_after"), "so vielen Aufträgen: 3 -> ohne"),
    "mechanics.override": (lambda d: d["mechanics"].pop("override"), "höchstens so viele Monate: 6 -> 12"),
    "mechanics.appeal_days": (put(("mechanics", "appeal_days"), 21), r"Einspruchsfrist in Tagen: 14 -> 21"),
    "mechanics.notice_weeks": (put(("mechanics", "notice_weeks"), 12), r"8 -> 12 \(\+50,0 %\)"),
    "evaluation.id": (put(("mechanics", "evaluations", 1, "id"), "summer"), "Einstufung summer: neu"),
    "evaluation.cutoff": (put(("mechanics", "evaluations", 1, "cutoff"), "05-31"), r"Stichtag: 30\.06\. -> 31\.05\."),
    "evaluation.effective": (put(("mechanics", "evaluations", 1, "effective"), "09-01"), r"01\.08\. -> 01\.09\."),
    "evaluation.moves": (put(("mechanics", "evaluations", 1, "moves"), ["up", "grace"]), "Aufstieg -> Aufstieg, Ende"),
    "grace.ends": (put(("mechanics", "grace"), {"ends": "none"}), "Bewährung: 6 Monate -> keine"),
    "grace.months": (put(("mechanics", "grace", "months"), 9), "6 Monate -> 9 Monate"),
    "demotion.max_steps": (put(("mechanics", "demotion", "max_steps"), 3), "1 -> 3"),
    "promotion.max_steps": (put(("mechanics", "promotion", "max_steps"), 3), "2 -> 3"),
    "newcomer.months": (put(("mechanics", "newcomer", "months"), 12), "neu für so viele Monate: 24 -> 12"),
    "newcomer.factors": (put(("mechanics", "newcomer", "factors"), [D("0.5"), D("0.75")]), "0,5 -> 0,5; 0,75"),
    "newcomer.pro_rata": (put(("mechanics", "newcomer", "pro_rata"), False), "anteilig: ja -> nein"),
    "classify.orders": (put(("mechanics", "classify_after", "orders"), 4), "so vielen Aufträgen: 3 -> 4"),
    "classify.revenue": (put(("mechanics", "classify_after", "revenue"), 5000), r"so viel Umsatz: 2\.500,00 -> 5\.000,00"),
    "override.max_months": (put(("mechanics", "override", "max_months"), 9), "6 -> 9"),
    "override.max_share": (put(("mechanics", "override", "max_share"), D("0.1")), r"5,0 % -> 10,0 % \(\+100,0 %\)"),
}
# One value only.
FIXED = {"document.format"}
# Not a key, but a change all the same.
MORE = {
    "a parameter": (put(("parameters", "market"), D("0.06")),
                    r"Parameter market: Wert: 0,03 -> 0,06 \(\+100,0 %\); betrifft Segment A, Weg volume, "
                    r"Umsatzwachstum \(Schwelle\)"),
    "one more former segment": (put(("replaces", "S"), "C"), r"früheres Segment S: neu \(geht weiter in C\)"),
    "the order": (lambda d: d["segments"].insert(0, d["segments"].pop(1)), "A, B, C, P -> B, A, C, P"),
}

# What JSON says of some of them: the kind of change, where, and both values as the document writes them.
VOLUME = "segment:A/path:volume/"
VALUES = {
    "document.parameters": ("added", "parameter:extra", None, "3"),
    "program.year_starts": ("changed", "year_starts", "01-01", "04-01"),
    "goal.due": ("changed", "goal:grow/due", "2026-12-31", "2027-12-31"),
    "goal.metric": ("changed", "goal:grow/metric", "revenue", None),
    "segment.for": ("changed", "segment:B/for", "customers", "prospects"),
    "criterion.at_least": ("changed", VOLUME + "revenue.1/threshold", "at_least 120000", "at_least 132000"),
    "criterion.in": ("changed", VOLUME + "attribute trade.1/threshold", "equals Maler", "in Maler, Zimmerer"),
    "criterion.keep": ("changed", VOLUME + "revenue.1/keep", "100000", "90000"),
    "criterion.scale": ("changed", VOLUME + "revenue.1/scale", "size", "size, newcomer"),
    "path.all": ("removed", VOLUME + "attribute trade.1", "equals Maler", None),
    "evaluation.moves": ("changed", "evaluation:half/moves", "up", "up, grace"),
    "grace.months": ("changed", "grace", "months 6", "months 9"),
    "grace.ends": ("changed", "grace", "months 6", "none"),
    "mechanics.size_factors": ("changed", "size:S/factor", "0.6", "0.9"),
    "newcomer.factors": ("changed", "newcomer.factors", "0.5", "0.5, 0.75"),
    "newcomer.pro_rata": ("changed", "newcomer.pro_rata", "true", "false"),
    "override.max_share": ("changed", "override_share", "0.05", "0.1"),
    "the order": ("changed", "segments", "A, B, C, P", "B, A, C, P"),
}


def main(binary):
    binary, problems = road.absolute(binary), []
    listed = re.findall(r"X\((\w+), (\w+), [A-Z_]+, (?:true|false),", KEYS.read_text(encoding="utf-8"))
    wanted = {f"{section.lower()}.{key}" for section, key in listed}
    problems += [f"no change is tried of {key}" for key in sorted(wanted - set(CHANGES) - FIXED)]
    problems += [f"{key} is no key" for key in sorted(set(CHANGES) - wanted)]
    problems += [f"{key} is not tried" for key in VALUES if key not in CHANGES and key not in MORE]
    with tempfile.TemporaryDirectory(prefix="treue-diff-") as folder:
        def diff(document, *more):
            for name, content in (("old", FULL), ("new", document)):
                pathlib.Path(folder, name + ".yaml").write_text(road.to_yaml(content), encoding="utf-8")
            done = subprocess.run([binary, "concept", "diff", "old.yaml", "new.yaml", *more], cwd=folder,
                                  capture_output=True, text=True, encoding="utf-8")
            return done.returncode, done.stdout, done.stderr

        code, out, error = diff(FULL, "--lang", "de")
        if code or out.strip() != "Kein Unterschied.":
            problems.append(f"the same concept: {code} {out}{error}")
        for name, (change, says) in {**CHANGES, **MORE}.items():
            document = copy.deepcopy(FULL)
            change(document)
            code, out, error = diff(document, "--lang", "de")
            if code or not re.search(says, out):
                problems.append(f"{name}: {says!r} is not said: {code} {out}{error}"[:600])
            as_data = [json.loads(diff(document, "--format", "json", "--lang", language)[1])["changes"]
                       for language in ("de", "en")]
            neutral = [[{key: change[key] for key in change if key != "text"} for change in changes]
                       for changes in as_data]
            if neutral[0] != neutral[1] or [change["text"] for change in as_data[0]] != out.splitlines():
                problems.append(f"{name}, JSON: {as_data}"[:600])
            if name in VALUES and VALUES[name] not in [tuple(change.values())[:4] for change in as_data[0]]:
                problems.append(f"{name}, JSON: {as_data[0]}, wanted {VALUES[name]}"[:600])
            code, english, error = diff(document, "--lang", "en")
            if code or len(english.splitlines()) != len(out.splitlines()) or re.search(r"diff\.\w|\{\w+\}", english):
                problems.append(f"{name}, English: {code} {english}{error}"[:600])
    for problem in problems:
        print(problem)
    print(f"{len(CHANGES) + len(MORE)} changes, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
