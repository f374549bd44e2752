import type { Page } from '@playwright/test';

import { setting } from '../lab.js';
import { cardSays, expect, expectAccessible, expectNoSidewaysScroll, test } from '../test.js';

const WIDTHS = [360, 768, 1280, 2560];

/** Axe is content with the page as it stands. In one theme, for it makes no difference, also on a phone; and the page fits every width. */
async function expectGood(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await expectAccessible(page);
  if (colorScheme === 'dark') return;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
  }
  await page.setViewportSize({ width: 360, height: 900 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`signing in and connecting, ${colorScheme}`, async ({ page, open }) => {
      await page.goto('/');
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
      await expectGood(page, colorScheme);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByLabel('API key')).toHaveAttribute('aria-invalid');
      await expectGood(page, colorScheme);

      await open('/identities');
      await cardSays(page, 'Not connected');
      await expectGood(page, colorScheme);
      await page.getByLabel('Region to send from').selectOption('eu-west-1');
      await page.getByRole('button', { name: 'Connect AWS Account' }).click();
      await cardSays(page, 'Waiting for the stack');
      await expectGood(page, colorScheme);
      await page.getByRole('button', { name: 'Set up manually' }).click();
      await cardSays(page, 'Waiting for the role');
      await expectGood(page, colorScheme);
      await page.goto('/send');
      await expect(page.getByText('No AWS account is connected')).toBeVisible();
      await expectGood(page, colorScheme);
      await page.goto('/activity');
      await expect(page.getByText('No email yet')).toBeVisible();
      await expectGood(page, colorScheme);
      await page.goto('/nowhere');
      await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
      await expectGood(page, colorScheme);
    });

    test(`connected, ${colorScheme}`, async ({ open, organisation }) => {
      await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
      await organisation.verifiedIdentity('example.com');
      const { id } = await organisation.kraiter.emails.send({
        from: 'a@example.com',
        to: 'bounce@simulator.amazonses.com',
        subject: 'Hello',
        text: 'x',
      });
      const page = await open('/identities');
      await cardSays(page, 'Connected');
      await page.getByText('Policies, external ID, another role').click();
      await page.getByText('Register another role').click();
      await page.getByText('Signing key of a domain').click();
      await page.getByRole('radio', { name: /A key of your own/ }).check();
      await expect(page.getByRole('link', { name: /example\.com/ })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Register role' })).toBeVisible();
      await expectGood(page, colorScheme);
      await page.getByRole('button', { name: 'Disconnect…' }).click();
      await expectGood(page, colorScheme);

      await page.goto('/send');
      await page.getByLabel('To', { exact: true }).fill('someone@elsewhere.example');
      await expectGood(page, colorScheme);
      await page.goto(`/activity/${id}`);
      await expect(page.getByText('Bounced', { exact: true }).last()).toBeVisible();
      await expectGood(page, colorScheme);
      await page.goto('/activity');
      await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1);
      await expectGood(page, colorScheme);
      await page.goto('/activity?status=scheduled');
      await expect(page.getByText('Nothing is scheduled')).toBeVisible();
      await expectGood(page, colorScheme);
      const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
      const later = await organisation.kraiter.emails.send({
        from: 'a@example.com',
        to: 'success@simulator.amazonses.com',
        subject: 'Later',
        text: 'x',
        scheduledAt,
      });
      await page.goto(`/activity/${later.id}`);
      await page.getByRole('button', { name: 'Cancel this email' }).click();
      await expectGood(page, colorScheme);
      await organisation.kraiter.apiKeys.create({ name: 'Another key '.repeat(8).trim() });
      await organisation.kraiter.suppressions.create({ address: `${'a'.repeat(60)}@example.org` });
      await page.goto('/suppressions');
      await page.getByRole('button', { name: /^Take / }).click();
      await expectGood(page, colorScheme);
      await page.goto('/keys');
      await page.getByRole('button', { name: 'Delete First key…' }).click();
      await expectGood(page, colorScheme);
      await page.goto('/sending');
      await page.getByRole('button', { name: 'Check the permissions' }).click();
      await expect(page.getByText('ses:SendRawEmail')).toBeVisible();
      await expectGood(page, colorScheme);
    });

    test(`templates, ${colorScheme}`, async ({ open, organisation }) => {
      const page = await open('/templates');
      await expect(page.getByText('No template yet')).toBeVisible();
      await expectGood(page, colorScheme);
      await page.goto('/templates/new');
      await expect(page.getByTitle('The mail’s HTML')).toBeVisible();
      await expectGood(page, colorScheme);

      const { id } = await organisation.kraiter.templates.create({
        name: 'Welcome '.repeat(12).trim(),
        subject: 'Hello {{ name }} '.repeat(20),
        html: '<p>{{ name }}</p>',
      });
      await organisation.kraiter.templates.update(id, {
        name: 'Welcome',
        subject: 'Hello {{ name }}',
        html: `<p>{{ name }}</p>\n${'<!-- long -->'.repeat(40)}`,
      });
      await page.goto(`/templates/${id}?version=1`);
      await expect(page.getByText('Emails go out by version 2.')).toBeVisible();
      await page.getByText('As plain text').click();
      await expectGood(page, colorScheme);
      await page.getByLabel('HTML', { exact: true }).fill('{{ name');
      await expect(page.getByLabel('HTML', { exact: true })).toHaveAttribute('aria-invalid', 'true');
      await organisation.kraiter.templates.update(id, {
        name: 'Welcome',
        subject: 'Hello {{ name }}!',
        html: '<p>{{ name }}</p>',
      });
      await page.getByLabel('HTML', { exact: true }).fill('<b>{{ name }}</b>');
      await page.getByRole('button', { name: 'Save as version 3' }).click();
      await expect(page.getByText('Version 3 has been saved meanwhile')).toBeVisible();
      await expectGood(page, colorScheme);
      await page.getByRole('button', { name: 'Delete…' }).click();
      await expectGood(page, colorScheme);
      await page.getByRole('button', { name: 'Keep it' }).click();
      await page.getByRole('link', { name: 'Templates', exact: true }).first().click();
      await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1);
      await expectGood(page, colorScheme);
    });

    test(`mail by a template, ${colorScheme}`, async ({ open, organisation }) => {
      await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
      await organisation.verifiedIdentity('example.com');
      const { id } = await organisation.kraiter.templates.create({
        name: 'Welcome',
        subject: 'Hello {{ name }}',
        html: '<p>{{ name }}</p>',
      });
      const page = await open(`/send?template=${id}`);
      await expect(page.getByTitle('The mail’s HTML')).toBeVisible();
      await page.getByText('Copies, answers and tags').click();
      await page.getByLabel('Bcc').fill('someone@elsewhere.example');
      await page
        .getByLabel('Attachments', { exact: true })
        .setInputFiles([{ name: `${'long '.repeat(30)}.png`, mimeType: 'image/png', buffer: Buffer.from('x') }]);
      await page.getByLabel('Variables').fill('{}');
      await expect(page.getByLabel('Variables')).toHaveAttribute('aria-invalid', 'true');
      await expectGood(page, colorScheme);
    });

    test(`regions, ${colorScheme}`, async ({ open, organisation }) => {
      await organisation.connect();
      const page = await open('/identities?add=us-east-1');
      await expect(page.getByText('This page turns green by itself.')).toBeVisible();
      await expectGood(page, colorScheme);
      await page.goto('/identities?events=us-east-1');
      await expect(page.getByLabel('Topic ARN')).toBeVisible();
      await expectGood(page, colorScheme);
    });

    test(`a domain, ${colorScheme}`, async ({ open, organisation }) => {
      await organisation.connect();
      const domain = await organisation.verifiedIdentity('example.com');
      const page = await open(`/identities/${domain}`);
      await page.getByRole('button', { name: 'Check DNS' }).click();
      await expect(page.getByRole('region', { name: /DMARC/ })).toBeVisible();
      await page.getByText('Change the key').first().click();
      await expectGood(page, colorScheme);
      await page.getByRole('button', { name: 'Delete…' }).click();
      await expectGood(page, colorScheme);
    });

    test(`the mock console, ${colorScheme}`, async ({ page, organisation }) => {
      const { quickCreateUrl } = await organisation.kraiter.awsBinding.connect({ region: 'eu-west-1' });
      await page.goto(quickCreateUrl);
      await expect(page.getByLabel('Stack name')).toBeVisible();
      await expectGood(page, colorScheme);
      await page.getByLabel('I acknowledge').check();
      await page.getByLabel('Simulate a failure').check();
      await page.getByRole('button', { name: 'Create stack' }).click();
      await expect(page.getByRole('status')).toContainText('ROLLBACK_COMPLETE');
      await expectGood(page, colorScheme);
      await page.goto(`${setting('KRAITER_CONSOLE')}/iam/home`);
      await expectGood(page, colorScheme);
    });
  });
}
