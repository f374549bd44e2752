/** The tests' `test`: an organisation of its own for each, and pages that must not complain. */

import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';

import { Organisation, setting } from './lab.js';

export { expect };

interface Fixtures {
  /** A new organisation, not connected. */
  organisation: Organisation;
  /** Opens a page of the dashboard, signed in. */
  open: (path: string) => Promise<Page>;
  /** What pages have complained of: none may throw, or break the content security policy. */
  complaints: string[];
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

  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on('weberror', (error) => complaints.push(error.error().message));
      context.on('console', (message) => {
        // A refusal by the API or a lost network is in the console too: that is the browser's way. So is the test's own looking into a mail's
        // preview, where no script runs, and which is empty before it is the page of the preview.
        const preview = ['about:blank', `${setting('KRAITER_URL')}/preview`].map(
          (page) => `Blocked script execution in '${page}'`,
        );
        const ofItself = ['Failed to load resource', ...preview];
        if (message.type() === 'error' && !ofItself.some((start) => message.text().startsWith(start)))
          complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Signs in without the page. */
export async function signIn(context: BrowserContext, { apiKey }: Organisation): Promise<void> {
  const headers = { origin: setting('KRAITER_URL'), 'x-kraiter-csrf': '1' };
  expect((await context.request.post('/v1/session', { data: { apiKey }, headers })).status()).toBe(200);
}

/** Waits until the connection card says this beside its dot, such as `Connected`. */
export const cardSays = (page: Page, word: string) => expect(page.locator('.connection .status')).toHaveText(word);

/** The console that a link has opened in a tab of its own. */
export async function consoleOf(page: Page, follow: () => Promise<void>): Promise<Page> {
  const opened = page.context().waitForEvent('page');
  await follow();
  const aws = await opened;
  await expect(aws.getByText('This is a mock of the AWS console.')).toBeVisible();
  return aws;
}

/** Axe finds nothing wrong. It doesn't look into a mail's preview: no script runs in there, so neither does axe, and the mail is the customer's. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).exclude('.mail-frame').analyze();
  expect(
    violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary ?? ''})`).join(', ')}`,
    ),
  ).toEqual([]);
}

/** Nothing is wider than the window. */
export const expectNoSidewaysScroll = (page: Page) =>
  expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
