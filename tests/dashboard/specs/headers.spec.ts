import { expect, test } from '../test.js';

test('every page comes with headers that keep others out', async ({ request }) => {
  for (const path of ['/', '/identities', '/nowhere']) {
    const headers = (await request.get(path)).headers();
    expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
  }
});

test('the frame of a preview may style a mail and nothing else', async ({ request }) => {
  const headers = (await request.get('/preview')).headers();
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin";
  expect(headers['content-security-policy']).toBe(policy);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'SAMEORIGIN',
  });
});

test('the session’s cookie is out of reach of scripts and of other sites', async ({ open, context }) => {
  const page = await open('/identities');
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  expect(await page.evaluate(() => document.cookie)).toBe('');
  expect(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }))).toEqual([]);
});

test('no script that isn’t the dashboard’s own runs', async ({ open, complaints }) => {
  const page = await open('/identities');
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.append('window.broken = true');
    document.body.append(script);
  });
  expect(await page.evaluate(() => 'broken' in window)).toBe(false);
  await expect.poll(() => complaints.length).toBeGreaterThan(0);
  complaints.length = 0;
});
