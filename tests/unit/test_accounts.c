/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_accounts.c: accounts, signing in and sessions in the database: links are good once, wrong guesses are held
 * back, what ends a session ends it at once, each role gets its part of the customers (X-01, the accounts and
 * scopes), and every change stands in the audit chain (X-04, changes of rights).
 */
#include "database_fixture.h"

#include "access/api_keys.h"
#include "access/attempts.h"
#include "access/companies.h"
#include "access/links.h"
#include "access/own_account.h"
#include "access/sessions.h"
#include "access/sign_in.h"
#include "db/audit.h"
#include "platform/clock.h"

#define NOW_MS INT64_C(1767323045000) /* 2026-01-02 */
enum { TODAY = 20455, HOUR_MS = 3600000 };

static const char *const good = "grünes sofa am teich", *const other = "sieben leise laternen";
static struct error error;
static struct arena *arena;
static struct fixture *fixture;
static struct connection *connection;
static int64_t now_ms;

static int set_up(void **state)
{
        if (fixture_new(state))
                return -1;
        fixture = *state;
        arena = arena_new(1 << 22);
        now_ms = NOW_MS;
        clock_inject_ms(now_ms);
        return !arena || db_connect(fixture->database, &connection, &error) ? -1 : 0;
}

static int tear_down(void **state)
{
        clock_inject_ms(-1);
        db_disconnect(connection);
        arena_free(arena);
        return fixture_free(state);
}

static struct visitor visitor_from(const char *address, const char *device)
{
        return (struct visitor){text_of(address), text_of("Firefox"), text_of(device), now_ms};
}

static int64_t add(const char *login, enum role role, struct secret *ret_link)
{
        struct account_new asked = {text_of(login), text_of("Jemand"), text_of("jemand@muster.example"), role,
                                    true, LANGUAGE_GERMAN, "cli"};
        int64_t id;
        assert_ok(account_add(fixture->database, &asked, &id, ret_link, &error));
        return id;
}

static struct signed_in choose(const struct secret *link, const char *password)
{
        struct visitor visitor = visitor_from("192.0.2.1", "");
        struct signed_in result;
        assert_ok(link_choose_password(fixture->database, connection, text_of(link->text), text_of(password), NULL, 0,
                                       &visitor, &result, &error));
        return result;
}

/* An account with the good password; its session is not kept. */
static int64_t add_complete(const char *login, enum role role)
{
        struct secret link;
        int64_t id = add(login, role, &link);
        assert_int_equal(choose(&link, good).outcome, SIGN_IN_DONE);
        return id;
}

static struct signed_in attempt(const char *login, const char *password, const char *address, const char *device)
{
        struct visitor visitor = visitor_from(address, device);
        struct signed_in result;
        assert_ok(sign_in(fixture->database, connection, text_of(login), text_of(password), &visitor, &result,
                          &error));
        return result;
}

static struct identity identify(const struct secret *token)
{
        struct identity identity;
        assert_ok(access_identify(fixture->database, connection, text_of(token->text), now_ms, TODAY, arena, &identity,
                                  &error));
        return identity;
}

static bool is_somebody(const struct secret *token) { return identify(token).subject.role != ROLE_NOBODY; }

/* ---- links and passwords --------------------------------------------------------------------------------------- */

static void first_link(void **state)
{
        (void)state;
        struct secret link, unused = secret_new();
        struct signed_in result;
        struct visitor visitor = visitor_from("192.0.2.1", "");
        int64_t id = add("Anna.Berger", ROLE_ADMINISTRATOR, &link);
        /* What is kept tells nothing. */
        char query[160];
        snprintf(query, sizeof(query), "SELECT count(*) FROM access_link WHERE hex(digest) LIKE '%%%s%%'", link.text);
        assert_int_equal(look(fixture, query), 0);
        /* Without a password nobody signs in, whatever is typed. */
        assert_int_equal(attempt("anna.berger", "", "192.0.2.1", "").outcome, SIGN_IN_WRONG);
        assert_fails(link_choose_password(fixture->database, connection, text_of(link.text), text_of("anna.berger123"),
                                          NULL, 0, &visitor, &result, &error),
                     STATUS_INVALID, "access.password_context");
        assert_fails(link_choose_password(fixture->database, connection, text_of(unused.text), text_of(good), NULL, 0,
                                          &visitor, &result, &error),
                     STATUS_NOT_FOUND, "access.link_unknown");
        result = choose(&link, good);
        assert_int_equal(result.outcome, SIGN_IN_DONE);
        struct identity identity = identify(&result.token);
        assert_int_equal(identity.subject.role, ROLE_ADMINISTRATOR);
        assert_true(identity.subject.account_id == id && identity.subject.scope.kind == SCOPE_NONE);
        assert_int_equal(strlen(identity.csrf.text), SECRET_TEXT_LENGTH);
        /* Once. */
        assert_fails(link_choose_password(fixture->database, connection, text_of(link.text), text_of(other), NULL, 0,
                                          &visitor, &result, &error),
                     STATUS_NOT_FOUND, "access.link_unknown");
        assert_int_equal(attempt("ANNA.berger ", good, "192.0.2.1", "").outcome, SIGN_IN_DONE);
}

