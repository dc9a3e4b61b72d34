#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The main road on a small generated file with its expected table: import, evaluate and approve four times, one answer
whatever the order of lines, imports and threads. Verifies R-010 and R-012 in part, R-029 (evaluation) and X-03
(purchases).

  test_small.py TREUE_BINARY
"""
import json
import sys

import make_small
import road
import variants
import wholesale


def main(binary):
    folder = road.HERE / "small"
    stale = [name for name, text in make_small.files().items() if (folder / name).read_text(encoding="utf-8") != text]
    if (road.HERE / "wholesale.yaml").read_text(encoding="utf-8") != road.to_yaml(wholesale.wholesale()):
        stale.append("wholesale.yaml")
    failures = [f"{name} is not what make_small.py or wholesale.py write" for name in stale]
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    lines = (folder / "purchases.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    table = variants.Table(binary, folder / "concept.yaml", folder / "profile.yaml", "GBP", expected,
                           rejected_lines=8, rejected_documents=4,
                           is_rejected=lambda line: line.endswith(",,EIRE\n"))
    failures += table.check(lines, document_of=lambda line: line.split(",")[0])
    for failure in failures:
        print("FAILED", failure)
    print(f"{table.passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
