import { createTopic, newAccount, setting, subscribe } from '../lab.js';
import { cardSays, consoleOf, expect, expectAccessible, test } from '../test.js';

test('a further region is added by one click and turns green by itself', async ({ open, organisation }) => {
  const account = newAccount();
  await organisation.connect(account);
  const page = await open('/identities');
  const regions = page.getByRole('region', { name: 'Regions', exact: true });
  await expect(regions.getByRole('listitem')).toHaveCount(1);
  await regions.getByRole('button', { name: 'Add a region' }).click();
  await regions.getByRole('button', { name: 'Create the stack' }).click();
  await expect(regions.getByLabel('Further region')).toHaveAccessibleDescription(/Choose the region to add/);
  await expect(regions.getByLabel('Further region')).toBeFocused();
  await regions.getByLabel('Further region').selectOption('us-east-1');
  await regions.getByRole('button', { name: 'Create the stack' }).click();
  // It outlives a reload.
  await expect(page).toHaveURL('/identities?add=us-east-1');
  await page.reload();
  await expect(regions.getByText('This page turns green by itself.')).toBeVisible();

  const aws = await consoleOf(page, () => regions.getByRole('link', { name: 'Open the AWS console' }).click());
  await aws.getByLabel('AWS account', { exact: true }).fill(account);
  await aws.getByLabel('I acknowledge').check();
  await aws.getByRole('button', { name: 'Create stack' }).click();
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await aws.close();

  await expect(regions.getByText('Events come back from us-east-1.')).toBeVisible();
  await regions.getByRole('button', { name: 'Done' }).click();
  const virginia = regions.getByRole('listitem').filter({ hasText: 'US East (N. Virginia)' });
  for (const fact of ['us-east-1', 'Production', '0 of 50,000 in 24 hours', 'Events come back'])
    await expect(virginia).toContainText(fact);
  await expect(regions.getByRole('listitem').filter({ hasText: 'Europe (Ireland)' })).toContainText(
    'sent from unless told',
  );
  await expect(page).toHaveURL('/identities');
  await cardSays(page, 'Connected');
});

test('events by hand: the policy, the address, and green as soon as the topic has confirmed', async ({
  open,
  organisation,
}) => {
  const account = newAccount();
  await organisation.connectByHand(account);
  const page = await open('/identities');
  const regions = page.getByRole('region', { name: 'Regions', exact: true });
  await expect(regions.getByRole('listitem')).toContainText('No events');
  await regions.getByRole('button', { name: 'Events by hand from Europe (Ireland)' }).click();
  const arn = regions.getByLabel('Topic ARN');
  for (const wrong of [
    '',
    'nonsense',
    `arn:aws:sqs:eu-west-1:${account}:events`,
    `arn:aws:sns:us-east-1:${account}:events`,
    'arn:aws:sns:eu-west-1:999999999999:events',
  ]) {
    await arn.fill(wrong);
    await regions.getByRole('button', { name: 'Set up events' }).click();
    await expect(arn).toHaveAttribute('aria-invalid', 'true');
    await expect(arn).toHaveAccessibleDescription(/./);
    await expect(arn).toBeFocused();
  }
  const topic = await createTopic(account, 'eu-west-1', 'kraiter-events');
  await arn.fill(topic);
  await regions.getByRole('button', { name: 'Set up events' }).click();
  await expect(regions.getByRole('figure', { name: 'Topic policy' })).toContainText(topic);
  await expectAccessible(page);
  const address = await regions.locator('.address code').innerText();
  expect(address).toContain('/webhooks/sns/');
  await subscribe(topic, address);
  await expect(regions.getByText('Events come back from eu-west-1.')).toBeVisible();
  await regions.getByRole('button', { name: 'Done' }).click();
  await expect(regions.getByRole('listitem')).toContainText('Events come back');
  await expect(page.getByRole('region', { name: 'Kraiter can send through your AWS account' })).toContainText(
    'Deliveries, bounces and complaints come back',
  );
});

test('where the stack can’t be made, events are set up by hand', async ({ open, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  const regions = page.getByRole('region', { name: 'Regions', exact: true });
  await regions.getByRole('button', { name: 'Add a region' }).click();
  await regions.getByLabel('Further region').selectOption('mx-central-1');
  await regions.getByRole('button', { name: 'Create the stack' }).click();
  await expect(regions.getByLabel('Further region')).toHaveAccessibleDescription(
    /CloudFormation can’t make the stack in Mexico/,
  );
  await regions.getByRole('button', { name: 'Events by hand', exact: true }).click();
  await expect(regions.getByLabel('Topic ARN')).toBeVisible();
  await regions.getByRole('button', { name: 'Not now' }).click();
  await expect(regions.getByLabel('Topic ARN')).toBeHidden();
});

test('the sandbox is a region’s own, with the way out of it', async ({ open, organisation, context }) => {
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
  await expect(ireland).toContainText(/\d+ of 50,000 in 24 hours, 14\sa\ssecond/);
  await expect(ireland.getByRole('link', { name: 'Ask for production' })).toHaveAttribute(
    'href',
    'https://eu-west-1.console.aws.amazon.com/ses/home?region=eu-west-1#/account',
  );
  const frankfurt = rows.filter({ hasText: 'Europe (Frankfurt)' });
  for (const fact of ['Production', /1,200 of any number in 24 hours, 14\sa\ssecond/, 'Events ended'])
    await expect(frankfurt).toContainText(fact);
  await expect(frankfurt.getByRole('link', { name: 'Ask for production' })).toBeHidden();
  await expect(rows.filter({ hasText: 'Africa (Cape Town)' })).toContainText('af-south-1 is not enabled.Enable it.');
  await expectAccessible(page);
});
