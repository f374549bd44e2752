/** The README's pictures: `cargo xtask dashboard --project screenshots` takes them anew. */

import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import { Organisation, putRole } from '../lab.js';
import { cardSays, consoleOf, expect, signIn, test } from '../test.js';

const ACCOUNT = '111122223333';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' }, viewport: { width: 1200, height: 860 } });

    const shoot = async (page: Page, name: string) => {
      const path = fileURLToPath(new URL(`../../../docs/screenshots/${name}-${colorScheme}.png`, import.meta.url));
      await page.mouse.move(0, 0);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path, animations: 'disabled', fullPage: true });
    };

    test(`a connection from grey to green, ${colorScheme}`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      await page.goto('/identities');
      await cardSays(page, 'Not connected');
      await shoot(page, 'not-connected');

      await page.getByLabel('Region to send from').selectOption('eu-central-1');
      await page.getByRole('button', { name: 'Connect AWS Account' }).click();
      await cardSays(page, 'Waiting for the stack');
      await shoot(page, 'waiting');

      const aws = await consoleOf(page, () => page.getByRole('link', { name: 'Open the AWS console' }).click());
      await aws.getByLabel('AWS account', { exact: true }).fill(ACCOUNT);
      await aws.getByLabel('I acknowledge').check();
      await aws.getByRole('button', { name: 'Create stack' }).click();
      await expect(aws.getByRole('row', { name: /^ConfigurationSet/ })).toContainText('CREATE_COMPLETE');
      await shoot(aws, 'stack');
      await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
      await aws.close();

      await cardSays(page, 'Connected');
      await organisation.verifiedIdentity('acme.example');
      await page.reload();
      await expect(page.getByText('acme.example', { exact: true })).toBeVisible();
      await shoot(page, 'connected');

      await page.getByRole('link', { name: 'Send a test email' }).click();
      await page.getByRole('radio', { name: /Bounce/ }).check();
      await shoot(page, 'send');
      const { emails } = organisation.kraiter;
      const send = (to: string, subject: string) => emails.send({ from: 'Acme Post <news@acme.example>', to: `${to}@simulator.amazonses.com`, subject, text: 'Hello' });
      await send('complaint', 'Our autumn offers');
      await send('success', 'Your order has shipped');
      const { id } = await send('bounce', 'Confirm your address');
      await send('success', 'Welcome to Acme Post');
      await expect.poll(async () => (await emails.list()).data.map(({ status }) => status)).toEqual(['delivered', 'bounced', 'delivered', 'complained']);
      await page.goto('/activity');
      await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(4);
      await shoot(page, 'activity');
      await page.goto(`/activity/${id}`);
      await expect(page.getByText('Bounced', { exact: true }).last()).toBeVisible();
      await shoot(page, 'email');
    });

    test(`a role that lets others in, ${colorScheme}`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      const { trustPolicy, permissionsPolicy, externalId } = await organisation.kraiter.awsBinding.connect({ region: 'eu-central-1' });
      const careless = JSON.parse(JSON.stringify(trustPolicy, (key, value: unknown) => (key === 'Condition' ? undefined : value)));
      const roleArn = await putRole(ACCOUNT, `Careless-${colorScheme}`, careless, permissionsPolicy);
      await organisation.kraiter.awsBinding.create({ awsAccountId: ACCOUNT, roleArn, externalId, stackRegion: 'eu-central-1' });
      await page.goto('/identities?setup=manual');
      await cardSays(page, 'Not secure');
      await expect(page.getByRole('figure', { name: 'Trust policy' })).toBeVisible();
      await shoot(page, 'insecure');
    });
  });
}
