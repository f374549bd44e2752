import { expect, test } from '../test.js';

test('every page has security headers', async ({ request }) => {
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

test('the preview page allows only styles and images', async ({ request }) => {
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

test('scripts and other sites cannot read the session cookie', async ({ open, context }) => {
  const page = await open('/identities');
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  expect(await page.evaluate(() => document.cookie)).toBe('');
  expect(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }))).toEqual([]);
});

test('the content security policy blocks inline scripts', async ({ open, pageErrors }) => {
  const page = await open('/identities');
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.append('window.broken = true');
    document.body.append(script);
  });
  expect(await page.evaluate(() => 'broken' in window)).toBe(false);
  await expect.poll(() => pageErrors.length).toBeGreaterThan(0);
  pageErrors.length = 0;
});
