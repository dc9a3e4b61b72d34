// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The portal's first page, in German and English: at 1280 x 800 the group and the next step stand there without scrolling,
// and nothing that is empty (R-101 in part: what the group gets comes with the services); what is missing is told with its
// amount and until when it counts (R-066 in part), also where one of several would do, and for a status at risk; the people
// by name and by what they are to the company.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, close, LOOKS, open, reader, speak } from './browser.mjs';
import { Treue } from './treue.mjs';

// Customers of the demo company: one product group short of A; one of two more would do; A, but below what keeps it.
const STEP = '10388', CHOICE = '10248', GRACE = '10314';
const WORDS = {
        de: {
                premium: 'Sie sind PartnerKreis Premium', excellence: 'Sie sind PartnerKreis Exzellenz',
                until: 'gültig bis 31. Jul 2026', steps: 'Noch 1 Schritt bis 30.06.2026', cutoff: 'Stichtag 31. Dez 2025',
                way: 'Ihr Weg zu PartnerKreis Exzellenz', keep: 'So behalten Sie PartnerKreis Exzellenz',
                groups: ['Warengruppen', '4 von 5', 'noch 1 Warengruppe'],
                some: 'außerdem mindestens 2 von 4',
                choices: [['Anteil Ihrer Einkäufe bei uns', 'noch nicht erreicht', null],
                        ['Umsatzwachstum', '-1,8 % von 3,0 %', 'noch 4,8 Prozentpunkte Umsatzwachstum'],
                        ['Aktivitäten: gemeinsames Marketing', '1 von 2', 'noch 1 Aktivität (gemeinsames Marketing)']],
                revenue: ['Umsatz', '98.407,59 € von 108.000 €', 'noch 9.593 € Umsatz'],
                rep: 'Erik Esser Ihr Kontakt im Außendienst',
        },
        en: {
                premium: 'You are PartnerKreis Premium', excellence: 'You are PartnerKreis Excellence',
                until: 'valid until 31 Jul 2026', steps: '1 step to go by 30 Jun 2026', cutoff: 'Cut-off 31 Dec 2025',
                way: 'Your way to PartnerKreis Excellence', keep: 'How to keep PartnerKreis Excellence',
                groups: ['Product groups', '4 of 5', '1 more product group'],
                some: 'besides, at least 2 of 4',
                choices: [['Share of your purchases with us', 'not reached yet', null],
                        ['Revenue growth', '-1.8% of 3.0%', '4.8 percentage points more revenue growth'],
                        ['Activities: joint marketing', '1 of 2', '1 more activity (joint marketing)']],
                revenue: ['Revenue', '€98,407.59 of €108,000', '€9,593 more revenue'],
                rep: 'Erik Esser your contact in sales',
        },
};
let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        await treue.user('leitung', 'owner', 'Olga Wagner');
        await treue.user('esser', 'rep', 'Erik Esser', '--responsible', 'ad-esser');
        await treue.serve();
        for (const language of Object.keys(WORDS))
                await invite(language);
});

after(async () => {
        await close();
        await treue?.stop();
});

function address(number, language) {
        return `k${number}-${language}@kunde.example`;
}

// A contact of each of these customers, who reads this language.
async function invite(language) {
        const owner = await reader(treue.base);
        await treue.enter(owner, 'leitung');
        for (const number of [STEP, CHOICE, GRACE]) {
                const email = address(number, language);
                await owner.goto(`/customers?q=${number}`);
                await owner.locator('tbody a[data-row]').first().click();
                await owner.waitForURL(/\/customers\/\d+$/);
                await owner.goto(`${owner.url()}/access`);
                await owner.fill('#name', 'Karin Kundin');
                await owner.fill('#email', email);
                await owner.selectOption('#role', 'contact');
                await owner.selectOption('#language', language);
                await owner.locator('main form button.btn-primary').click();
                treue.links.set(email, /\/link\/[A-Za-z0-9_-]{27}/.exec(await owner.locator('main code').textContent())[0]);
        }
        await owner.context().close();
}

async function portal(number, language) {
        const page = await reader(treue.base, { language });
        await page.setViewportSize({ width: 1280, height: 800 });
        await treue.enter(page, address(number, language), '/portal');
        return page;
}

async function said(locator) {
        return (await locator.innerText()).replace(/\s+/g, ' ').trim();
}

// Does it stand on the first screen, wholly?
async function atFirstSight(page, locator) {
        const box = await locator.boundingBox();
        assert.equal(await page.evaluate(() => scrollY), 0);
        return box !== null && box.width > 0 && box.height > 0 && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1280
                && box.y + box.height <= 800;
}

// The open goals of a card: name, actual and target, what is missing.
async function openGoals(card) {
        const goals = [];
        for (const goal of await card.locator('.criterion').all()) {
                if (await goal.locator('.state-met').count())
                        continue;
                const note = goal.locator('.criterion-note');
                goals.push([await said(goal.locator('span').first()), await said(goal.locator('.criterion-value')),
                        await note.count() ? await said(note) : null]);
        }
        return goals;
}

for (const [language, words] of Object.entries(WORDS)) {
        test(`the group and the next step without scrolling, nothing empty, ${language} (R-101 in part)`, async () => {
                for (const [number, group, card, title] of [[STEP, words.premium, 'portal-way', words.way],
                        [CHOICE, words.premium, 'portal-way', words.way], [GRACE, words.excellence, 'portal-keep', words.keep]]) {
                        const page = await portal(number, language);
                        const heading = page.locator('h1'), next = page.locator('section', { has: page.locator(`#${card}`) });
                        assert.equal(await said(heading), group);
                        assert.ok(await atFirstSight(page, heading), `${number}: my group`);
                        assert.ok((await said(page.locator('.portal-hero'))).includes(words.until));
                        assert.equal(await said(next.locator('h2')), title);
                        assert.equal(await said(next.locator('p').first()), words.steps);
                        assert.ok(await atFirstSight(page, next), `${number}: my next step, with all that is missing`);
                        for (const one of await page.locator('main .card').all())
                                assert.ok((await said(one)).length > (await said(one.locator('.card-top'))).length, 'a card with a heading only');
                        assert.equal(await page.locator('main :is(ul, ol, table):not(:has(*))').count(), 0, 'an empty list');
                        assert.deepEqual(page.complaints, []);
                        await page.context().close();
                }
        });

        test(`what is missing, with amounts and days, ${language} (R-066 in part)`, async () => {
                const wanted = [[STEP, 'portal-way', [words.groups]], [CHOICE, 'portal-way', words.choices],
                        [GRACE, 'portal-keep', [words.revenue]]];
                for (const [number, card, goals] of wanted) {
                        const page = await portal(number, language);
                        const next = page.locator('section', { has: page.locator(`#${card}`) });
                        assert.deepEqual(await openGoals(next), goals, number);
                        assert.ok((await said(next)).includes(words.steps) && (await said(next)).includes(words.cutoff));
                        assert.equal(await said(next.locator('.criteria-between')), words.some);
                        assert.ok((await said(page.locator('main'))).includes(words.rep));
                        await page.context().close();
                }
        });
}

test('the portal of somebody at risk and of somebody with a choice, in every look', async () => {
        for (const look of LOOKS)
                for (const [number, picture] of [[CHOICE, 'portal-choice'], [GRACE, 'portal-grace']]) {
                        const page = await reader(treue.base, look);
                        await treue.enter(page, address(number, look.language), '/portal');
                        await speak(page);
                        await check(page, picture);
                        await page.context().close();
                }
});
