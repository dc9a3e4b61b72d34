/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * password_words.h: words that common passwords are made of, gathered for Treue: first thoughts in German and English,
 * names, seasons, months, clubs, keyboards, what stands on a desk. With digits, signs, years or one more of them around
 * they are still common (password_rules.c).
 */
#ifndef TREUE_ACCESS_PASSWORD_WORDS_H
#define TREUE_ACCESS_PASSWORD_WORDS_H

static const char *const password_words[] = {
        "abc", "abcd", "abcdef", "access", "account", "admin", "administrator", "adobe", "alexander",
        "allesgute", "alpha", "amazon", "andrea", "andreas", "angel", "anna", "apple", "april", "arbeit",
        "arsenal", "asdf", "asdfgh", "asdfghjkl", "august", "auto", "baby", "banana", "baseball",
        "basketball", "batman", "bayern", "bayernmuenchen", "benutzer", "berlin", "beta", "blume", "blumen",
        "bonus", "borussia", "boss", "buero", "butterfly", "changeit", "changeme", "charlie", "chef",
        "chelsea", "chocolate", "christian", "club", "company", "computer", "cookie", "customer", "daniel",
        "datenbank", "database", "default", "demo", "deutschland", "dezember", "december", "dienstag",
        "diamond", "donnerstag", "dortmund", "dragon", "eins", "einszwei", "elefant", "email", "engel",
        "erde", "fabrik", "family", "familie", "februar", "february", "ferrari", "firma", "firebird",
        "florian", "flower", "football", "frankfurt", "freedom", "freiheit", "freitag", "friday", "friend",
        "freund", "fruehling", "fuck", "fussball", "game", "garten", "gast", "geburtstag", "geheim",
        "geheimnis", "ginger", "google", "guest", "hallo", "hamburg", "hammer", "hannover", "hase", "haus",
        "heimat", "hello", "herbst", "herz", "herzblatt", "hockey", "hund", "hunter", "iloveyou",
        "ichliebedich", "internet", "januar", "january", "jennifer", "jessica", "jesus", "jordan", "juli",
        "julia", "juni", "july", "june", "kaffee", "kater", "katze", "kennwort", "killer", "kirche",
        "koeln", "koenig", "komm", "kunde", "kunden", "kundenportal", "laptop", "lassmichrein", "leben",
        "letmein", "liebe", "liverpool", "login", "lol", "london", "loveme", "love", "loyalty", "macbook",
        "maerz", "maggie", "mai", "mama", "march", "maria", "marie", "marketing", "martin", "master",
        "maus", "max", "mercedes", "michael", "michelle", "microsoft", "mittwoch", "monday", "money",
        "monkey", "montag", "monster", "muenchen", "mustang", "mustermann", "muster", "mutter", "mylove",
        "nadine", "neu", "newpassword", "nicole", "ninja", "november", "office", "oktober", "october",
        "oma", "opa", "orange", "ostern", "papa", "partner", "pass", "passw", "passwd", "password",
        "passwort", "peter", "pepper", "pferd", "pokemon", "polizei", "porsche", "portal", "princess",
        "prinzessin", "private", "program", "programm", "qay", "qaywsx", "qazwsx", "qwer", "qwert",
        "qwertz", "qwertzu", "qwertzuiop", "qwerty", "qwertyuiop", "remember", "robert", "root", "rosen",
        "sabine", "sales", "samsung", "samstag", "sandra", "saturday", "schalke", "schatz", "schatzi",
        "schluessel", "schnecke", "schnee", "schule", "secret", "secure", "september", "server", "service",
        "shadow", "sicher", "sicherheit", "soccer", "sommer", "sonne", "sonnenschein", "sonntag", "spring",
        "stadt", "standard", "star", "starwars", "stefan", "steffi", "stern", "stuttgart", "summer",
        "sunday", "sunshine", "super", "superman", "support", "system", "telefon", "temp", "test", "tester",
        "testing", "thomas", "thunder", "thursday", "tiger", "tigger", "trustno", "treue", "tuesday",
        "urlaub", "user", "vater", "verkauf", "vertrieb", "vfb", "volkswagen", "wasser", "weihnachten",
        "welcome", "welt", "werder", "wednesday", "whatever", "wien", "willkommen", "winter", "wolf",
        "word", "work", "yxcv", "yxcvbnm", "zxcv", "zxcvbnm", "zaubern", "zuhause", "zucker",
};

#endif
