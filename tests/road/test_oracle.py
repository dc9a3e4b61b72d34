#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The program against the brute-force evaluator (oracle.py) on random companies, concepts and chains of evaluations.

  test_oracle.py TREUE_BINARY [--seeds N] [--first K] [--coverage]

Every customer of every run is compared, and the explanations of some; with TREUE_TEST_DB=both on both engines side by
side. At the end it is counted how often each decision, comparator, window and metric occurred; with 200 seeds or more,
less than 100 times is a failure. --coverage only counts (no program needed). Verifies R-012, R-091, R-094 (promotion) and R-082 (conversion) in part, R-029 (evaluation).
"""
import argparse
import collections
import concurrent.futures
import random
import re
import sys
import traceback

import company
import oracle
import road

WINDOW_KINDS = ("12m", "other m", "90d", "other d", "year", "last_year", "4q", "other q", "since_joined", "all")
MODES = {"approve": ["--approve"], "proposal": [], "dry_run": ["--dry-run"]}
EXPLAINED = 2
SEEDS_FOR_COVERAGE = 200


def window_kind(window):
    if window in WINDOW_KINDS:
        return window
    return "other " + window[-1]


def count(coverage, result):
    for row in result.json["customers"]:
        coverage["decision " + row["decision"]] += 1
        for flag in row["flags"]:
            coverage["flag " + flag] += 1
    for detail in result.details.values():
        for criterion in (c for s in detail["segments"] for p in s["paths"] for c in p["criteria"]):
            coverage["comparator " + criterion["comparator"]] += 1
            coverage["metric " + criterion["metric"]] += 1
            coverage["state " + criterion["state"]] += 1
            if criterion["window"]:
                coverage["window " + window_kind(criterion["window"])] += 1
            if criterion["value"] is not None and criterion["value"] == criterion["effective_threshold"]:
                coverage["equality"] += 1
            for kind, _ in criterion["factors"]:
                coverage["factor " + kind] += 1


def explain_some(treues, step, result, chance, state, approval_day, coverage):
    numbers = list(result.details)
    chance.shuffle(numbers)
    # Of different decisions; one each is a process each, so the many runs share them.
    first = {result.details[n]["decision"]: n for n in numbers}
    chosen = chance.sample(list(first.values()), min(EXPLAINED, len(first)))
    for treue in treues:
        # Words are made the same way on both engines: there it is what they are made of that may differ.
        for number in chosen[:1] if treue.on_server() else chosen:
            printed = treue.explain(number, step.cutoff)
            coverage["explained " + result.details[number]["decision"]] += 1
            lines = oracle.explain_differences(result, number, printed, state, approval_day)
            if lines:
                return [f"{treue.engine()}: explain {number}, {step.cutoff} {step.evaluation}: {line}" for line in lines]
    return []


def granted(treue, override):
    """False when the limit of a segment refuses it."""
    code, out, _ = treue.call("override", "request", override["customer"], "--segment", override["segment"], "--from",
                              override["valid_from"], "--to", override["valid_to"], "--reason", "trial", "--actor",
                              "anna")
    number = 0 if code else re.search("[0-9]+", out).group()
    return not code and not treue.call("override", "approve", number, "--actor", "bert")[0]


def grant(case, treues, position):
    """The overrides asked for before a step."""
    for step, override in case.overrides:
        if step != position:
            continue
        answers = {granted(treue, override) for treue in treues}
        if len(answers) > 1:
            raise road.RoadError(f"before run {position}: the engines disagree about {override}")
        if answers != {False}:
            case.company.overrides.append(override)


def run_chain(case, treues, coverage):
    """The differences of the first run that has any."""
    chance = random.Random(case.seed)
    labels = {}
    history = []
    for position, step in enumerate(case.chain):
        concept = case.concepts[step.concept]
        for treue in treues if step.concept not in labels else ():
            treue.load_concept(concept, f"concept{step.concept}.yaml")
        labels.setdefault(step.concept, f"circle v{step.concept + 1}")
        grant(case, treues, position)
        result = oracle.evaluate(case.company, concept, step.cutoff, step.evaluation, history, labels[step.concept])
        count(coverage, result)
        if step.mode == "approve":
            history.append(result)
        if not treues:
            continue
        named = ["--concept", f"concept{step.concept}.yaml"] if chance.random() < 0.5 else []
        for treue in treues:
            printed = treue.evaluate(step.cutoff, step.evaluation, *named, *MODES[step.mode])
            lines = oracle.differences(result.json, printed)
            if not isinstance(printed.get("generation"), int):
                lines.append(f"generation: {printed.get('generation')}")
            if lines:
                return [f"{treue.engine()}: run {position}, {step.cutoff} {step.evaluation} ({step.mode}): {line}"
                        for line in lines]
        if step.mode == "approve" and result.details:
            problems = explain_some(treues, step, result, chance, "approved", road.IMPORT_DAY, coverage)
            if problems:
                return problems
    return []


def run_seed(arguments):
    """(seed, problems, coverage)"""
    binary, seed = arguments
    coverage = collections.Counter()
    try:
        case = company.Case(seed, together=True)
        if binary is None:
            return seed, run_chain(case, [], coverage), coverage
        with road.Folder(f"oracle-{seed}") as folder:
            treues = road.on_engines(binary, folder)
            for treue in treues:
                case.write(treue)
            return seed, run_chain(case, treues, coverage), coverage
    except road.RoadError as problem:
        return seed, [str(problem)], coverage
    except Exception:  # a fault of the test itself belongs to its seed, too
        return seed, [traceback.format_exc()], coverage


def wanted_names():
    return (["decision " + name for name in oracle.DECISIONS] + ["comparator " + name for name in oracle.COMPARATORS]
            + ["window " + name for name in WINDOW_KINDS] + ["metric " + name for name in oracle.METRICS])


def report(coverage):
    groups = collections.defaultdict(list)
    for name in sorted(set(coverage) | set(wanted_names())):
        head, _, tail = name.partition(" ")
        groups[head].append(f"{tail} {coverage[name]}".strip())
    for head, entries in groups.items():
        print(f"{head}: {', '.join(entries)}")


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", nargs="?")
    parser.add_argument("--seeds", type=int, default=SEEDS_FOR_COVERAGE)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--until-failure", action="store_true", help="the first failing seed is enough")
    options = parser.parse_args(arguments)
    if not options.coverage and not options.binary:
        parser.error("TREUE_BINARY is missing")
    binary = None if options.coverage else road.absolute(options.binary)
    work = [(binary, seed) for seed in range(options.first, options.first + options.seeds)]
    coverage, passed, failed = collections.Counter(), 0, 0
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
        for seed, problems, counted in pool.map(run_seed, work):
            coverage += counted
            if not problems:
                passed += 1
                continue
            failed += 1
            if failed <= 10:
                print(f"FAILED seed {seed}: {problems[0]}", *problems[1:6], sep="\n    ", flush=True)
            if options.until_failure:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    report(coverage)
    rare = [name for name in wanted_names() if coverage[name] < 100]
    if options.seeds >= SEEDS_FOR_COVERAGE and rare:
        print("FAILED too rare: " + ", ".join(rare))
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