static void links_run_out(void **state)
{
        (void)state;
        struct secret link;
        struct link found;
        add("anna", ROLE_OWNER, &link);
        struct text token = text_of(link.text);
        assert_ok(link_look(connection, token, now_ms + ACCOUNT_LINK_MS - 1000, arena, &found, &error));
        assert_int_equal(found.purpose, LINK_FOR_PASSWORD);
        assert_fails(link_look(connection, token, now_ms + ACCOUNT_LINK_MS + 1000, arena, &found, &error),
                     STATUS_NOT_FOUND, "access.link_unknown");
        /* A link for a password signs nobody in by itself. */
        struct visitor visitor = visitor_from("192.0.2.1", "");
        struct signed_in result;
        assert_fails(link_use(fixture->database, token, &visitor, &result, &error), STATUS_NOT_FOUND,
                     "access.link_unknown");
}

static void a_password_kept_at_a_lower_cost_is_kept_anew(void **state)
{
        (void)state;
        add_complete("anna", ROLE_OWNER);
        tamper(fixture, "UPDATE account SET password = '$argon2id$v=19$m=8192,t=1,p=1$c2l4dGVlbiBieXRlcy4uIQ$"
                        "AaSFZcABEILMDdII3ceqdWtQCSNaGeTi4MD494/1o10'");
        assert_int_equal(attempt("anna", other, "192.0.2.1", "").outcome, SIGN_IN_WRONG);
        assert_int_equal(look(fixture, "SELECT count(*) FROM account WHERE password LIKE '%m=8192%'"), 1);
        assert_int_equal(attempt("anna", good, "192.0.2.1", "").outcome, SIGN_IN_DONE);
        assert_int_equal(look(fixture, "SELECT count(*) FROM account WHERE password LIKE '%$m=19456,t=2,p=1$%'"), 1);
        assert_int_equal(attempt("anna", good, "192.0.2.1", "").outcome, SIGN_IN_DONE);
}

/* ---- guessing -------------------------------------------------------------------------------------------------- */

static void names_that_exist_and_others_are_answered_alike(void **state)
{
        (void)state;
        add_complete("anna", ROLE_OWNER);
        static const char *const names[] = {"anna", "nobody", "x'; --", ""};
        for (size_t n = 0; n < 4; n++) {
                for (int i = 1; i <= ATTEMPTS_FREE_NAME; i++) {
                        char address[32];
                        snprintf(address, sizeof(address), "192.0.%zu.%d", n, i);
                        struct signed_in result = attempt(names[n], other, address, "");
                        assert_int_equal(result.outcome, SIGN_IN_WRONG);
                        assert_true(result.account_id == 0 && !result.token.text[0]);
                }
                /* One too many, from wherever. */
                struct signed_in result = attempt(names[n], n ? other : good, "198.51.100.7", "");
                assert_int_equal(result.outcome, SIGN_IN_WAIT);
                assert_int_equal(result.wait_ms, ATTEMPT_WAIT_MS);
        }
}

static void waiting_grows(void **state)
{
        (void)state;
        add_complete("anna", ROLE_OWNER);
        for (int i = 0; i < ATTEMPTS_FREE_NAME; i++)
                attempt("anna", other, "192.0.2.1", "");
        int64_t expected_ms = ATTEMPT_WAIT_MS;
        for (int i = 0; i < 10; i++) {
                assert_int_equal(attempt("anna", other, "192.0.2.1", "").wait_ms, expected_ms);
                now_ms += expected_ms;
                assert_int_equal(attempt("anna", other, "192.0.2.1", "").outcome, SIGN_IN_WRONG);
                expected_ms = expected_ms * 2 < ATTEMPT_WAIT_MAX_MS ? expected_ms * 2 : ATTEMPT_WAIT_MAX_MS;
        }
        /* Who waited comes in, and is forgiven. */
        now_ms += ATTEMPT_WAIT_MAX_MS;
        assert_int_equal(attempt("anna", good, "192.0.2.1", "").outcome, SIGN_IN_DONE);
        assert_int_equal(attempt("anna", other, "192.0.2.1", "").outcome, SIGN_IN_WRONG);
        assert_int_equal(attempt("anna", good, "192.0.2.1", "").outcome, SIGN_IN_DONE);
        /* A day later nothing is left of it. */
        for (int i = 0; i < ATTEMPTS_FREE_NAME; i++)
                attempt("anna", other, "192.0.2.1", "");
        now_ms += 25 * HOUR_MS;
        assert_int_equal(attempt("anna", good, "192.0.2.1", "").outcome, SIGN_IN_DONE);
        assert_int_equal(look(fixture, "SELECT count(*) FROM sign_in_attempt WHERE failures > 0"), 0);
}

