#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The demo company in a browser, until Ctrl-C: an account for each of three roles, whose links are printed, and the server.
#
# usage: serve.sh TREUE FOLDER
#
# FOLDER is what demo.sh made. TREUE_LISTEN says where to listen (127.0.0.1:8420). Called again, accounts that are there keep
# their link or password.
set -eu

if [ $# -ne 2 ]; then
        echo "usage: serve.sh TREUE FOLDER" >&2
        exit 2
fi
treue=$(realpath "$1")
TREUE_DATA=$(realpath "$2")/data
export TREUE_DATA
listen=${TREUE_LISTEN:-127.0.0.1:8420}
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
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

# account LOGIN ROLE NAME [RESPONSIBLE]: prints its link. Pages speak the language of the browser.
account() {
        if ! "$treue" --lang "$language" user add "$1" --role "$2" --name "$3" \
                --public-url "http://$listen" 2>/dev/null; then
                say "$3 ($1) hat schon ein Passwort oder einen Link." "$3 ($1) has a password or a link already."
                return
        fi
        [ $# -lt 4 ] || "$treue" --lang "$language" user scope "$1" --responsible "$4" >/dev/null
}

printf '\n== %s\n' "$(say "Im Browser" "In the browser")"
say "Jeder Link gilt einmal; dort wählt man das Passwort und ist angemeldet:" \
        "Each link is good once; it asks for a password and signs in:"
account leitung owner "$(say "Programmleitung" "Program owner")"
account hansen rep "Meike Hansen" ad-hansen
account verwaltung administrator "$(say "Verwaltung" "Administrator")"
say "Strg-C beendet den Server." "Ctrl-C ends the server."
exec "$treue" --lang "$language" serve --listen "$listen" --log "$2/server.log"
