#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bill of materials names every library a running server has in memory and every npm package of the lock file, with
version and licence; and the release program holds no code of the tests.

  test_sbom.py RELEASE_FOLDER

Check 64 of docs/internals/security.md.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Functions of tests that are called like one of Treue or of a library tell nothing.
COMMON = re.compile(r"^(main|LLVMFuzzerTestOneInput)$")


def output(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def libraries_in_memory(treue, folder):
    """Of a server that has answered: what the loader took at its start and what it loaded itself."""
    data = pathlib.Path(folder) / "data"
    subprocess.run([treue, "--data", data, "init"], check=True, capture_output=True)
    server = subprocess.Popen([treue, "--data", data, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, env={**os.environ, "LANG": "C.UTF-8"})
    try:
        while "127.0.0.1" not in (line := server.stdout.readline().decode()):
            if not line:
                sys.exit("the server did not start")
        maps = pathlib.Path(f"/proc/{server.pid}/maps").read_text(encoding="ascii")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    return set(re.findall(r"(/\S+\.so(?:\.[0-9.]+)?)$", maps, re.MULTILINE))


def owner(file):
    for place in (file, file.removeprefix("/usr"), "/usr" + file):
        done = subprocess.run(["dpkg", "-S", place], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    return file


def check_packages(problems, treue, folder):
    out = pathlib.Path(folder) / "sbom.json"
    subprocess.run([sys.executable, ROOT / "tools/sbom.py", treue, out], check=True, capture_output=True)
    content = json.loads(out.read_text(encoding="utf-8"))
    components = content["components"]
    if (content["bomFormat"], content["specVersion"]) != ("CycloneDX", "1.5"):
        problems.append("it is no CycloneDX 1.5")
    references = [one["bom-ref"] for one in components]
    if len(set(references)) != len(references) or not set(content["dependencies"][0]["dependsOn"]) <= set(references):
        problems.append("references are not unique, or lead nowhere")
    for one in components:
        if not one["version"] or not one["licenses"] or not one["purl"].startswith(("pkg:deb/debian/", "pkg:npm/")):
            problems.append(f"without version, licence or address: {one}")
    debian = {one["name"]: one["version"] for one in components if one["purl"].startswith("pkg:deb/")}
    in_memory = libraries_in_memory(treue, folder)
    if len(in_memory) < 10 or not any("libmicrohttpd" in file for file in in_memory):
        problems.append(f"libraries in memory: {in_memory}")
    for package in {owner(file) for file in in_memory}:
        if package not in debian:
            problems.append(f"{package} is in memory, and not in the bill")
        elif debian[package] != output("dpkg-query", "-W", "-f", "${Version}", package):
            problems.append(f"{package}: {debian[package]}")
    for package in ("libcurl4", "libzip4", "libxlsxwriter4", "tzdata"):
        if package not in debian:
            problems.append(f"{package} is loaded later, and not in the bill")
    lock = json.loads((ROOT / "ui/package-lock.json").read_text(encoding="utf-8"))["packages"]
    npm = {(one["name"], one["version"]) for one in components if one["purl"].startswith("pkg:npm/")}
    wanted = {(path.rpartition("node_modules/")[2], one["version"]) for path, one in lock.items() if path}
    if npm != wanted:
        problems.append(f"npm packages: {npm ^ wanted}")
    return len(components)


def functions_of_tests():
    """Functions the C files of tests define, without those that Treue has under the same name."""
    definition = re.compile(r"^(?:static )?(?:inline )?[a-z][\w \*]*?\b(\w+)\([^;{]*\)\s*\{", re.MULTILINE)

    def names(folder):
        return {name for path in (ROOT / folder).rglob("*.[ch]")
                for name in definition.findall(path.read_text(encoding="utf-8"))}
    return {name for name in names("tests") - names("src") if not COMMON.match(name)}


def test_code(program, names):
    """What of the tests is in a program: functions, names of files, libraries."""
    symbols = {line.split()[-1].split(".")[0] for line in output("nm", program).splitlines()
               if line.split()[-2] in "tTwW"}
    found = sorted(symbols & names)
    found += re.findall(r"tests/(?:unit|http|fuzz|fault|road)\S*|\w*_fixture\b|cmocka\w*", output("strings", "-n", "6", program))
    return found + re.findall(r"libcmocka\S*|libasan\S*|libubsan\S*|libtsan\S*", output("ldd", program))


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    release = pathlib.Path(arguments[0]).resolve()
    problems, names = [], functions_of_tests()
    with tempfile.TemporaryDirectory(prefix="treue-sbom-") as folder:
        count = check_packages(problems, release / "treue", folder)
    found = test_code(release / "treue", names)
    if found:
        problems.append(f"code of the tests in the release: {found[:20]}")
    # The same search finds it where it is.
    if len(names) < 500 or not set(test_code(release / "http_fixture", names)) & names:
        problems.append(f"the search finds nothing in a program of the tests ({len(names)} functions)")
    print(*problems[:20], f"{count} packages; {int(not problems)} passed, {int(bool(problems))} failed", sep="\n")
    return 1 if problems else 0


sys.exit(main(sys.argv[1:]))