static void many_names_from_one_address(void **state)
{
        (void)state;
        add_complete("anna", ROLE_OWNER);
        for (int i = 0; i < ATTEMPTS_FREE_ADDRESS; i++) {
                char name[16];
                snprintf(name, sizeof(name), "name%d", i);
                assert_int_equal(attempt(name, other, "192.0.2.9", "").outcome, SIGN_IN_WRONG);
        }
        assert_int_equal(attempt("anna", good, "192.0.2.9", "").outcome, SIGN_IN_WAIT);
        assert_int_equal(attempt("anna", good, "192.0.2.10", "").outcome, SIGN_IN_DONE);
}

static void the_owner_is_not_locked_out(void **state)
{
        (void)state;
        add_complete("anna", ROLE_OWNER);
        struct signed_in mine = attempt("anna", good, "192.0.2.1", "");
        assert_int_equal(strlen(mine.device.text), SECRET_TEXT_LENGTH);
        for (int i = 0; i < ATTEMPTS_FREE_NAME + 3; i++)
                attempt("anna", other, "203.0.113.5", "");
        assert_int_equal(attempt("anna", good, "192.0.2.1", "").outcome, SIGN_IN_WAIT);
        struct signed_in again = attempt("anna", good, "192.0.2.1", mine.device.text);
        assert_int_equal(again.outcome, SIGN_IN_DONE);
        assert_string_equal(again.device.text, ""); /* it is known already */
        /* The browser of one account helps with no other. */
        add_complete("bert", ROLE_REP);
        for (int i = 0; i < ATTEMPTS_FREE_NAME; i++)
                attempt("bert", other, "203.0.113.6", "");
        assert_int_equal(attempt("bert", good, "192.0.2.1", mine.device.text).outcome, SIGN_IN_WAIT);
}

/* ---- sessions -------------------------------------------------------------------------------------------------- */

static void sessions_end_by_time(void **state)
{
        (void)state;
        add_complete("anna", ROLE_OWNER);
        struct signed_in session = attempt("anna", good, "192.0.2.1", "");
        now_ms += SESSION_IDLE_MS - 1000;
        assert_true(is_somebody(&session.token));
        /* Used just now: two hours more. */
        now_ms += SESSION_IDLE_MS - 1000;
        assert_true(is_somebody(&session.token));
        now_ms += SESSION_IDLE_MS;
        assert_false(is_somebody(&session.token));
        /* Used all the time: twelve hours in all. */
        session = attempt("anna", good, "192.0.2.1", "");
        int64_t begun_ms = now_ms;
        while (now_ms + HOUR_MS < begun_ms + SESSION_LONGEST_MS) {
                now_ms += HOUR_MS;
                assert_true(is_somebody(&session.token));
        }
        now_ms = begun_ms + SESSION_LONGEST_MS;
        assert_false(is_somebody(&session.token));
        /* What ran out is cleared away at the next sign-in. */
        attempt("anna", good, "192.0.2.1", "");
        assert_int_equal(look(fixture, "SELECT count(*) FROM session"), 1);
}

static void sessions_end_at_once(void **state)
{
        (void)state;
        int64_t id = add_complete("anna", ROLE_OWNER), before, after;
        add_complete("olga", ROLE_OWNER);
        bool alive;
        static const char *const ends[] = {"out", "one", "all", "role", "disabled", "reset"};
        for (int i = 0; i < 6; i++) {
                struct signed_in one = attempt("anna", good, "192.0.2.1", ""),
                                 two = attempt("anna", good, "192.0.2.2", "");
                struct subject subject = identify(&one.token).subject;
                assert_true(is_somebody(&two.token));
                assert_ok(session_is_alive(connection, subject.session_id, now_ms, &alive, &error));
                assert_true(alive);
                assert_ok(session_changes(connection, &before, &error));
                struct secret link;
                if (i == 0)
                        assert_ok(sign_out(fixture->database, text_of(one.token.text), &error));
                else if (i == 1)
                        assert_ok(session_end(fixture->database, id, subject.session_id, subject.actor, &error));
                else if (i == 2)
                        assert_ok(account_end_sessions(fixture->database, id, "cli", &error));
                else if (i == 3)
                        assert_ok(account_set_role(fixture->database, id, ROLE_DIRECTOR, "cli", &error));
                else if (i == 4)
                        assert_ok(account_set_disabled(fixture->database, id, true, "cli", &error));
                else
                        assert_ok(account_reset(fixture->database, id, "cli", &link, &error));
                if (is_somebody(&one.token))
                        fail_msg("a session lives on: %s", ends[i]);
                assert_int_equal(is_somebody(&two.token), i < 2);
                assert_ok(session_is_alive(connection, subject.session_id, now_ms, &alive, &error));
                assert_false(alive);
                assert_ok(session_changes(connection, &after, &error));
                assert_true(after > before);
                if (i == 4) {
                        assert_int_equal(attempt("anna", good, "192.0.2.3", "").outcome, SIGN_IN_WRONG);
                        assert_ok(account_set_disabled(fixture->database, id, false, "cli", &error));
                }
        }
        assert_int_equal(attempt("anna", good, "192.0.2.3", "").outcome, SIGN_IN_WRONG);
        int64_t entries;
        assert_ok(audit_verify(connection, &entries, &error));
        assert_int_equal(look(fixture, "SELECT count(*) FROM audit_entry WHERE kind = 'account.role_changed'"), 1);
        assert_int_equal(look(fixture, "SELECT count(*) FROM audit_entry WHERE kind = 'account.disabled'"), 1);
}

