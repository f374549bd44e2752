import { expect, expectAccessible, expectNoSidewaysScroll, THEMES, test } from '../test.js';

/** Parts of the API reference: its navigation, an operation with a JSON body, and one with a text. */
const PARTS = 'header, .menu-content, [id="operation/sendEmail"], [id="operation/getIdentityZone"]';

const PAGES = ['', 'aws-setup', 'errors', 'templates', 'webhooks', 'performance'];

for (const colorScheme of THEMES) {
  test.describe(`documentation, ${colorScheme}`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`the pages follow the system's ${colorScheme} theme, are accessible and fit a phone`, async ({ page }) => {
      test.slow();
      for (const name of PAGES) {
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.goto(`/docs/${name}`);
        await expect(page.locator('.vp-doc h1')).toBeVisible();
        await expect(page.locator('html')).toHaveClass(colorScheme === 'dark' ? /dark/ : /^((?!dark).)*$/);
        await expectAccessible(page);
        await page.setViewportSize({ width: 390, height: 844 });
        await expectNoSidewaysScroll(page);
        if (name === 'aws-setup') await expectAccessible(page);
      }
    });

    test(`the API reference renders in the ${colorScheme} theme, also on a phone`, async ({ page }) => {
      test.slow();
      await page.goto('/docs/api');
      await expect(page.locator('h2', { hasText: 'Send an email' }).first()).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      // All operations would take half a minute and look alike. Redoc's headings skip levels.
      await expectAccessible(page, (axe) => axe.include(PARTS).disableRules('heading-order'));
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoSidewaysScroll(page);
    });
  });
}

test('the search of the documentation finds a page by a word in it', async ({ page }) => {
  await page.goto('/docs/');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('searchbox').fill('production access');
  await page
    .getByRole('option', { name: /Sandbox and production access/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/docs\/sandbox/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Sandbox and production access');
});

test('a code block of the documentation is copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/docs/first-email');
  const block = page.locator('.vp-doc div[class*="language-"]').first();
  await block.hover();
  await block.getByRole('button', { name: /copy/i }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain("from '@kraiter/sdk'");
});

test('a page of the documentation links to its source and to the next page', async ({ page }) => {
  await page.goto('/docs/first-email');
  const edit = page.getByRole('link', { name: 'Edit this page' });
  await expect(edit).toHaveAttribute('href', /^https:\/\/.+\/edit\/main\/docs\/first-email\.md$/);
  await page
    .getByRole('link', { name: /DNS records/ })
    .last()
    .click();
  await expect(page).toHaveURL(/\/docs\/dns$/);
});

test('an error in the dashboard links to its explanation', async ({ page, organisation, request }) => {
  const problem = await request.get('/v1/emails/eml_x', {
    headers: { authorization: `Bearer ${organisation.apiKey}` },
  });
  const { type, code } = await problem.json();
  await page.goto(type);
  await expect(page).toHaveURL(new RegExp(`/docs/errors#${code}$`));
  await expect(page.getByRole('heading', { name: code })).toBeInViewport();
});

test('a page of the documentation that does not exist says so', async ({ page }) => {
  await page.goto('/docs/nowhere');
  await expect(page).toHaveURL(/\/docs\/404$/);
  await expect(page.getByText('PAGE NOT FOUND')).toBeVisible();
});

test('language models find the pages as text', async ({ request }) => {
  const index = await (await request.get('/docs/llms.txt')).text();
  const [, path] = /\((\/docs\/aws-setup\.md)\)/.exec(index) ?? [];
  expect(path).toBeDefined();
  expect(await (await request.get(path ?? '')).text()).toContain('# AWS setup');
  expect(await (await request.get('/docs/llms-full.txt')).text()).toContain('### invalid_email_address');
});

test('the documentation allows no script but its own', async ({ request }) => {
  for (const path of ['/docs/', '/docs/errors', '/docs/api', '/docs/nowhere']) {
    const policy = (await request.get(path)).headers()['content-security-policy'] ?? '';
    const scripts = policy.split('; ').filter((part) => part.startsWith('script-src'));
    expect(scripts, path).toEqual([expect.stringMatching(/^script-src 'self'( 'sha256-[^']+')*$/)]);
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toMatch(/style-src [^;]*unsafe-inline/);
  }
});
