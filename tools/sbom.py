#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes what Treue is made of as a CycloneDX 1.5 bill of materials: Debian packages of the libraries the program is linked
with or loads, and npm packages of the pages, with versions and licences.

usage: sbom.py TREUE OUT.json

Libraries: what ldd names for the program, the ones it loads later (library_load in src/), and what those need; tzdata, which
it reads. Their packages and versions come from dpkg, licences from /usr/share/doc/PACKAGE/copyright. npm packages come from
ui/package-lock.json: "required" are those whose content goes into the program (LIBRARIES in tools/assets.mjs), "excluded"
those that only build or test. The same machine gives the same bytes.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA_PACKAGES = ["tzdata"]


def output(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def linked(path):
    """Files of the libraries that the loader would take for a program or a library."""
    return set(re.findall(r"(?:=> |^\s+)(/\S+) \(0x", output("ldd", path), re.MULTILINE))


def loaded_later():
    """Names of libraries in the source that are loaded when they are needed."""
    names = set()
    for path in (ROOT / "src").rglob("*.c"):
        text = path.read_text(encoding="utf-8")
        if "library_load(" in text:
            names.update(re.findall(r'"(lib[a-z0-9_+-]+\.so\.[0-9.]+)"', text))
    return sorted(names)


def library_files(treue):
    places = dict(re.findall(r"^\s+(\S+) \([^)]*x86-64[^)]*\) => (\S+)$", output("/sbin/ldconfig", "-p"), re.MULTILINE))
    places = places or dict(re.findall(r"^\s+(\S+) \([^)]*\) => (\S+)$", output("/sbin/ldconfig", "-p"), re.MULTILINE))
    files = linked(treue)
    for name in loaded_later():
        if name not in places:
            sys.exit(f"sbom: {name} is not installed")
        files |= {places[name]} | linked(places[name])
    return files


def package_of(file):
    """dpkg knows a file by the place it was installed to, which may be a link to where it is found."""
    path = pathlib.Path(file)
    for place in (str(path), str(path.resolve()), str(path.resolve()).removeprefix("/usr"), "/usr" + str(path)):
        done = subprocess.run(["dpkg", "-S", place], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(": ")[0].split(",")[0]
    sys.exit(f"sbom: no package has {file}")


def licences(package):
    """The short names of a copyright file in the machine-readable form; of another one the place where it is read."""
    path = pathlib.Path("/usr/share/doc") / package.split(":")[0] / "copyright"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    names = re.findall(r"^License:[ \t]*(\S.*)$", text, re.MULTILINE)
    if not names and text:
        names = ["see /usr/share/doc/" + package.split(":")[0] + "/copyright"]
    return sorted({name.strip() for name in names})


def debian(treue):
    packages = sorted({package_of(file) for file in library_files(treue)} | set(DATA_PACKAGES))
    for package in packages:
        name, version, architecture, source = output("dpkg-query", "-W", "-f",
                                                     "${Package}\t${Version}\t${Architecture}\t${source:Package}",
                                                     package).split("\t")
        yield {"type": "library", "bom-ref": f"pkg:deb/debian/{name}@{version}?arch={architecture}",
               "name": name, "version": version, "scope": "required",
               "licenses": [{"license": {"name": licence}} for licence in licences(package)],
               "purl": f"pkg:deb/debian/{name}@{version}?arch={architecture}",
               "properties": [{"name": "debian:source", "value": source}]}


def npm():
    bundled = set(re.findall(r"'([^']+)'", re.search(r"^const LIBRARIES = \[(.*?)\]",
                                                     (ROOT / "tools/assets.mjs").read_text(encoding="utf-8"),
                                                     re.MULTILINE | re.DOTALL).group(1)))
    packages = json.loads((ROOT / "ui/package-lock.json").read_text(encoding="utf-8"))["packages"]
    seen = set()
    for path, package in sorted(packages.items()):
        name = path.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{package.get('version')}"
        if not path or purl in seen:
            continue
        seen.add(purl)
        yield {"type": "library", "bom-ref": purl, "name": name, "version": package["version"],
               "scope": "required" if path == f"node_modules/{name}" and name in bundled else "excluded",
               "licenses": [{"expression": package["license"]}] if "license" in package else [], "purl": purl}


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    treue = pathlib.Path(arguments[0]).resolve()
    version = re.search(r"^ *version: '(.*)',$", (ROOT / "meson.build").read_text(encoding="utf-8"), re.MULTILINE).group(1)
    content = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
               "metadata": {"component": {"type": "application", "bom-ref": "treue", "name": "treue", "version": version,
                                          "licenses": [{"expression": "AGPL-3.0-or-later"}]}},
               "components": [*debian(treue), *npm()]}
    content["dependencies"] = [{"ref": "treue", "dependsOn": [one["bom-ref"] for one in content["components"]
                                                              if one["scope"] == "required"]}]
    pathlib.Path(arguments[1]).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(content['components'])} packages in {arguments[1]}")


main(sys.argv[1:])