static void somebody_elses_session(void **state)
{
        (void)state;
        int64_t anna = add_complete("anna", ROLE_OWNER);
        add_complete("bert", ROLE_REP);
        struct signed_in bert = attempt("bert", good, "192.0.2.2", "");
        struct subject subject = identify(&bert.token).subject;
        assert_fails(session_end(fixture->database, anna, subject.session_id, "account:1", &error), STATUS_NOT_FOUND,
                     "access.session_unknown");
        assert_true(is_somebody(&bert.token));
        struct secret forged = bert.token;
        forged.text[3] = forged.text[3] == 'A' ? 'B' : 'A';
        assert_false(is_somebody(&forged));
        assert_false(is_somebody(&bert.device)); /* a secret of another purpose */
}

static void the_last_ones_stay(void **state)
{
        (void)state;
        int64_t anna = add_complete("anna", ROLE_ADMINISTRATOR), olga = add_complete("olga", ROLE_OWNER);
        assert_fails(account_set_disabled(fixture->database, anna, true, "cli", &error), STATUS_CONFLICT,
                     "access.last_administrator");
        assert_fails(account_set_role(fixture->database, olga, ROLE_REP, "cli", &error), STATUS_CONFLICT,
                     "access.last_owner");
        add_complete("adam", ROLE_ADMINISTRATOR);
        assert_ok(account_set_disabled(fixture->database, anna, true, "cli", &error));
        assert_fails(account_set_role(fixture->database, anna, ROLE_MAIN_CONTACT, "cli", &error), STATUS_INVALID,
                     "access.role_invalid");
}

/* ---- the own account ------------------------------------------------------------------------------------------- */

static struct own own_of(const struct subject *subject, const struct secret *token, const char *password)
{
        return (struct own){fixture->database, connection, subject, text_of(token->text), text_of(password), now_ms};
}

static void changing_the_password(void **state)
{
        (void)state;
        add_complete("anna", ROLE_OWNER);
        struct signed_in one = attempt("anna", good, "192.0.2.1", ""), two = attempt("anna", good, "192.0.2.2", "");
        struct subject subject = identify(&one.token).subject;
        struct secret token;
        now_ms += SESSION_PROVED_MS + 1000;
        struct own own = own_of(&subject, &one.token, NULL);
        assert_fails(own_change_password(&own, text_of(other), NULL, 0, &token, &error), STATUS_INVALID,
                     "access.prove_again");
        own = own_of(&subject, &one.token, "something else");
        assert_fails(own_change_password(&own, text_of(other), NULL, 0, &token, &error), STATUS_INVALID,
                     "access.password_wrong");
        own = own_of(&subject, &one.token, good);
        assert_fails(own_change_password(&own, text_of("passwort12345"), NULL, 0, &token, &error), STATUS_INVALID,
                     "access.password_common");
        assert_ok(own_change_password(&own, text_of(other), NULL, 0, &token, &error));
        assert_true(is_somebody(&token));
        assert_false(is_somebody(&one.token));
        assert_false(is_somebody(&two.token));
        assert_int_equal(attempt("anna", good, "192.0.2.1", "").outcome, SIGN_IN_WRONG);
        assert_int_equal(attempt("anna", other, "192.0.2.1", "").outcome, SIGN_IN_DONE);
        /* Within ten minutes it need not be given again; and guesses are held back here, too. */
        own = own_of(&subject, &token, NULL);
        assert_ok(own_change_email(&own, text_of("anna@muster.example"), &token, &error));
        own = own_of(&subject, &token, "wrong guess");
        for (int i = 0; i < ATTEMPTS_FREE_CODE; i++)
                assert_fails(own_prove(&own, &token, &error), STATUS_INVALID, "access.password_wrong");
        assert_fails(own_prove(&own, &token, &error), STATUS_BUSY, "access.wait");
}

