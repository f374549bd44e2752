/** Takes screenshots of the API keys and the metrics. */

import { Kraiter } from '@kraiter/sdk';

import { expect, signIn, THEMES, test } from '../test.js';
import { Organisation, setting } from '../test-env.js';
import { captureBoth, DESK } from './capture.js';
import { exampleMetrics } from './example-metrics.js';

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' }, viewport: DESK });

    test(`screenshots of API keys in the ${colorScheme} theme`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      const { apiKeys } = organisation.kraiter;
      const restrictions = { senders: ['shop.acme.example'], templates: ['tpl_019ab0c5d0007000800000000000000a'] };
      const { apiKey } = await apiKeys.create({ name: 'Shop', scope: 'sending', restrictions });
      await new Kraiter({ baseUrl: setting('KRAITER_URL'), apiKey }).session.get();
      const inAYear = new Date(Date.now() + 365 * 86_400_000);
      await apiKeys.create({ name: 'Monthly report', scope: 'read', expiresAt: inAYear });
      await apiKeys.create({ name: 'Staging', scope: 'sending', test: true });
      await page.goto('/keys');
      await page.getByLabel('Key name').fill('Receipts');
      await page.getByLabel('Permission').selectOption('Sending only');
      await page.getByLabel('Senders').fill('receipts@acme.example');
      await expect(page.getByRole('list', { name: 'API keys' }).getByRole('listitem')).toHaveCount(4);
      await captureBoth(page, 'keys', colorScheme);
    });

    test(`screenshots of metrics in the ${colorScheme} theme`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      // Emails of a month can't be sent here.
      await page.route('**/v1/metrics?*', (route) => route.fulfill({ json: exampleMetrics() }));
      await page.goto('/email-metrics?group=domain');
      await expect(page.locator('.plot canvas')).toHaveCount(4);
      await captureBoth(page, 'metrics', colorScheme);
    });
  });
}
