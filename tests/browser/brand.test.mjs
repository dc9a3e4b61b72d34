// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The face of the program: an owner chooses logo, colour and the colour of a segment on the settings page and is
// told how the colour can be read before anything is saved; then bar, portal, sign-in and the printed page show them, until
// the logo is taken away again. In German and English.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { check, close, LOOKS, open, reader, speak } from './browser.mjs';
import { Treue } from './treue.mjs';

const CUSTOMER = '10388';
// 160 x 40 pixels: a block and stripes.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAKAAAAAoAQMAAABD4mPbAAAABlBMVEX///96H1yjIy25AAAAIklEQVR42mNgGCrg////DPz/kQF1BLFa'
        + 'RKHgqDup586hAQAQfOPRdcjRJQAAAABJRU5ErkJggg==';
const LOGO = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') };
// A colour white letters can be read on, and one they cannot.
const DARK = '#7a1f5c', PALE = '#ffd500', SEGMENT = '#123456';
const WORDS = {
        de: { enough: /^Kontrast 8,98 : 1\. /, little: /^Kontrast 1,32 : 1, zu wenig/, wrong: /Farbe wie #0b5c67/,
                damaged: /kein Bild/ },
        en: { enough: /^Contrast 8\.98 : 1\. /, little: /^Contrast 1\.32 : 1, too little/, wrong: /colour like #0b5c67/,
                damaged: /no picture/ },
};
let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        for (const language of ['de', 'en'])
                await treue.user(`owner-${language}`, 'owner', 'Olga Wagner', '--language', language);
        await treue.serve();
});

after(async () => {
        await close();
        await treue?.stop();
});

// Somebody at a customer, invited by the owner.
async function contact(owner, language) {
        await owner.goto(`/customers?q=${CUSTOMER}`);
        await owner.locator('tbody a[data-row]').first().click();
        await owner.waitForURL(/\/customers\/\d+$/);
        await owner.goto(`${owner.url()}/access`);
        const email = `karin-${language}@kunde.example`;
        await owner.fill('#name', 'Karin Kundin');
        await owner.fill('#email', email);
        await owner.selectOption('#role', 'main_contact');
        await owner.selectOption('#language', language);
        await owner.locator('main form button.btn-primary').click();
        treue.links.set(email, /\/link\/[A-Za-z0-9_-]{27}/.exec(await owner.locator('main code').textContent())[0]);
        const karin = await reader(treue.base, { language });
        await treue.signIn(karin, email);
        return karin;
}

async function choose(page, values, logo) {
        await page.goto('/settings');
        for (const [name, value] of Object.entries(values))
                await page.locator(`main [name="${name}"]`).first().fill(value);
        if (logo)
                await page.setInputFiles('#field-logo', logo);
        await page.locator('main form .actions button.btn-primary').click();
        await page.waitForLoadState('load');
}

// What is said of the colour in the field, as soon as it is `expected`.
async function toldOf(page, colour, expected) {
        await page.fill('#field-brand_colour', colour);
        await page.locator('#colour-check p', { hasText: expected }).waitFor();
}

function rgb(colour) {
        return `rgb(${[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)).join(', ')})`;
}

async function ground(locator) {
        return locator.evaluate((element) => getComputedStyle(element).backgroundColor);
}

// The logo in the bar is really drawn, not only named.
async function drawn(page, where = '.bar-top .brand img') {
        const logo = page.locator(where);
        return await logo.count() === 1 && logo.evaluate(async (image) => {
                await image.decode();
                return image.naturalWidth === 160 && image.getBoundingClientRect().height >= 16;
        });
}

// The operators of a PDF, and how many pictures are in it.
async function printed(page) {
        const file = await page.pdf({ format: 'A4' });
        const text = file.toString('latin1');
        let operators = '';
        for (const found of text.matchAll(/<<[^<>]*\/FlateDecode[^<>]*>>\s*stream\r?\n/g)) {
                const start = found.index + found[0].length;
                try {
                        operators += inflateSync(file.subarray(start, text.indexOf('endstream', start))).toString('latin1');
                } catch {
                        // no page: a font or a picture packed otherwise
                }
        }
        return { operators, pictures: (text.match(/\/Subtype\s*\/Image/g) ?? []).length };
}

