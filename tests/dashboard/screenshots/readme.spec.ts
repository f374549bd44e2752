/** The README's pictures: `cargo xtask dashboard --project screenshots` takes them anew. */

import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import { createTopic, newAccount, Organisation, publish, putRole, setting } from '../lab.js';
import { cardSays, consoleOf, expect, signIn, test } from '../test.js';

const ACCOUNT = '111122223333';
const DESK = { width: 1200, height: 860 };
const PHONE = { width: 390, height: 860 };

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' }, viewport: DESK });

    const picture = (name: string) =>
      fileURLToPath(new URL(`../../../docs/screenshots/${name}-${colorScheme}.png`, import.meta.url));
    const shoot = async (page: Page, name: string) => {
      await page.mouse.move(0, 0);
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: picture(name), animations: 'disabled', fullPage: true });
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
      const send = (to: string, subject: string) =>
        emails.send({
          from: 'Acme Post <news@acme.example>',
          to: `${to}@simulator.amazonses.com`,
          subject,
          text: 'Hello',
        });
      await send('complaint', 'Our autumn offers');
      await send('success', 'Your order has shipped');
      const { id } = await send('bounce', 'Confirm your address');
      await send('success', 'Welcome to Acme Post');
      await expect
        .poll(async () => (await emails.list()).data.map(({ status }) => status))
        .toEqual(['delivered', 'bounced', 'delivered', 'complained']);
      await page.goto('/activity');
      await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(4);
      await shoot(page, 'activity');
      await page.goto(`/activity/${id}`);
      await expect(page.getByText('Bounced', { exact: true }).last()).toBeVisible();
      await shoot(page, 'email');

      for (const to of ['ada', 'grace', 'mary'])
        await emails.send({
          from: 'Acme Post <news@acme.example>',
          to: `${to}@acme.example`,
          subject: 'Welcome',
          text: 'Hello',
        });
      await expect.poll(async () => (await organisation.kraiter.sending.reputation()).regions.length).toBe(1);
      await page.goto('/sending');
      await page.getByRole('button', { name: 'Check the permissions' }).click();
      await expect(page.getByText('ses:SendRawEmail')).toBeVisible();
      await shoot(page, 'sending');
      await page.setViewportSize(PHONE);
      await shoot(page, 'sending-narrow');
    });

    test(`a domain and its records, ${colorScheme}`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      await organisation.connect(newAccount(), 'eu-central-1');
      const {
        id,
        dnsRecords: [first, second],
      } = await organisation.kraiter.identities.create({ identity: 'mail.acme.example' });
      await publish(first?.name ?? '', 'CNAME', [first?.value ?? '']);
      await publish(second?.name ?? '', 'CNAME', ['old.provider.example']);
      await publish('mail.acme.example', 'TXT', ['v=spf1 include:other.example ~all']);
      await page.goto(`/identities/${id}`);
      await page.getByRole('button', { name: 'Check DNS' }).click();
      await expect(page.getByRole('region', { name: /DMARC/ })).toBeVisible();
      await shoot(page, 'identity');
      await page.setViewportSize(PHONE);
      await shoot(page, 'identity-narrow');
      await page.getByText('Change the key').first().click();
      await page.getByRole('radio', { name: /A key of your own/ }).check();
      await page
        .getByRole('region', { name: 'Signing' })
        .screenshot({ path: picture('signing-narrow'), animations: 'disabled' });
    });

    test(`regions and events by hand, ${colorScheme}`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'), 'eu-central-1');
      await organisation.kraiter.identities.create({ identity: 'acme.example', region: 'eu-west-1' });
      await organisation.kraiter.awsBinding.verify();
      await page.goto('/identities?add=us-east-1');
      await expect(page.getByText('This page turns green by itself.')).toBeVisible();
      await shoot(page, 'regions');
      await page.setViewportSize(PHONE);
      await shoot(page, 'regions-narrow');

      await page.setViewportSize(DESK);
      await page.goto('/identities?events=eu-west-1');
      await page
        .getByLabel('Topic ARN')
        .fill(await createTopic(setting('KRAITER_SANDBOX_ACCOUNT'), 'eu-west-1', `kraiter-events-${colorScheme}`));
      await page.getByRole('button', { name: 'Set up events' }).click();
      await expect(page.getByRole('figure', { name: 'Topic policy' })).toBeVisible();
      await shoot(page, 'events-by-hand');
      await page.setViewportSize(PHONE);
      await shoot(page, 'events-by-hand-narrow');
    });

    test(`a role that lets others in, ${colorScheme}`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      const { trustPolicy, permissionsPolicy, externalId } = await organisation.kraiter.awsBinding.connect({
        region: 'eu-central-1',
      });
      const careless = JSON.parse(
        JSON.stringify(trustPolicy, (key, value: unknown) => (key === 'Condition' ? undefined : value)),
      );
      const roleArn = await putRole(ACCOUNT, `Careless-${colorScheme}`, careless, permissionsPolicy);
      await organisation.kraiter.awsBinding.create({
        awsAccountId: ACCOUNT,
        roleArn,
        externalId,
        stackRegion: 'eu-central-1',
      });
      await page.goto('/identities?setup=manual');
      await cardSays(page, 'Not secure');
      await expect(page.getByRole('figure', { name: 'Trust policy' })).toBeVisible();
      await shoot(page, 'insecure');
    });
  });
}