static void take_second_factor(const char *login, uint8_t secret[TOTP_SECRET_BYTES], struct recovery_codes *codes)
{
        struct signed_in session = attempt(login, good, "192.0.2.1", "");
        struct subject subject = identify(&session.token).subject;
        struct own own = own_of(&subject, &session.token, NULL);
        struct own_state own_state;
        struct secret token;
        char code[TOTP_DIGITS + 1];
        assert_ok(own_totp_begin(&own, secret, &token, &error));
        assert_ok(own_state_load(connection, subject.account_id, text_of("PartnerKreis"), arena, &own_state, &error));
        assert_int_equal(own_state.totp_pending_base32.length, 32);
        assert_false(own_state.account.has_totp);
        own = own_of(&subject, &token, NULL);
        assert_fails(own_totp_confirm(&own, text_of("000000"), codes, &token, &error), STATUS_INVALID,
                     "access.code_wrong");
        totp_code((struct bytes){secret, TOTP_SECRET_BYTES}, now_ms / 30000, code);
        assert_ok(own_totp_confirm(&own, text_of(code), codes, &token, &error));
        assert_ok(own_state_load(connection, subject.account_id, text_of("PartnerKreis"), arena, &own_state, &error));
        assert_true(own_state.account.has_totp && own_state.recovery_codes_left == RECOVERY_CODES);
}

static struct signed_in give_code(const struct secret *token, const char *code)
{
        struct visitor visitor = visitor_from("192.0.2.1", "");
        struct signed_in result;
        assert_ok(sign_in_code(fixture->database, text_of(token->text), text_of(code), &visitor, &result, &error));
        return result;
}

static void second_factor(void **state)
{
        (void)state;
        uint8_t secret[TOTP_SECRET_BYTES];
        struct bytes bytes = {secret, sizeof(secret)};
        struct recovery_codes codes;
        char code[TOTP_DIGITS + 1];
        bool waits;
        add_complete("anna", ROLE_OWNER);
        take_second_factor("anna", secret, &codes);
        struct signed_in half = attempt("anna", good, "192.0.2.1", "");
        assert_int_equal(half.outcome, SIGN_IN_CODE);
        assert_false(is_somebody(&half.token));
        assert_ok(sign_in_waits(connection, text_of(half.token.text), now_ms, &waits, &error));
        assert_true(waits);
        /* The code that put it in force is used up. */
        totp_code(bytes, now_ms / 30000, code);
        assert_int_equal(give_code(&half.token, code).outcome, SIGN_IN_WRONG);
        now_ms += 30000;
        totp_code(bytes, now_ms / 30000, code);
        struct signed_in whole = give_code(&half.token, code);
        assert_int_equal(whole.outcome, SIGN_IN_DONE);
        assert_string_not_equal(whole.token.text, half.token.text);
        assert_true(is_somebody(&whole.token));
        assert_false(is_somebody(&half.token));
        /* The same code once more, and one of before: no. A recovery code, once, in capitals or not. */
        half = attempt("anna", good, "192.0.2.1", "");
        assert_int_equal(give_code(&half.token, code).outcome, SIGN_IN_WRONG);
        codes.codes[3][0] = (char)(codes.codes[3][0] >= 'a' ? codes.codes[3][0] - 'a' + 'A' : codes.codes[3][0]);
        assert_int_equal(give_code(&half.token, codes.codes[3]).outcome, SIGN_IN_DONE);
        half = attempt("anna", good, "192.0.2.1", "");
        assert_int_equal(give_code(&half.token, codes.codes[3]).outcome, SIGN_IN_WRONG);
        assert_int_equal(give_code(&half.token, codes.codes[4]).outcome, SIGN_IN_DONE);
        assert_int_equal(look(fixture, "SELECT count(*) FROM recovery_code"), RECOVERY_CODES - 2);
        /* Guessing codes is held back, for all half sessions together. */
        for (int i = 0; i < ATTEMPTS_FREE_CODE; i++) {
                half = attempt("anna", good, "192.0.2.1", "");
                assert_int_equal(give_code(&half.token, "123").outcome, SIGN_IN_WRONG);
        }
        half = attempt("anna", good, "192.0.2.1", "");
        assert_int_equal(give_code(&half.token, codes.codes[5]).outcome, SIGN_IN_WAIT);
        /* Five minutes are left for it. */
        now_ms += SIGN_IN_CODE_MS;
        assert_int_equal(give_code(&half.token, codes.codes[5]).outcome, SIGN_IN_WRONG);
}

/* ---- whose customers ------------------------------------------------------------------------------------------- */

