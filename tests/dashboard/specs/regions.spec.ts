import { expect, expectAccessible, expectConnectionStatus, openConsole, test } from '../test.js';
import { createTopic, newAccount, setting, subscribe } from '../test-env.js';

test('a region is added with one click and its events become active', async ({ open, organisation }) => {
  const account = newAccount();
  await organisation.connect(account);
  const page = await open('/identities');
  const regions = page.getByRole('region', { name: 'Regions', exact: true });
  await expect(regions.getByRole('listitem')).toHaveCount(1);
  await regions.getByRole('button', { name: 'Add region' }).click();
  await regions.getByRole('button', { name: 'Create stack' }).click();
  await expect(regions.getByLabel('Region to add')).toHaveAccessibleDescription(/Choose a region to add/);
  await expect(regions.getByLabel('Region to add')).toBeFocused();
  await regions.getByLabel('Region to add').selectOption('us-east-1');
  await regions.getByRole('button', { name: 'Create stack' }).click();
  // The form survives a reload.
  await expect(page).toHaveURL('/identities?add=us-east-1');
  await page.reload();
  await expect(regions.getByText('This page updates automatically.')).toBeVisible();

  const aws = await openConsole(page, () => regions.getByRole('link', { name: 'Open AWS console' }).click());
  await aws.getByLabel('AWS account', { exact: true }).fill(account);
  await aws.getByLabel('I acknowledge').check();
  await aws.getByRole('button', { name: 'Create stack' }).click();
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await aws.close();

  await expect(regions.getByText('Events are active in us-east-1.')).toBeVisible();
  await regions.getByRole('button', { name: 'Done' }).click();
  const virginia = regions.getByRole('listitem').filter({ hasText: 'US East (N. Virginia)' });
  for (const fact of ['us-east-1', 'Production', '0 of 50,000 in 24 hours', 'Events active'])
    await expect(virginia).toContainText(fact);
  await expect(regions.getByRole('listitem').filter({ hasText: 'Europe (Ireland)' })).toContainText(
    'Default sending region',
  );
  await expect(page).toHaveURL('/identities');
  await expectConnectionStatus(page, 'Connected');
});

test('events set up manually become active when SNS confirms the subscription', async ({ open, organisation }) => {
  const account = newAccount();
  await organisation.connectManually(account);
  const page = await open('/identities');
  const regions = page.getByRole('region', { name: 'Regions', exact: true });
  await expect(regions.getByRole('listitem')).toContainText('Events off');
  await regions.getByRole('button', { name: 'Set up events in Europe (Ireland)' }).click();
  const arn = regions.getByLabel('Topic ARN');
  for (const invalid of [
    '',
    'nonsense',
    `arn:aws:sqs:eu-west-1:${account}:events`,
    `arn:aws:sns:us-east-1:${account}:events`,
    'arn:aws:sns:eu-west-1:999999999999:events',
  ]) {
    await arn.fill(invalid);
    await regions.getByRole('button', { name: 'Set up events', exact: true }).click();
    await expect(arn).toHaveAttribute('aria-invalid', 'true');
    await expect(arn).toHaveAccessibleDescription(/./);
    await expect(arn).toBeFocused();
  }
  const topic = await createTopic(account, 'eu-west-1', 'kraiter-events');
  await arn.fill(topic);
  await regions.getByRole('button', { name: 'Set up events', exact: true }).click();
  await expect(regions.getByRole('figure', { name: 'Topic policy' })).toContainText(topic);
  await expectAccessible(page);
  const address = await regions.locator('.webhook-url code').innerText();
  expect(address).toContain('/webhooks/sns/');
  await subscribe(topic, address);
  await expect(regions.getByText('Events are active in eu-west-1.')).toBeVisible();
  await regions.getByRole('button', { name: 'Done' }).click();
  await expect(regions.getByRole('listitem')).toContainText('Events active');
  await expect(page.getByRole('region', { name: 'Your AWS account is connected' })).toContainText(
    'Receiving deliveries, bounces and complaints',
  );
});

test('events in a region without stack support can be set up manually', async ({ open, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  const regions = page.getByRole('region', { name: 'Regions', exact: true });
  await regions.getByRole('button', { name: 'Add region' }).click();
  await regions.getByLabel('Region to add').selectOption('mx-central-1');
  await regions.getByRole('button', { name: 'Create stack' }).click();
  await expect(regions.getByLabel('Region to add')).toHaveAccessibleDescription(
    /CloudFormation can’t create the stack in Mexico/,
  );
  await regions.getByRole('button', { name: 'Set up manually' }).click();
  await expect(regions.getByLabel('Topic ARN')).toBeVisible();
  await regions.getByRole('button', { name: 'Cancel' }).click();
  await expect(regions.getByLabel('Topic ARN')).toBeHidden();
});

test('sandbox status, quota and events are shown per region', async ({ open, organisation, context }) => {
  await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
  await context.route('**/v1/aws-binding', async (route) => {
    const response = await route.fetch();
    const binding = await response.json();
    const frankfurt = {
      sandbox: false,
      quota: { max24HourSend: -1, maxSendRate: 14, sentLast24Hours: 1200 },
      events: 'ended',
    };
    const capeTown = {
      reason: { code: 'region_not_enabled', message: 'af-south-1 is not enabled.', help: 'Enable it.' },
    };
    const change: Record<string, object> = { 'eu-central-1': frankfurt, 'af-south-1': capeTown };
    binding.regions = binding.regions.map((region: { region: string }) => ({ ...region, ...change[region.region] }));
    return route.fulfill({ response, json: binding });
  });
  const page = await open('/identities');
  const rows = page.getByRole('region', { name: 'Regions', exact: true }).getByRole('listitem');
  await expect(rows).toHaveCount(3);
  const ireland = rows.filter({ hasText: 'Europe (Ireland)' });
  await expect(ireland).toContainText('Sandbox');
  await expect(ireland).toContainText(/\d+ of 50,000 in 24 hours, 14\sper\ssecond/);
  await expect(ireland.getByRole('link', { name: 'Request production access' })).toHaveAttribute(
    'href',
    '/production-access?region=eu-west-1',
  );
  const frankfurt = rows.filter({ hasText: 'Europe (Frankfurt)' });
  for (const fact of ['Production', /1,200 \(no limit\) in 24 hours, 14\sper\ssecond/, 'Events stopped'])
    await expect(frankfurt).toContainText(fact);
  await expect(frankfurt.getByRole('link', { name: 'Request production access' })).toBeHidden();
  await expect(rows.filter({ hasText: 'Africa (Cape Town)' })).toContainText('af-south-1 is not enabled.Enable it.');
  await expectAccessible(page);
});
