#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The demo company from nothing to explained segments: three years, three deliveries of files, three evaluations.
#
# usage: demo.sh TREUE FOLDER
#        demo.sh --remove FOLDER
#
# TREUE is the program. Everything is made anew in a folder of this run and only then put in place as FOLDER/files (what
# a company would deliver) and FOLDER/data (the data directory), so that a second run, even at the same time, works.
# Speaks the language of the environment, German or English. With TREUE_DB the database is that one, and must be empty.
#
# The demo company has a data directory of its own, so that it never mixes with a real one. --remove takes away what was
# put in place, and nothing else; a database on a server stays.
set -eu

if [ $# -ne 2 ]; then
        echo "usage: demo.sh TREUE FOLDER | demo.sh --remove FOLDER" >&2
        exit 2
fi
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

remove() {
        if [ ! -f "$1/files/partnerkreis.yaml" ]; then
                say "In $1 liegt keine Musterfirma." "There is no demo company in $1."
                return
        fi
        rm -rf "$1/data" "$1/files"
        rmdir "$1" 2>/dev/null || true # other things of the user's stay
        say "Die Musterfirma in $1 ist entfernt." "The demo company in $1 is removed."
        [ -z "${TREUE_DB:-}" ] || say "Die Datenbank auf dem Server blieb, wie sie war." \
                "The database on the server was left as it was."
}

if [ "$1" = --remove ]; then
        remove "$2"
        exit 0
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
        consents) say "Einwilligungen und Widersprüche" "consents and objections" ;;
        responsibilities) say "Zuständigkeiten" "responsibilities" ;;
        potentials) say "Potenziale" "potentials" ;;
        certificates) say "Zertifikate" "certificates" ;;
        activities) say "Aktivitäten" "activities" ;;
        visits) say "Besuche" "visits" ;;
        values) say "Kennzahlen" "values" ;;
        esac
}

kinds="customers products purchases contacts consents responsibilities potentials certificates activities visits values"

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
# How often a year the field staff visits; who was seen longer ago stands on their page.
for visits in A=12 B=6 C=2 P=4; do
        treue setting set "visits.partnerkreis.${visits%=*}" "${visits#*=}" >"$work/report"
done
on 2025-01-15
evaluate 2024-12-31 year >"$work/report"
on 2025-07-04
deliver 2025-07
on 2025-07-10
evaluate 2025-06-30 half_year >"$work/report"
# The head of sales asks for a segment that is not earned; somebody else has to approve it.
on 2025-11-18
treue override request 10012 --segment A --reason "Referenzkunde: Sporthalle, Fachpresse berichtet" \
        --from 2025-12-01 --to 2026-11-30 --actor vl-bauer >"$work/report"
on 2025-11-20
treue override approve 1 --actor geschaeftsfuehrung >"$work/report"
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
# hint GERMAN ENGLISH ARGUMENTS
hint() {
        printf '# %s\n' "$(say "$1" "$2")"
        shift 2
        printf '  %s %s\n' "$treue" "$*"
}
printf '  export TREUE_DATA=%s\n  cd %s\n' "$folder/data" "$folder/files"
hint "110.000 statt 120.000 Euro, und doch noch in A (auch 10001 bis 10012 zeigen je eine Regel: demo/README.md)" \
        "110,000 instead of 120,000 euros and still in A (10001 to 10012 show one rule each: demo/README.md)" explain 10002
hint "Wer wäre fast eine Stufe höher?" "Who is nearly one step higher?" \
        evaluate --cutoff 2025-12-31 --dry-run --near 10
hint "Was wäre, wenn die Umsatzschwellen 10 % höher lägen?" "What if the revenue thresholds were 10% higher?" \
        simulate --concept partnerkreis-plus-10.yaml --cutoff 2025-12-31
hint "Wie hätte sich das Programm seit 2024 bewegt?" "How would the program have moved since 2024?" \
        backtest --concept 1 --from 2024-01-31 --to 2025-12-31 --every 1m
hint "Wer bringt 80 % des Umsatzes, und in welchem Segment?" "Who brings 80% of the revenue, and in which segment?" \
        analyse abc --cutoff 2025-12-31
hint "Wer lässt nach?" "Who is falling off?" analyse risk --cutoff 2025-12-31
hint "Was wurde wann beschlossen?" "What was decided when?" run list
hint "Wen erreicht eine E-Mail an B, und wen warum nicht?" "Whom does an e-mail to B reach, and whom not, and why?" \
        consent audience --channel email --segment B --skipped
hint "Wer hält sein Segment durch eine Ausnahme?" "Who holds a segment by override?" override list
