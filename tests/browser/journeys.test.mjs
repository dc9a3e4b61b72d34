// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The day of each role with the demo company, from the question somebody comes with to the answer on the page: numbers and
// reasons, in German and English, reps and contacts on a phone. docs/internals/journeys.md says which task is played where.
// R-001 (from a task to the customer and back), R-032 (one segment for everybody), R-118 (a visit), X-01 (who sees what),
// X-02 (both languages).
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { close, open, reader } from './browser.mjs';
import { Treue } from './treue.mjs';

const LANGUAGES = ['de', 'en'];
const STAFF = [
        ['owner', 'owner', 'Olga Wagner'], ['marketing', 'marketing', 'Mara Lang'], ['director', 'director', 'Karl Brandt'],
        ['rep', 'rep', 'Erik Esser', '--responsible', 'ad-esser'], ['head', 'sales_head', 'Uwe Bauer', '--responsible', 'ad-esser'],
        ['admin', 'administrator', 'Tom Weiß'],
];
const PHONE = 360;
const PATIENCE = { timeout: 60000 };
let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        // One account for each language, as an account has its own.
        for (const language of LANGUAGES)
                for (const [login, role, name, ...options] of STAFF)
                        await treue.user(`${login}-${language}`, role, name, '--language', language, ...options);
        await treue.serve();
});
after(async () => {
        await close();
        await treue.stop();
});

async function as(login, language, width = 1280) {
        const page = await reader(treue.base, { language, width });
        await treue.enter(page, `${login}-${language}`);
        page.complaints.length = 0; // before the account's language was known
        return page;
}

// What stands there, blanks of any kind as one.
async function said(locator) {
        return (await locator.innerText()).replace(/\s+/g, ' ');
}

async function leave(...pages) {
        for (const page of pages) {
                assert.deepEqual(page.complaints, []);
                await page.context().close();
        }
}

// The page of a customer, by its number.
async function find(page, number) {
        await page.goto(`/customers?q=${number}`);
        await page.locator('tbody td[data-column="name"] a').first().click();
        await page.waitForURL(/\/customers\/\d+$/);
        return new URL(page.url()).pathname;
}

// What differs between the languages.
const WORDS = {
        de: {
                today: /Heute/, grace: 'in Bewährung bis 30. Jun 2026', shortfall: /98\.407,59 € von 120\.000 €/, missed: 'nicht erfüllt',
                planned: /12\. Feb 2026/, amount: '30.000,00', rest: /wir 40,0 % · Falkenluft 25,0 %.*übrige 29,2 %/,
                approved: 'genehmigt', logged: 'Ausnahme genehmigt', all: '420 Kunden und 180 Interessenten', share: '48,4 %', kept: '100,0 %',
                enough: /80\.240,35 € von 72\.000 €/, missing: /4 von 5 noch 1 Warengruppe/,
        },
        en: {
                today: /Today/, grace: '30 Jun 2026', shortfall: /€98,407\.59 of €120,000/, missed: 'not met',
                planned: /12 Feb 2026/, amount: '30,000.00', rest: /we 40\.0% · Falkenluft 25\.0%.*others 29\.2%/,
                approved: 'approved', logged: 'Override approved', all: '420 customers and 180 prospects', share: '48.4%', kept: '100.0%',
                enough: /€80,240\.35 of €72,000/, missing: /4 of 5 1 more product group/,
        },
};

