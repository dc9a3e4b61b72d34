#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The demo company from nothing to explained segments.
#
# usage: demo.sh TREUE FOLDER
#
# TREUE is the program. Everything is made anew in a folder of this run and only then put in place as FOLDER/files (what
# a company would deliver) and FOLDER/data (the data directory), so that a second run, even at the same time, works.
set -eu

if [ $# -ne 2 ]; then
        echo "usage: demo.sh TREUE FOLDER" >&2
        exit 2
fi
treue=$(realpath "$1")
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$2"
folder=$(realpath "$2")
work=$(mktemp -d "$folder/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
files=$work/files
data=$work/data

say() {
        printf '\n== %s\n' "$*"
}

# A fixed clock, a minute further with every command: the demo looks the same whenever it is run.
minute=0
german() {
        minute=$((minute + 1))
        TREUE_CLOCK=$(printf '2026-01-15T09:%02d:00Z' "$minute") "$treue" --data "$data" --lang de "$@"
}

say "Musterwerk Klimasysteme GmbH: Kunden, Interessenten, Artikel und drei Jahre Rechnungen"
PYTHONDONTWRITEBYTECODE=1 python3 "$here/generate.py" "$files"
cd "$files"
german init --currency EUR --time-zone Europe/Berlin
for kind in customers products purchases potentials values; do
        german import "$kind" "$kind.csv" --profile "$kind.yaml"
done

say "Programm PartnerKreis prüfen und freigeben"
german concept check partnerkreis.yaml
german concept load partnerkreis.yaml --release

for run in "2024-12-31 year" "2025-06-30 half_year" "2025-12-31 year"; do
        cutoff=${run% *}
        evaluation=${run#* }
        say "Auswertung $cutoff ($evaluation)"
        german evaluate --cutoff "$cutoff" --evaluation "$evaluation" --approve
done

# A small company (size factor 0.6) with the revenue of the best, one product group short of the next step.
say "Ein Kunde, erklärt"
german explain 10006 --cutoff 2025-12-31

# Put in place; of two runs at the same time either may win. What was there goes with this run's folder.
cd "$here"
for part in files data; do
        mv -T "$folder/$part" "$work/old-$part" 2>/dev/null || true
        mv -T "$work/$part" "$folder/$part" 2>/dev/null || true
done
say "Zum Weiterprobieren"
echo "$treue --data $folder/data --lang de explain 10003"
echo "Dateien und Profile: $folder/files"
