# SPDX-License-Identifier: AGPL-3.0-or-later
"""One purchases file, one concept, four evaluations: the same answer whatever the way it came in."""
import collections
import random
import re
import shutil

import oracle
import road
import wholesale


def totals(document):
    return {key: value for key, value in document.items() if key not in ("customers", "generation")}


class Table:
    """expected: per run an `evaluate` document; without "customers" only its totals are compared, and the customers of
    every variant with those of the first."""

    def __init__(self, binary, concept, profile, currency, expected, rejected_lines, rejected_documents,
                 documents=None, is_rejected=None):
        self.binary, self.concept, self.profile, self.currency = binary, concept, profile, currency
        self.expected, self.documents = expected, documents
        self.rejected = (rejected_lines, rejected_documents)
        self.is_rejected = is_rejected
        self.first, self.names, self.passed = None, None, 0

    def _import(self, treue, path, number):
        shutil.copy(self.profile, treue.folder / "profile.yaml")
        return treue.run("import", "purchases", path, "--profile", "profile.yaml", status=(number,))

    def _said(self, text):
        """The counts of rejected lines and documents stand in what the import says, in whatever format of numbers."""
        found = set(re.findall(r"[0-9]+", re.sub(r"(?<=[0-9])[.,  ](?=[0-9]{3}\b)", "", text)))
        wanted = [n for n in (*self.rejected, self.documents) if n]
        return [f"import: {n} is not named in {text[-600:]!r}" for n in wanted if str(n) not in found]

    def _evaluate(self, name, treue):
        problems, runs = [], []
        for i, (cutoff, evaluation) in enumerate(wholesale.RUNS):
            printed = treue.evaluate(cutoff, evaluation, "--approve")
            runs.append(printed)
            wanted = self.expected[i]
            if "customers" in wanted:
                lines = oracle.differences(wanted, printed)
            else:
                lines = [f"{key}: expected {wanted[key]}, printed {printed.get(key)}"
                         for key in wanted if wanted[key] != printed.get(key)]
                if self.first and printed["customers"] != self.first[i]["customers"]:
                    lines.append("customers differ from the first variant")
            problems += [f"{name}, {cutoff}: {line}" for line in lines[:3]]
        self.first = self.first or runs
        return problems

    def _articles(self, treue):
        """Of several descriptions of an article the first in the file counts, whichever thread read it."""
        names = treue.run("export", "products")
        self.names = self.names or names
        return [] if names == self.names else ["names of articles differ from the first variant"]

    def _variant(self, name, parts, threads=2, twice=False, undo=False, articles=False):
        with road.Folder(f"table-{name.replace(' ', '-')}") as folder:
            try:
                treue = road.Treue(self.binary, folder, self.currency, environment={"TREUE_THREADS": str(threads)})
                problems = []
                treue.run("concept", "load", self.concept, "--release")
                for i, (lines, status) in enumerate(parts):
                    path = treue.folder / f"purchases{i}.csv"
                    with open(path, "w", encoding="utf-8", newline="") as file:
                        file.writelines(lines)
                    said = self._import(treue, path, status)
                    problems += self._said(said) if len(parts) == 1 else []
                    if twice:
                        self._import(treue, path, status)
                if undo:
                    problems += self._undo(treue, treue.folder / "purchases0.csv", parts[0][1])
                problems += self._evaluate(name, treue)
                problems += self._articles(treue) if articles else []
            except road.RoadError as problem:
                problems = [f"{name}: {problem}"]
        if not problems:
            self.passed += 1
        print(f"{'ok' if not problems else 'FAILED'}: {name}", flush=True)
        return [p if p.startswith(name) else f"{name}: {p}" for p in problems]

    def _undo(self, treue, path, status):
        """Before any approval an undone import leaves an empty program; importing again brings everything back."""
        treue.run("import", "undo", "1")
        empty = treue.evaluate(*wholesale.RUNS[0], "--dry-run")
        self._import(treue, path, status)
        if empty["customers_evaluated"] != 0 or empty["customers"] != []:
            return [f"undo leaves {empty['customers_evaluated']} customers"]
        return []

    def check(self, lines, document_of):
        """`lines` of the file with its header, each a whole record; lists what failed."""
        header, body = lines[0], lines[1:]
        documents = list(collections.OrderedDict.fromkeys(map(document_of, body)))
        early = set(documents[:len(documents) // 2])
        halves = [[header] + [line for line in body if (document_of(line) in early) == first]
                  for first in (True, False)]
        rejecting = [1 if any(self.is_rejected(line) for line in half[1:]) else 0 for half in halves]
        shuffled = list(body)
        random.Random(20111209).shuffle(shuffled)
        failures = self._variant("as it is, 2 threads", [(lines, 1)], articles=True)
        failures += self._variant("1 thread", [(lines, 1)], threads=1, articles=True)
        failures += self._variant("imported twice", [(lines, 1)], twice=True, articles=True)
        failures += self._variant("two halves", list(zip(halves, rejecting)))
        failures += self._variant("lines shuffled", [([header] + shuffled, 1)])
        failures += self._variant("undone and imported again", [(lines, 1)], undo=True)
        return failures
