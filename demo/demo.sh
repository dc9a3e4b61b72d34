#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The demo company from nothing to explained segments: three years, three deliveries of files, three evaluations.
#
# usage: demo.sh TREUE FOLDER
#
# TREUE is the program. Everything is made anew in a folder of this run and only then put in place as FOLDER/files (what
# a company would deliver) and FOLDER/data (the data directory), so that a second run, even at the same time, works.
# Speaks the language of the environment, German or English. With TREUE_DB the database is that one, and must be empty.
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
locale=${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}
case $locale in
de*) language=de ;;
*) language=en ;;
esac

# say GERMAN ENGLISH
say() {
        if [ "$language" = de ]; then
                printf '%s\n' "$1"
        else
                printf '%s\n' "$2"
        fi
}

title() {
        printf '\n== %s\n' "$(say "$@")"
}

# The demo plays on fixed days, a minute further with every command: it looks the same whenever it is run.
today=2025-01-08
minute=0
treue() {
        minute=$((minute + 1))
        TREUE_CLOCK=$(printf '%sT09:%02d:00Z' "$today" "$minute") "$treue" --data "$data" --lang "$language" "$@"
}

on() {
        today=$1
        minute=0
}

# What a line of a kind of file is called.
word() {
        case $1 in
        customers) say "Kunden und Interessenten" "customers and prospects" ;;
        products) say "Artikel" "articles" ;;
        purchases) say "Rechnungszeilen" "invoice lines" ;;
        contacts) say "Ansprechpartner" "contacts" ;;
        responsibilities) say "Zuständigkeiten" "responsibilities" ;;
        potentials) say "Potenziale" "potentials" ;;
        certificates) say "Zertifikate" "certificates" ;;
        activities) say "Aktivitäten" "activities" ;;
        visits) say "Besuche" "visits" ;;
        values) say "Kennzahlen" "values" ;;
        esac
}

kinds="customers products purchases contacts responsibilities potentials certificates activities visits values"

# Imports one delivery; rejected lines end the demo.
deliver() {
        for kind in $kinds; do
                [ -f "$1/$kind.csv" ] || continue
                treue import "$kind" "$1/$kind.csv" --profile "$kind.yaml" >"$work/report" || {
                        cat "$work/report"
                        exit 1
                }
        done
}

# How much of what came when.
deliveries() {
        printf '%9s%9s%9s\n' 2025-01 2025-07 2026-01
        for kind in $kinds; do
                for delivery in 2025-01 2025-07 2026-01; do
                        lines=
                        [ ! -f "$delivery/$kind.csv" ] || lines=$(($(wc -l <"$delivery/$kind.csv") - 1))
                        printf '%9s' "$lines"
                done
                printf '  %s\n' "$(word "$kind")"
        done
}

evaluate() {
        treue evaluate --cutoff "$1" --evaluation "$2" --approve
}

title "Musterwerk Klimasysteme GmbH übergibt dreimal, was ihre Programme wissen" \
        "Musterwerk Klimasysteme GmbH hands over three times what its programs know"
PYTHONDONTWRITEBYTECODE=1 python3 "$here/generate.py" "$files"
cd "$files"
treue init --currency EUR --time-zone Europe/Berlin >"$work/report"
deliver 2025-01
treue concept load partnerkreis.yaml --release >"$work/report"
on 2025-01-15
evaluate 2024-12-31 year >"$work/report"
on 2025-07-04
deliver 2025-07
on 2025-07-10
evaluate 2025-06-30 half_year >"$work/report"
on 2026-01-08
deliver 2026-01
deliveries

on 2026-01-15
title "Das Programm PartnerKreis, zum dritten Mal ausgewertet" "The program PartnerKreis, evaluated for the third time"
evaluate 2025-12-31 year

# A small company (size factor 0.6) with everything the best have but one certified employee.
title "Ein Kunde, erklärt" "One customer, explained"
treue explain 10006 --cutoff 2025-12-31

# Put in place; of two runs at the same time either may win. What was there goes with this run's folder.
cd "$here"
for part in files data; do
        mv -T "$folder/$part" "$work/old-$part" 2>/dev/null || true
        mv -T "$work/$part" "$folder/$part" 2>/dev/null || true
done
title "Zum Weiterprobieren" "Where to look further"
echo "export TREUE_DATA=$folder/data"
# hint ARGUMENTS GERMAN ENGLISH
hint() {
        printf '%s %-38s  # %s\n' "$treue" "$1" "$(say "$2" "$3")"
}
hint "explain 10003" "Umsatz verfehlt: Bewährung" "misses the revenue: grace"
hint "explain 10004" "Spezialist mit wenig Umsatz, in A" "a specialist with little revenue, in A"
hint "explain 10008" "kleiner Betrieb, kleinere Schwelle" "small company, smaller threshold"
hint "explain 10005 --cutoff 2025-06-30" "Aufstieg zum 1. August" "promoted on 1 August"
hint "run list" "alle Auswertungen" "all evaluations"
say "Jeder der Kunden 10001 bis 10011 zeigt eine Regel: $here/README.md" \
        "Each of the customers 10001 to 10011 shows one rule: $here/README.md"
say "Dateien, Profile und das Programm: $folder/files" "Files, profiles and the program: $folder/files"