for (const language of LANGUAGES) {
        const words = WORDS[language];

        test(`a rep's day on a phone, ${language}: what is due, why, a visit planned, reported, the share updated`, async () => {
                const page = await as('rep', language, PHONE);
                await page.goto('/');
                const main = page.locator('main');
                assert.match(await said(page.locator('h1')), words.today);
                // Who is in grace, and from there why.
                await main.locator('a[data-row]', { hasText: 'Energietechnik Mühlbauer GmbH' }).first().click();
                await page.waitForURL(/\/customers\/\d+$/);
                const address = new URL(page.url()).pathname;
                assert.ok((await said(page.locator('.page-name'))).includes(words.grace));
                const revenue = page.locator('.criterion').first();
                assert.match(await said(revenue), words.shortfall);
                assert.ok((await said(revenue)).includes(words.missed));
                // A visit: planned in the dossier, found among the planned ones, reported from there.
                await page.locator(`a[href="${address}/visits/plan"]`).first().click();
                await page.fill('#field-date', '2026-02-12');
                await page.fill('#field-topics', `Halteschwelle ${language}`);
                await page.locator('main form[data-draft] button.btn-primary').click();
                await page.waitForURL(`**${address}`);
                await page.goto('/visits');
                const planned = page.locator('section', { has: page.locator('#visits-planned') });
                const mine = planned.locator('li', { hasText: `Halteschwelle ${language}` });
                assert.match(await said(mine), words.planned);
                await mine.locator('a.btn').click();
                await page.fill('#field-date', '2026-02-10');
                await page.fill('#field-topics', `Umsatz besprochen ${language}`);
                await page.fill('#field-next_step', 'Angebot Wärmepumpen');
                await page.locator('main form[data-draft] button.btn-primary').click();
                await page.waitForURL(`**${address}`);
                assert.ok((await said(page.locator('.timeline-list').first())).includes(`Umsatz besprochen ${language}`));
                await page.goto('/visits');
                assert.equal(await planned.locator('li', { hasText: `Halteschwelle ${language}` }).count(), 0, 'planned no longer');
                // What the customer buys elsewhere: shares above 100 are refused and stay typed; then the rest is computed.
                await page.goto(`${address}/potentials?group=WP`);
                await page.fill('#field-amount', words.amount);
                await page.fill('#field-date', '2026-02-10');
                await page.fill('#field-own', '80');
                await page.locator('[name^="competitor"]').first().fill('Falkenluft');
                const share = page.locator('main form[data-draft] .fields', { has: page.locator('[name^="competitor"]') }).first()
                        .locator('input').nth(1);
                await share.fill('25');
                await page.locator('main form[data-draft] button.btn-primary').click();
                await page.locator('.field-error').first().waitFor();
                assert.equal(await page.inputValue('#field-own'), '80', 'what was typed stays');
                page.complaints.length = 0; // the browser notes the 422
                await page.fill('#field-own', '40');
                await page.fill('#field-other', '');
                await page.locator('main form[data-draft] button.btn-primary').click();
                await page.waitForURL(`**${address}`);
                await page.goto(`${address}/potentials`);
                assert.match(await said(page.locator('section', { has: page.locator('#potentials-all') })), words.rest);
                await leave(page);
        });

        test(`an exception, ${language}: a rep asks with a reason, the head decides, the rep and the audit know it`, async () => {
                const number = language === 'de' ? '10241' : '10147';
                const rep = await as('rep', language, PHONE);
                await find(rep, number);
                await rep.locator('.actions a[href^="/overrides"]').first().click();
                if (!await rep.inputValue('#field-customer'))
                        await rep.fill('#field-customer', number);
                await rep.selectOption('#field-segment', 'B');
                await rep.fill('#field-valid_to', '2026-12-31');
                await rep.fill('#field-reason', `Neues Lager ${language}`);
                await rep.locator('form[action="/overrides"] button').click();
                await rep.locator('tbody tr', { hasText: `Neues Lager ${language}` }).waitFor();
                const head = await as('head', language);
                await head.goto('/overrides');
                const row = head.locator('tbody tr', { hasText: `Neues Lager ${language}` });
                await row.locator('input[name="reason"]').fill('geprüft');
                await row.locator('button[value="approve"]').click();
                await head.locator('tbody tr', { hasText: 'geprüft' }).first().waitFor();
                await rep.goto('/overrides');
                const answer = await said(rep.locator('tbody tr', { hasText: `Neues Lager ${language}` }));
                assert.ok(answer.includes(words.approved) && answer.includes('geprüft'), answer);
                const director = await as('director', language);
                await director.goto('/audit');
                const logged = await said(director.locator('tbody tr', { hasText: words.logged }).first());
                assert.ok(logged.includes(STAFF.find(([login]) => login === 'head')[2]) && logged.includes('geprüft'), logged);
                await leave(rep, head, director);
        });

        test(`a rep and a head see their own customers, the owner all, ${language} (X-01)`, async () => {
                const shown = {};
                for (const login of ['rep', 'head', 'owner', 'director']) {
                        const page = await as(login, language);
                        await page.goto('/ladder');
                        shown[login] = await said(page.locator('.page-name'));
                        await leave(page);
                }
                assert.ok(shown.owner.includes(words.all), shown.owner);
                assert.equal(shown.director, shown.owner);
                assert.equal(shown.rep, shown.head);
                assert.notEqual(shown.rep, shown.owner);
        });

        test(`a managing director, ${language}: what the segments bring, who moved, who stayed, and a list as a file`, async () => {
                const page = await as('director', language);
                await page.goto('/ladder');
                assert.ok((await said(page.locator('.rung').first())).includes(words.share));
                const rungs = await page.locator('.rung .rung-number b').evaluateAll((all) => all.map((one) => one.textContent));
                assert.equal(rungs[0], '42');
                await page.goto('/analysis');
                assert.ok((await said(page.locator('section', { has: page.locator('#analysis-retention') }))).includes(words.kept));
                await page.goto('/customers?filter=segment:A');
                const download = page.waitForEvent('download');
                await page.locator('a[href*=".csv"]').first().click();
                assert.match((await download).suggestedFilename(), /\.csv$/);
                await page.goto('/overrides');
                assert.equal(await page.locator('form[action="/overrides"]').count(), 0, 'a director decides, but asks for nothing');
                await leave(page);
        });

        test(`the owner, ${language}: a changed concept is a draft that changes nothing, is compared and played through`, async () => {
                const page = await as('owner', language);
                await page.goto('/concepts/partnerkreis/1');
                const document = await page.locator('pre.document').textContent();
                assert.match(document, /at_least: 40000, keep: 36000/);
                const [limit, keep] = language === 'de' ? [30000, 27000] : [32000, 28800];
                const file = path.join(process.env.TREUE_BROWSER_FOLDER, `concept-${language}.yaml`);
                await writeFile(file, document.replace('at_least: 40000, keep: 36000', `at_least: ${limit}, keep: ${keep}`));
                await page.goto('/concepts');
                await page.setInputFiles('input[type="file"]', file);
                await page.locator('form[enctype="multipart/form-data"] button').click();
                await page.waitForLoadState('load');
                const version = language === 'de' ? 2 : 3;
                assert.equal((await page.goto(`/concepts/partnerkreis/${version}`)).status(), 200);
                const changes = await said(page.locator('section', { has: page.locator('#concept-changes') }));
                assert.match(changes.replace(/[^0-9a-zA-Z]/g, ''), new RegExp(String(limit)));
                await page.locator('form[action$="/simulate"] button').click();
                await page.waitForSelector('#simulation-matrix', PATIENCE);
                const moves = await page.locator('section', { has: page.locator('#simulation-moves') }).locator('tbody tr').count();
                assert.ok(moves > 0, 'a lower threshold moves somebody');
                await page.goto('/ladder');
                assert.ok((await said(page.locator('.page-name'))).includes(words.all));
                assert.match(await said(page.locator('.page-name')), /v1/);
                await leave(page);
        });

        test(`an appeal that comes too late, ${language}: the owner is told until when it was possible`, async () => {
                const page = await as('owner', language);
                await page.goto('/appeals');
                await page.fill('#field-customer', '10314');
                await page.selectOption('#field-run', '3');
                await page.fill('#field-reason', 'Zwei Rechnungen fehlen');
                await page.fill('#field-filed_by', 'Silke Gärtner');
                await page.locator('form[action="/appeals"] button').click();
                await page.locator('main a.btn-primary').waitFor();
                assert.ok((await said(page.locator('main'))).includes(language === 'de' ? '29.01.2026' : '29 Jan 2026'));
                page.complaints.length = 0; // the browser notes the 409
                await page.goto('/appeals');
                assert.equal(await page.locator('tbody tr').count(), 0);
                await leave(page);
        });

        test(`marketing, ${language}: a contact is added, who is one step away is kept as a view`, async () => {
                const page = await as('marketing', language);
                const address = await find(page, language === 'de' ? '10006' : '10342');
                await page.locator(`a[href="${address}/contacts/new"]`).first().click();
                await page.fill('#field-name', `Nora Neu ${language}`);
                await page.locator('main form[data-draft] button.btn-primary').click();
                await page.waitForURL(`**${address}`);
                assert.ok((await said(page.locator('section', { has: page.locator('#customer-contacts') }))).includes(`Nora Neu ${language}`));
                await page.goto('/customers?filter=missing:..1&sort=-revenue');
                await page.locator('form[action="/views"] [name="name"]').evaluate((field) => field.closest('details')?.setAttribute('open', ''));
                await page.fill('form[action="/views"] [name="name"]', `Fast oben ${language}`);
                await page.locator('form[action="/views"] button').first().click();
                await page.waitForLoadState('load');
                await page.goto('/customers');
                const kept = page.locator('main a', { hasText: `Fast oben ${language}` }).first();
                await page.goto(await kept.getAttribute('href'));
                assert.ok((await said(page.locator('tbody tr').first())).includes('10248'), 'the one with the highest revenue in front');
                await leave(page);
        });

        test(`an administrator, ${language}: an account is closed, and whoever was signed in is out`, async () => {
                const admin = await as('admin', language);
                await admin.goto('/users/new');
                await admin.fill('#name', `Kurt Kurz ${language}`);
                await admin.fill('#login', `kurz-${language}`);
                await admin.selectOption('#role', 'marketing');
                await admin.locator('main form button.btn-primary').click();
                treue.links.set(`kurz-${language}`, /\/link\/[A-Za-z0-9_-]{27}/.exec(await admin.locator('main code').textContent())[0]);
                const kurt = await as('kurz', language);
                await kurt.goto('/ladder');
                assert.equal(new URL(kurt.url()).pathname, '/ladder');
                await admin.goto('/users');
                await admin.locator('main table a', { hasText: `Kurt Kurz ${language}` }).click();
                await admin.locator('form[action$="/disable"] button').click();
                await admin.locator('form[action$="/enable"]').waitFor();
                await kurt.goto('/ladder');
                assert.equal(new URL(kurt.url()).pathname, '/sign-in');
                assert.equal((await admin.goto('/customers')).status(), 403, 'an administrator sees no customers');
                admin.complaints.length = 0; // the browser notes the 403
                await leave(admin, kurt);
        });

        test(`contacts on a phone, ${language}: where we stand, why, what is missing, who helps; a colleague is let in`, async () => {
                const rep = await as('rep', language);
                const address = await find(rep, '10388');
                const main = `main-${language}@kunde.example`;
                await rep.goto(`${address}/access`);
                await rep.fill('#name', 'Karin Kundin');
                await rep.fill('#email', main);
                await rep.selectOption('#role', 'main_contact');
                await rep.selectOption('#language', language);
                await rep.locator('main form button.btn-primary').click();
                treue.links.set(main, /\/link\/[A-Za-z0-9_-]{27}/.exec(await rep.locator('main code').textContent())[0]);
                const karin = await reader(treue.base, { language, width: PHONE });
                await treue.signIn(karin, main);
                await karin.goto('/portal');
                const shown = await said(karin.locator('main'));
                assert.match(shown, /PartnerKreis Premium/);
                assert.match(shown, language === 'de' ? /PartnerKreis Exzellenz/ : /PartnerKreis Excellence/);
                assert.match(shown, words.enough);
                assert.match(shown, words.missing);
                // Nothing that is only the company's own: competitors, potentials, keys of the concept.
                for (const inside of ['Falkenluft', 'Brisanta', 'joint_marketing', 'specialist', '54'])
                        assert.ok(!shown.includes(inside), inside);
                await karin.goto('/portal/colleagues');
                const colleague = `kollege-${language}@kunde.example`;
                await karin.fill('#name', 'Kai Kollege');
                await karin.fill('#email', colleague);
                await karin.selectOption('#role', 'contact');
                await karin.selectOption('#language', language);
                await karin.locator('main form button.btn-primary').click();
                treue.links.set(colleague, /\/link\/[A-Za-z0-9_-]{27}/.exec(await karin.locator('main code').textContent())[0]);
                const kai = await reader(treue.base, { language, width: PHONE });
                await treue.signIn(kai, colleague);
                await kai.goto('/portal');
                assert.equal(await said(kai.locator('main')), shown, 'colleagues see the same');
                assert.equal(await kai.locator('a[href="/portal/colleagues"]').count(), 0, 'only a main contact lets others in');
                assert.equal((await kai.goto('/portal/colleagues')).status(), 404);
                assert.ok([403, 404].includes((await kai.goto(address)).status()), 'pages of the staff are closed');
                kai.complaints.length = 0; // the browser notes the 404
                await karin.goto('/portal/colleagues');
                await karin.locator('li', { hasText: 'Kai Kollege' }).locator('form[action$="/remove"] button').click();
                await kai.goto('/portal');
                assert.equal(new URL(kai.url()).pathname, '/sign-in', 'access that was taken away ends at once');
                kai.complaints.length = 0;
                await leave(rep, karin, kai);
        });
}
