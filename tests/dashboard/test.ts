/** The Playwright test with fixtures: each test has its own organisation, and pages must not log errors. */

import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';

import { Organisation, setting } from './test-env.js';

export { expect };

interface Fixtures {
  /** A new organisation without an AWS connection. */
  organisation: Organisation;
  /** Opens a page of the dashboard, signed in. */
  open: (path: string) => Promise<Page>;
  /** Errors that pages threw or logged, such as violations of the content security policy. A test fails if any is left. */
  pageErrors: string[];
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
  organisation: async ({}, use, { title }) => use(await Organisation.create(title.slice(0, 60))),

  open: async ({ context, page, organisation }, use) =>
    use(async (path) => {
      await signIn(context, organisation);
      await page.goto(path);
      return page;
    }),

  pageErrors: [
    async ({ context }, use) => {
      const pageErrors: string[] = [];
      context.on('weberror', (error) => pageErrors.push(error.error().message));
      context.on('console', (message) => {
        // The browser itself logs failed requests, and the scripts with which Playwright inspects the sandboxed preview.
        const preview = [
          'about:blank',
          ...['/preview', '/preview-offline'].map((path) => setting('KRAITER_URL') + path),
        ].map((page) => `Blocked script execution in '${page}'`);
        const expected = ['Failed to load resource', ...preview];
        if (message.type() === 'error' && !expected.some((start) => message.text().startsWith(start)))
          pageErrors.push(message.text());
      });
      await use(pageErrors);
      expect(pageErrors).toEqual([]);
    },
    { auto: true },
  ],
});

/** Signs in through the API. */
export async function signIn(context: BrowserContext, { apiKey }: Organisation): Promise<void> {
  const headers = { origin: setting('KRAITER_URL'), 'x-kraiter-csrf': '1' };
  expect((await context.request.post('/v1/session', { data: { apiKey }, headers })).status()).toBe(200);
}

/** Waits until the connection card shows a status, such as `Connected`. */
export const expectConnectionStatus = (page: Page, status: string) =>
  expect(page.locator('.connection .status')).toHaveText(status);

/** Waits until a toast with exactly this text, or one that matches, is shown. */
export const expectToast = (page: Page, text: string | RegExp) =>
  expect(
    page.getByRole('region', { name: 'Notifications' }).getByText(text, { exact: typeof text === 'string' }),
  ).toBeVisible();

/** The colour schemes, each of which a journey runs in. */
export const THEMES = ['light', 'dark'] as const;

/** A phone. */
export const PHONE = { width: 390, height: 844 };

/** Checks the page with Axe, here and on a phone, and that it fits there. */
export async function expectAccessibleEverywhere(page: Page): Promise<void> {
  await expectAccessible(page);
  const size = page.viewportSize();
  await page.setViewportSize(PHONE);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  if (size) await page.setViewportSize(size);
}

/** Opens the mock console in a new tab. */
export async function openConsole(page: Page, open: () => Promise<void>): Promise<Page> {
  const opened = page.context().waitForEvent('page');
  await open();
  const aws = await opened;
  await expect(aws.getByText('This is a mock of the AWS console.')).toBeVisible();
  return aws;
}

/** Checks the page with Axe, except for email previews, in which no script can run. `limit` can leave out more. */
export async function expectAccessible(page: Page, limit = (axe: AxeBuilder) => axe): Promise<void> {
  const { violations } = await limit(new AxeBuilder({ page }).exclude('.email-frame')).analyze();
  expect(
    violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary ?? ''})`).join(', ')}`,
    ),
  ).toEqual([]);
}

/** Checks that nothing is wider than the window. */
export const expectNoSidewaysScroll = (page: Page) =>
  expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
