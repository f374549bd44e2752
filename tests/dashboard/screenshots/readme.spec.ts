/** Takes the screenshots in docs/screenshots: `cargo xtask dashboard --project screenshots`. */

import { expect, expectConnectionStatus, openConsole, signIn, THEMES, test } from '../test.js';
import { createTopic, newAccount, Organisation, publish, putRole, setting } from '../test-env.js';
import { capture, DESK, PHONE, pathOf } from './capture.js';

const ACCOUNT = '111122223333';

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' }, viewport: DESK });

    test(`screenshots of connecting and sending in the ${colorScheme} theme`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      await page.goto('/identities');
      await expectConnectionStatus(page, 'Not connected');
      await capture(page, pathOf('not-connected', colorScheme));

      await page.getByLabel('Sending region').selectOption('eu-central-1');
      await page.getByRole('button', { name: 'Connect AWS Account' }).click();
      await expectConnectionStatus(page, 'Waiting for stack');
      await capture(page, pathOf('waiting', colorScheme));

      const aws = await openConsole(page, () => page.getByRole('link', { name: 'Open AWS console' }).click());
      await aws.getByLabel('AWS account', { exact: true }).fill(ACCOUNT);
      await aws.getByLabel('I acknowledge').check();
      await aws.getByRole('button', { name: 'Create stack' }).click();
      await expect(aws.getByRole('row', { name: /^ConfigurationSet/ })).toContainText('CREATE_COMPLETE');
      await capture(aws, pathOf('stack', colorScheme));
      await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
      await aws.close();

      await expectConnectionStatus(page, 'Connected');
      await organisation.verifiedIdentity('acme.example');
      await page.reload();
      await expect(page.getByText('acme.example', { exact: true })).toBeVisible();
      await capture(page, pathOf('connected', colorScheme));

      await page.getByRole('link', { name: 'Send a test email' }).click();
      await page.getByRole('radio', { name: /Bounce/ }).check();
      await capture(page, pathOf('send', colorScheme));
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
      await capture(page, pathOf('activity', colorScheme));
      await page.goto(`/activity/${id}`);
      await expect(page.getByText('Bounced', { exact: true }).last()).toBeVisible();
      await capture(page, pathOf('email', colorScheme));

      for (const to of ['ada', 'grace', 'mary'])
        await emails.send({
          from: 'Acme Post <news@acme.example>',
          to: `${to}@acme.example`,
          subject: 'Welcome',
          text: 'Hello',
        });
      await expect.poll(async () => (await organisation.kraiter.sending.reputation()).regions.length).toBe(1);
      await page.goto('/sending');
      await page.getByRole('button', { name: 'Check permissions' }).click();
      await expect(page.getByText('ses:SendRawEmail')).toBeVisible();
      await capture(page, pathOf('sending', colorScheme));
      await page.setViewportSize(PHONE);
      await capture(page, pathOf('sending-narrow', colorScheme));
    });

    test(`screenshots of a domain in the ${colorScheme} theme`, async ({ page, context }) => {
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
      await capture(page, pathOf('identity', colorScheme));
      await page.setViewportSize(PHONE);
      await capture(page, pathOf('identity-narrow', colorScheme));
      await page.getByText('Change key').first().click();
      await page.getByRole('radio', { name: /Your own key/ }).check();
      await page
        .getByRole('region', { name: 'DKIM signing' })
        .screenshot({ path: pathOf('signing-narrow', colorScheme), animations: 'disabled' });
    });

    test(`screenshots of regions in the ${colorScheme} theme`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'), 'eu-central-1');
      await organisation.kraiter.identities.create({ identity: 'acme.example', region: 'eu-west-1' });
      await organisation.kraiter.awsBinding.verify();
      await page.goto('/identities?add=us-east-1');
      await expect(page.getByText('This page updates automatically.')).toBeVisible();
      await capture(page, pathOf('regions', colorScheme));
      await page.setViewportSize(PHONE);
      await capture(page, pathOf('regions-narrow', colorScheme));

      await page.setViewportSize(DESK);
      await page.goto('/production-access?region=eu-west-1');
      await page.getByLabel('Website').fill('https://acme.example');
      await page
        .getByLabel('What do you send')
        .fill('Order confirmations and shipping notices to customers of our shop, about 300 a day.');
      await page.getByLabel('How do recipients agree').fill('Customers enter their address when they order.');
      await expect(page.getByRole('region', { name: 'Command' })).toBeVisible();
      await capture(page, pathOf('production-access', colorScheme));

      await page.goto('/identities?events=eu-west-1');
      await page
        .getByLabel('Topic ARN')
        .fill(await createTopic(setting('KRAITER_SANDBOX_ACCOUNT'), 'eu-west-1', `kraiter-events-${colorScheme}`));
      await page.getByRole('button', { name: 'Set up events', exact: true }).click();
      await expect(page.getByRole('figure', { name: 'Topic policy' })).toBeVisible();
      await capture(page, pathOf('manual-events', colorScheme));
      await page.setViewportSize(PHONE);
      await capture(page, pathOf('manual-events-narrow', colorScheme));
    });

    test(`screenshots of an insecure role in the ${colorScheme} theme`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      const { trustPolicy, permissionsPolicy, externalId } = await organisation.kraiter.awsBinding.connect({
        region: 'eu-central-1',
      });
      const insecurePolicy = JSON.parse(
        JSON.stringify(trustPolicy, (key, value: unknown) => (key === 'Condition' ? undefined : value)),
      );
      const roleArn = await putRole(ACCOUNT, `Insecure-${colorScheme}`, insecurePolicy, permissionsPolicy);
      await organisation.kraiter.awsBinding.create({
        awsAccountId: ACCOUNT,
        roleArn,
        externalId,
        stackRegion: 'eu-central-1',
      });
      await page.goto('/identities?setup=manual');
      await expectConnectionStatus(page, 'Not secure');
      await expect(page.getByRole('figure', { name: 'Trust policy' })).toBeVisible();
      await capture(page, pathOf('insecure', colorScheme));
    });
  });
}