static void assert_names(const char *login, enum scope_kind kind, int32_t day, const char *expected)
{
        struct signed_in session = attempt(login, good, "192.0.2.1", "");
        struct identity identity;
        struct buffer names buffer_cleanup;
        buffer_init(&names, 4096);
        assert_ok(access_identify(fixture->database, connection, text_of(session.token.text), now_ms, day, arena,
                                  &identity, &error));
        const struct scope *scope = &identity.subject.scope;
        assert_int_equal(scope->kind, kind);
        for (size_t i = 0; i < scope->responsible_count; i++)
                buffer_addf(&names, "%s%.*s", i ? "|" : "", (int)scope->responsibles[i].length,
                            scope->responsibles[i].data);
        assert_string_equal(names.data, expected);
}

static void set_names(int64_t id, const char *first, const char *second, int64_t member)
{
        struct text names[2] = {text_of(first), text_of(second)};
        struct account_scope scope = {names, second ? 2 : first ? 1 : 0, &member, member ? 1 : 0};
        assert_ok(account_set_scope(fixture->database, id, &scope, "cli", &error));
}

/* requirements, section 7 (36): a rep sees the own region, a sales head the team, the owner all. */
static void scopes(void **state)
{
        (void)state;
        int64_t rep = add_complete("rep", ROLE_REP), second = add_complete("rep2", ROLE_REP),
                head = add_complete("head", ROLE_SALES_HEAD);
        add_complete("owner", ROLE_OWNER);
        add_complete("marketing", ROLE_MARKETING);
        add_complete("director", ROLE_DIRECTOR);
        add_complete("administrator", ROLE_ADMINISTRATOR);
        assert_names("owner", SCOPE_ALL, TODAY, "");
        assert_names("marketing", SCOPE_ALL, TODAY, "");
        assert_names("director", SCOPE_ALL, TODAY, "");
        assert_names("administrator", SCOPE_NONE, TODAY, "");
        assert_names("rep", SCOPE_OWN, TODAY, "");
        set_names(rep, "Müller", "Gebiet Nord", 0);
        set_names(second, "Schmidt", NULL, 0);
        set_names(head, "Kraus", NULL, rep);
        /* Folded as search text is: umlauts both ways. */
        assert_names("rep", SCOPE_OWN, TODAY, "gebiet nord|mueller muller");
        assert_names("head", SCOPE_TEAM, TODAY, "gebiet nord|kraus|mueller muller");
        /* A deputy, from the first to the last day. */
        assert_ok(account_set_deputy(fixture->database, rep, second, TODAY, TODAY + 6, "cli", &error));
        assert_names("rep2", SCOPE_OWN, TODAY - 1, "schmidt");
        assert_names("rep2", SCOPE_OWN, TODAY, "gebiet nord|mueller muller|schmidt");
        assert_names("rep2", SCOPE_OWN, TODAY + 6, "gebiet nord|mueller muller|schmidt");
        assert_names("rep2", SCOPE_OWN, TODAY + 7, "schmidt");
        assert_fails(account_set_deputy(fixture->database, rep, rep, TODAY, TODAY, "cli", &error), STATUS_INVALID,
                     "access.deputy_self");
        assert_fails(account_set_deputy(fixture->database, rep, second, TODAY, TODAY - 1, "cli", &error),
                     STATUS_INVALID, "access.deputy_days");
        /* Who is no head any more has no team. */
        assert_ok(account_set_role(fixture->database, head, ROLE_REP, "cli", &error));
        assert_names("head", SCOPE_OWN, TODAY, "kraus");
}

/* ---- contacts -------------------------------------------------------------------------------------------------- */

static struct secret invite(int64_t customer_id, const char *email, enum role role)
{
        struct invitation invitation = {customer_id, 0, text_of(email), text_of("Karin Kundin"), role,
                                        LANGUAGE_GERMAN, "cli"};
        struct secret link;
        int64_t id;
        assert_ok(company_invite(fixture->database, &invitation, &id, &link, &error));
        return link;
}