// A colour as the operator of a PDF that fills with it.
function fills(operators, colour) {
        const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
        return [...operators.matchAll(/([\d.]+) ([\d.]+) ([\d.]+) rg\b/g)].some(
                (found) => wanted.every((part, i) => Math.round(Number(found[i + 1]) * 255) === part));
}

for (const language of ['de', 'en'])
        test(`logo and colours are chosen, seen by a contact and on paper, and taken away, ${language}`, async () => {
                const words = WORDS[language];
                const owner = await reader(treue.base, { language });
                await treue.enter(owner, `owner-${language}`);
                owner.complaints.length = 0; // before the account's language was known
                const karin = await contact(owner, language);
                const name = await karin.locator('.bar-top .brand').innerText();
                assert.equal(await karin.locator('.bar-top .brand img').count(), 0, 'no logo yet');
                // What the colour is like is said while it is typed; nothing is saved by that.
                await owner.goto('/settings');
                await toldOf(owner, PALE, words.little);
                await toldOf(owner, '#7a1f', words.wrong);
                await toldOf(owner, DARK, words.enough);
                await karin.goto('/portal');
                assert.notEqual(await ground(karin.locator('.portal-hero')), rgb(DARK), 'asking changes nothing');
                // What is no picture is refused, and the colour stays in the form.
                await choose(owner, { brand_colour: DARK }, { ...LOGO, buffer: LOGO.buffer.subarray(0, 100) });
                assert.match(await owner.locator('#error-logo').innerText(), words.damaged);
                assert.equal(await owner.inputValue('#field-brand_colour'), DARK);
                owner.complaints.length = 0; // the browser notes the 422
                // Chosen: the bar of the staff, portal and printed page.
                await choose(owner, { brand_colour: DARK, segment_colour: SEGMENT }, LOGO);
                assert.ok(await drawn(owner), 'the logo in the bar');
                assert.ok(await drawn(owner, '.logo-plate img'), 'and beside its field');
                await owner.goto('/ladder');
                assert.equal(await ground(owner.locator('.segment[data-segment="A"] .segment-letter').first()), rgb(SEGMENT));
                await karin.goto('/portal');
                assert.ok(await drawn(karin), 'the logo in the portal');
                assert.equal(await karin.locator('.bar-top .brand img').getAttribute('alt'), name);
                assert.equal(await ground(karin.locator('.portal-hero')), rgb(DARK));
                let paper = await printed(karin);
                assert.ok(paper.pictures >= 1 && fills(paper.operators, DARK), 'logo and colour on paper');
                // A pale one: what stands on it is black, and the page is as readable as before.
                await choose(owner, { brand_colour: PALE });
                await karin.goto('/portal');
                assert.ok(!fills((await printed(karin)).operators, DARK));
                await check(karin, 'portal-pale');
                // Taken away: name and usual colour again.
                await owner.goto('/settings');
                await owner.check('#field-logo_remove');
                await owner.fill('#field-brand_colour', '');
                await owner.locator('main form .actions button.btn-primary').click();
                await owner.waitForLoadState('load');
                await karin.goto('/portal');
                assert.equal(await karin.locator('.bar-top .brand img').count(), 0);
                assert.equal(await karin.locator('.bar-top .brand').innerText(), name);
                paper = await printed(karin);
                assert.equal(paper.pictures, 0, 'nor on paper');
                for (const page of [owner, karin]) {
                        assert.deepEqual(page.complaints, []);
                        await page.context().close();
                }
        });

test('the pages with a logo, in every look', async () => {
        const owner = await reader(treue.base);
        await treue.enter(owner, 'owner-de');
        await choose(owner, { brand_colour: DARK }, LOGO);
        for (const look of LOOKS) {
                const page = await reader(treue.base, look);
                await page.goto('/sign-in');
                await speak(page);
                assert.ok(await drawn(page, '.sign-in-brand img'));
                await check(page, 'brand-sign-in');
                await treue.enter(page, `owner-${look.language}`, '/settings');
                assert.ok(await drawn(page));
                await check(page, 'brand-settings');
                await treue.enter(page, `karin-${look.language}@kunde.example`, '/portal');
                assert.ok(await drawn(page));
                await check(page, 'brand-portal');
                await page.context().close();
        }
});
