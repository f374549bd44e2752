import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, THEMES, test } from '../test.js';
import type { Organisation } from '../test-env.js';

/** Sends two emails that are delivered and one that bounces, and waits for their events. */
async function send(organisation: Organisation) {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  for (const [to, campaign] of [
    ['success', 'autumn'],
    ['success', 'spring'],
    ['bounce', 'autumn'],
  ])
    await organisation.kraiter.emails.send({
      from: 'a@example.com',
      to: `${to}@simulator.amazonses.com`,
      subject: 'Hello',
      text: 'x',
      tags: { campaign: campaign ?? '' },
    });
  const numbers = async () => {
    const { totals } = await organisation.kraiter.metrics.get();
    return [totals.accepted, totals.delivered, totals.bounced];
  };
  await expect.poll(numbers).toEqual([3, 2, 1]);
}

const total = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'Emails', exact: true })
    .locator('.totals > div', { hasText: name })
    .getByRole('definition');

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test(`metrics are shown as charts and as accessible tables in the ${colorScheme} theme`, async ({
      open,
      organisation,
    }) => {
      await send(organisation);
      const page = await open('/email-metrics?range=24h');
      await expect(total(page, 'Accepted')).toHaveText(/^3/);
      await expect(total(page, 'Delivered')).toHaveText(/^2/);
      await expect(total(page, 'Bounced')).toHaveText(/^1/);
      // Each chart is drawn, and has a table with the same numbers.
      await expect(page.locator('.plot canvas')).toHaveCount(4);
      await page.getByText('Accepted and delivered as a table').click();
      const table = page.getByRole('figure', { name: 'Accepted and delivered' }).getByRole('table');
      await expect(table.getByRole('row')).toHaveCount(25);
      const rates = page.getByRole('figure', { name: 'Bounce rate' });
      await expect(rates.getByText('AWS reviews at 5%')).toBeVisible();
      await expect(rates.getByText('AWS may pause at 10%')).toBeVisible();

      await page.getByLabel('Group by').selectOption('Tag');
      const groups = page.getByRole('region', { name: 'By tag', exact: true });
      await expect(groups.getByRole('row', { name: /campaign=autumn/ })).toContainText('2');
      await expect(groups.getByRole('row', { name: /campaign=spring/ })).toContainText('1');
      await expectAccessible(page);
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    });
  });
}

test('the range and the group are in the URL', async ({ open, organisation }) => {
  await send(organisation);
  const page = await open('/email-metrics');
  await expect(page.getByLabel('Time')).toHaveValue('30d');
  await page.getByLabel('Time').selectOption('Last 90 days');
  await page.getByLabel('Group by').selectOption('Region');
  await expect(page).toHaveURL(/\/email-metrics\?range=90d&group=region$/);
  await page.reload();
  await expect(page.getByLabel('Time')).toHaveValue('90d');
  await expect(
    page.getByRole('region', { name: 'By region', exact: true }).getByRole('row', { name: /eu-west-1/ }),
  ).toBeVisible();
  await page.goto('/email-metrics?range=nonsense&group=toString');
  await expect(page.getByLabel('Time')).toHaveValue('30d');
  await expect(page.getByLabel('Group by')).toHaveValue('');
});

test('a page that is incomplete says so and is updated', async ({ open, organisation }) => {
  await send(organisation);
  const page = await open('/keys');
  let isCounting = true;
  await page.route('**/v1/metrics?*', async (route) => {
    const response = await route.fetch();
    const metrics = await response.json();
    await route.fulfill({ response, json: { ...metrics, upToDate: metrics.upToDate && !isCounting } });
  });
  await page.goto('/email-metrics');
  const notice = page.getByText('Some emails are still being counted');
  await expect(notice).toBeVisible();
  await expect(total(page, 'Accepted')).toHaveText(/^3/);
  isCounting = false;
  await expect(notice).toBeHidden();
});