static void contacts_of_companies(void **state)
{
        (void)state;
        enum { ONE = 1001, TWO = 1002 };
        struct visitor visitor = visitor_from("192.0.2.1", "");
        struct signed_in session;
        struct secret first = invite(ONE, "Karin@Kunde.example", ROLE_MAIN_CONTACT), second, token;
        session = choose(&first, good);
        struct subject subject = identify(&session.token).subject;
        assert_int_equal(subject.role, ROLE_MAIN_CONTACT);
        assert_true(subject.scope.kind == SCOPE_COMPANY && subject.scope.customer_id == ONE);
        /* A second company: another role there; the session switches and gets another token. */
        assert_fails(company_switch(fixture->database, &subject, TWO, &token, &error), STATUS_NOT_FOUND,
                     "access.no_access");
        second = invite(TWO, "karin@kunde.example", ROLE_CONTACT);
        assert_ok(link_use(fixture->database, text_of(second.text), &visitor, &session, &error));
        subject = identify(&session.token).subject;
        assert_int_equal(subject.role, ROLE_CONTACT);
        assert_int_equal(subject.scope.customer_id, TWO);
        assert_ok(company_switch(fixture->database, &subject, ONE, &token, &error));
        assert_false(is_somebody(&session.token));
        subject = identify(&token).subject;
        assert_true(subject.role == ROLE_MAIN_CONTACT && subject.scope.customer_id == ONE);
        struct company *companies;
        size_t count;
        assert_ok(company_list(connection, subject.account_id, arena, &companies, &count, &error));
        assert_int_equal(count, 2);
        /* The last main contact stays as long as the company itself decides; staff may. */
        assert_fails(company_remove(fixture->database, ONE, subject.account_id, true, subject.actor, &error),
                     STATUS_CONFLICT, "access.last_main_contact");
        assert_fails(company_set_role(fixture->database, ONE, subject.account_id, ROLE_CONTACT, true, subject.actor,
                                      &error),
                     STATUS_CONFLICT, "access.last_main_contact");
        assert_ok(company_remove(fixture->database, ONE, subject.account_id, false, "cli", &error));
        assert_false(is_somebody(&token));
        assert_fails(company_remove(fixture->database, ONE, subject.account_id, false, "cli", &error),
                     STATUS_NOT_FOUND, "access.no_access");
        /* What is left is the other company; without any, nobody signs in. */
        session = attempt("karin@kunde.example", good, "192.0.2.1", "");
        assert_int_equal(identify(&session.token).subject.scope.customer_id, TWO);
        assert_ok(company_remove(fixture->database, TWO, subject.account_id, false, "cli", &error));
        assert_false(is_somebody(&session.token));
        assert_int_equal(attempt("karin@kunde.example", good, "192.0.2.1", "").outcome, SIGN_IN_WRONG);
}

static void invitations(void **state)
{
        (void)state;
        enum { ONE = 1001 };
        struct company_person *people;
        size_t count;
        int64_t id;
        struct secret link = invite(ONE, "karin@kunde.example", ROLE_CONTACT), again, unused;
        struct visitor visitor = visitor_from("192.0.2.1", "");
        struct signed_in session;
        assert_ok(company_people(connection, ONE, now_ms, arena, &people, &count, &error));
        assert_true(count == 1 && people[0].invited);
        /* Invited again: the older link is worth nothing. */
        again = invite(ONE, "karin@kunde.example", ROLE_MAIN_CONTACT);
        assert_fails(link_use(fixture->database, text_of(link.text), &visitor, &session, &error), STATUS_NOT_FOUND,
                     "access.link_unknown");
        assert_ok(link_use(fixture->database, text_of(again.text), &visitor, &session, &error));
        assert_int_equal(identify(&session.token).subject.role, ROLE_MAIN_CONTACT);
        struct invitation invitation = {ONE, 0, text_of("karin@kunde.example"), text_of("K"), ROLE_CONTACT,
                                        LANGUAGE_GERMAN, "cli"};
        assert_fails(company_invite(fixture->database, &invitation, &id, &unused, &error), STATUS_CONFLICT,
                     "access.has_access");
        static const char *const wrong[] = {"", "karin", "@x.de", "a@b", "a b@x.de", "a@x.de\r\nBcc: b@x.de", "a@@x.de",
                                            "<a@x.de>", "a@.x.de", "a@x.de."};
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
                invitation.email = text_of(wrong[i]);
                assert_fails(company_invite(fixture->database, &invitation, &id, &unused, &error), STATUS_INVALID,
                             "access.email_invalid");
        }
        /* An address one of the staff signs in with is not a contact's. */
        add_complete("anna@muster.example", ROLE_OWNER);
        invitation.email = text_of("anna@muster.example");
        assert_fails(company_invite(fixture->database, &invitation, &id, &unused, &error), STATUS_CONFLICT,
                     "access.login_taken");
        /* Taken back before it was accepted. */
        link = invite(ONE, "konrad@kunde.example", ROLE_CONTACT);
        assert_ok(company_people(connection, ONE, now_ms, arena, &people, &count, &error));
        assert_int_equal(count, 2);
        assert_ok(company_remove(fixture->database, ONE, people[1].account_id, true, "cli", &error));
        assert_fails(link_use(fixture->database, text_of(link.text), &visitor, &session, &error), STATUS_NOT_FOUND,
                     "access.link_unknown");
}

static void links_by_mail(void **state)
{
        (void)state;
        enum { ONE = 1001 };
        struct mail_link mail;
        struct signed_in session;
        struct secret link = invite(ONE, "karin@kunde.example", ROLE_CONTACT);
        struct visitor visitor = visitor_from("192.0.2.1", "");
        assert_ok(link_use(fixture->database, text_of(link.text), &visitor, &session, &error));
        assert_ok(sign_in_mail(fixture->database, text_of("KARIN@kunde.example"), &visitor, arena, &mail, &error));
        assert_true(mail.link.text[0] && !mail.is_password);
        assert_true(text_is(mail.email, "karin@kunde.example"));
        /* Ten minutes, once. */
        struct visitor late = visitor;
        late.now_ms += SIGN_IN_LINK_MS;
        assert_fails(link_use(fixture->database, text_of(mail.link.text), &late, &session, &error), STATUS_NOT_FOUND,
                     "access.link_unknown");
        assert_ok(link_use(fixture->database, text_of(mail.link.text), &visitor, &session, &error));
        assert_true(is_somebody(&session.token));
        assert_fails(link_use(fixture->database, text_of(mail.link.text), &visitor, &session, &error),
                     STATUS_NOT_FOUND, "access.link_unknown");
        /* Nobody, and somebody of the staff; the link of staff does not get past the second factor. */
        assert_ok(sign_in_mail(fixture->database, text_of("nobody@kunde.example"), &visitor, arena, &mail, &error));
        assert_true(!mail.link.text[0] && mail.wait_ms == 0);
        uint8_t secret[TOTP_SECRET_BYTES];
        struct recovery_codes codes;
        add_complete("anna", ROLE_OWNER);
        take_second_factor("anna", secret, &codes);
        assert_ok(sign_in_mail(fixture->database, text_of("anna"), &visitor, arena, &mail, &error));
        assert_true(mail.is_password);
        assert_int_equal(choose(&mail.link, other).outcome, SIGN_IN_CODE);
        for (int i = 0; i < ATTEMPTS_FREE_MAIL; i++)
                assert_ok(sign_in_mail(fixture->database, text_of("karin@kunde.example"), &visitor, arena, &mail,
                                       &error));
        assert_ok(sign_in_mail(fixture->database, text_of("karin@kunde.example"), &visitor, arena, &mail, &error));
        assert_true(mail.wait_ms > 0 && !mail.link.text[0]);
}

/* ---- programs -------------------------------------------------------------------------------------------------- */

static void keys_of_programs(void **state)
{
        (void)state;
        struct identity identity;
        struct secret key, unused;
        struct api_key *keys;
        size_t count;
        int64_t id;
        assert_ok(api_key_add(fixture->database, text_of("ERP"), ROLE_MARKETING, 30, "cli", &id, &key, &error));
        assert_fails(api_key_add(fixture->database, text_of("ERP"), ROLE_OWNER, 30, "cli", &id, &unused, &error),
                     STATUS_CONFLICT, "access.key_taken");
        assert_fails(api_key_add(fixture->database, text_of("x"), ROLE_REP, 30, "cli", &id, &unused, &error),
                     STATUS_INVALID, "access.key_role");
        assert_fails(api_key_add(fixture->database, text_of("x"), ROLE_OWNER, 0, "cli", &id, &unused, &error),
                     STATUS_INVALID, "access.key_days");
        assert_ok(access_identify_key(fixture->database, connection, text_of(key.text), now_ms, arena, &identity,
                                      &error));
        assert_true(identity.subject.role == ROLE_MARKETING && identity.subject.scope.kind == SCOPE_ALL);
        assert_ok(access_identify_key(fixture->database, connection, text_of(key.text),
                                      now_ms + INT64_C(31) * 24 * HOUR_MS, arena, &identity, &error));
        assert_int_equal(identity.subject.role, ROLE_NOBODY);
        /* A key is no session. */
        assert_false(is_somebody(&key));
        assert_ok(api_key_list(connection, arena, &keys, &count, &error));
        assert_true(count == 1 && keys[0].used_ms > 0);
        assert_ok(api_key_remove(fixture->database, keys[0].id, "cli", &error));
        assert_fails(api_key_remove(fixture->database, keys[0].id, "cli", &error), STATUS_NOT_FOUND,
                     "access.key_unknown");
        assert_ok(access_identify_key(fixture->database, connection, text_of(key.text), now_ms, arena, &identity,
                                      &error));
        assert_int_equal(identity.subject.role, ROLE_NOBODY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(first_link), TEST(links_run_out), TEST(a_password_kept_at_a_lower_cost_is_kept_anew),
                TEST(names_that_exist_and_others_are_answered_alike), TEST(waiting_grows),
                TEST(many_names_from_one_address), TEST(the_owner_is_not_locked_out), TEST(sessions_end_by_time),
                TEST(sessions_end_at_once), TEST(somebody_elses_session), TEST(the_last_ones_stay),
                TEST(changing_the_password), TEST(second_factor), TEST(scopes), TEST(contacts_of_companies),
                TEST(invitations), TEST(links_by_mail), TEST(keys_of_programs),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
