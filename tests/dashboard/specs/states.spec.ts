/** States that the emulator can't produce, from mocked responses: pending identities, connection states and failed requests. */

import type { AwsBinding, Identity } from '@kraiter/sdk';
import type { Route } from '@playwright/test';
import { expect, expectAccessible, expectConnectionStatus, test } from '../test.js';

const identity = (change: Partial<Identity>): Identity => ({
  id: `idn_${change.identity}`,
  identity: 'example.com',
  type: 'domain',
  region: 'eu-west-1',
  verified: false,
  verificationStatus: 'pending',
  dkimStatus: 'pending',
  dkim: null,
  partial: false,
  pollAfterSeconds: 30,
  dnsRecords: ['a', 'b', 'c'].map((token) => ({
    type: 'CNAME',
    name: `${token}._domainkey.example.com`,
    value: `${token}.dkim.amazonses.com`,
  })),
  createdAt: '2026-11-24T12:00:00Z',
  ...change,
});

/** Changes the connection in the API's response. */
const withConnection = (change: Partial<AwsBinding>) => async (route: Route) => {
  if (route.request().method() !== 'GET') return route.continue();
  const response = await route.fetch();
  return route.fulfill({ response, json: { ...(await response.json()), ...change } });
};

test('identities are grouped by region, and failed regions are listed', async ({ open, organisation, context }) => {
  await organisation.connect();
  const list = [
    identity({ identity: 'example.com' }),
    identity({ identity: 'failed.example', verificationStatus: 'failed', dkimStatus: 'failed' }),
    identity({
      identity: 'someone@example.org',
      type: 'email_address',
      dkimStatus: null,
      dnsRecords: [],
      region: 'us-east-1',
    }),
  ];
  const problem = {
    region: 'eu-central-1',
    code: 'permission_missing',
    message: 'The role lacks ses:ListEmailIdentities.',
    help: 'Add it.',
    awsCode: 'AccessDenied',
  };
  const asked: string[] = [];
  await context.route('**/v1/identities*', (route) => {
    const query = new URL(route.request().url()).search;
    asked.push(query);
    const many = ['af-south-1', 'ap-east-1'].map((region) => ({ ...problem, region, code: 'region_not_enabled' }));
    const older = identity({ identity: 'older.example' });
    if (query.includes('cursor'))
      return route.fulfill({ json: { data: [older], problems: [], regions: [], nextCursor: null } });
    if (query.includes('all'))
      return route.fulfill({ json: { data: list, problems: [problem, ...many], regions: [], nextCursor: null } });
    return route.fulfill({ json: { data: list, problems: [problem], regions: [], nextCursor: 'idn_next' } });
  });
  const page = await open('/identities');
  const section = page.getByRole('region', { name: 'Sender identities' });
  const ireland = section.getByRole('region', { name: 'Europe (Ireland) eu-west-1' });
  await expect(ireland.getByRole('link', { name: /example\.com.*Pending/ })).toHaveAttribute(
    'href',
    '/identities/idn_example.com',
  );
  await expect(ireland.getByRole('link', { name: /failed\.example.*Failed/ })).toBeVisible();
  await expect(section.getByRole('region', { name: 'US East (N. Virginia) us-east-1' })).toContainText(
    'AWS has sent an email to this address.',
  );
  await expect(section).toContainText('Europe (Frankfurt) eu-central-1');
  await expect(section).toContainText('The role lacks ses:ListEmailIdentities. Add it.');
  await expectAccessible(page);

  await section.getByRole('button', { name: 'Show more' }).click();
  await expect(ireland.getByRole('link', { name: /older\.example/ })).toBeVisible();
  await expect(section.getByRole('button', { name: 'Show more' })).toBeHidden();

  await section.getByLabel('Regions shown').selectOption('all');
  await section.getByText('3 regions could not be loaded completely').click();
  await expect(section).toContainText('Africa (Cape Town) af-south-1');
  expect(asked).toEqual(expect.arrayContaining(['', '?cursor=idn_next', '?region=all']));
  await page.goto('/send');
  await expect(page.getByText('yours is still pending')).toBeVisible();
});

test('the records of a pending domain can be copied one by one', async ({ open, organisation, context }) => {
  await organisation.connect();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await context.route('**/v1/identities/idn_*', (route) =>
    route.fulfill({
      json: identity({ identity: 'failed.example', verificationStatus: 'failed', dkimStatus: 'failed' }),
    }),
  );
  const page = await open('/identities/idn_failed.example');
  await expect(page.getByText('AWS didn’t find the records within 72 hours.')).toBeVisible();
  await page.getByRole('button', { name: 'Copy name a._domainkey.example.com' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('a._domainkey.example.com');
  await expectAccessible(page);
});

test('a degraded connection shows the reason and how to fix it', async ({ open, organisation, context }) => {
  await organisation.connect();
  const reason = {
    code: 'sending_paused' as const,
    message: 'AWS has paused sending for this account.',
    help: 'Open the SES console’s account dashboard.',
  };
  await context.route('**/v1/aws-binding', withConnection({ status: 'degraded', reason }));
  const page = await open('/identities');
  await expectConnectionStatus(page, 'Needs attention');
  await expect(page.getByRole('alert')).toContainText(reason.message);
  await expect(page.getByRole('alert')).toContainText(reason.help);
  await expectAccessible(page);
});

test('while a new role becomes available, the page shows that Kraiter retries', async ({
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  const reason = { code: 'role_refused' as const, message: 'AWS refuses.', help: '' };
  await context.route('**/v1/aws-binding', withConnection({ status: 'verifying', reason }));
  const page = await open('/identities');
  await expectConnectionStatus(page, 'Verifying');
  await expect(page.getByText('Kraiter retries automatically.')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Verify the role' })).toHaveAttribute(
    'aria-current',
    'step',
  );
});

test('a page whose request failed can be retried', async ({ open, context }) => {
  const page = await open('/activity');
  await expect(page.getByText('No emails yet')).toBeVisible();
  await context.route('**/v1/emails*', (route) => route.abort());
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('Could not load emails');
  await context.unroute('**/v1/emails*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('No emails yet')).toBeVisible();

  await context.route('**/v1/**', (route) => route.abort());
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('network_error');
  await context.unroute('**/v1/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('No emails yet')).toBeVisible();
});

test('if the API is unreachable, the card shows the last known connection', async ({
  page,
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  await page.clock.install();
  await open('/identities');
  await expectConnectionStatus(page, 'Connected');
  await context.route('**/v1/aws-binding', (route) => route.abort());
  await page.clock.fastForward('01:00');
  await expect(page.getByText('Can’t reach Kraiter')).toBeVisible();
  await expect(page.getByText('This is the last known state of the connection.')).toBeVisible();
  await expectConnectionStatus(page, 'Connected');
  await expectAccessible(page);
  await context.unroute('**/v1/aws-binding');
  await page.clock.fastForward('01:00');
  await expect(page.getByText('Can’t reach Kraiter')).toBeHidden();

  await context.route('**/v1/aws-binding', (route) => route.abort());
  await page.reload();
  await expectConnectionStatus(page, 'Unknown');
  await context.unroute('**/v1/aws-binding');
  await page.clock.fastForward('01:00');
  await expectConnectionStatus(page, 'Connected');
});

test('times use the time zone and locale of the browser', async ({ browser, organisation, context, open }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const { id } = await organisation.kraiter.emails.send({
    from: 'a@example.com',
    to: 'success@simulator.amazonses.com',
    subject: 'Hello',
    text: 'x',
  });
  await open('/activity');
  const { createdAt } = await organisation.kraiter.emails.get(id);
  const german = await browser.newContext({
    locale: 'de-DE',
    timezoneId: 'Asia/Tokyo',
    storageState: await context.storageState(),
  });
  const page = await german.newPage();
  await page.goto(`/activity/${id}`);
  const expected = new Intl.DateTimeFormat('de-DE', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'Asia/Tokyo',
  }).format(new Date(createdAt));
  await expect(page.getByRole('region', { name: 'Delivery history' }).locator('time').first()).toHaveText(expected);
  await german.close();
});

test('a stack that is older than the published template has an update link', async ({
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  const updateUrl =
    'https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/update/template';
  await context.route('**/v1/aws-binding', async (route) => {
    const response = await route.fetch();
    const binding = (await response.json()) as AwsBinding;
    const regions = binding.regions.map((region) =>
      region.stack ? { ...region, stack: { ...region.stack, updateUrl } } : region,
    );
    return route.fulfill({ response, json: { ...binding, regions } });
  });
  const page = await open('/identities');
  const region = page.getByRole('region', { name: 'Regions', exact: true }).getByRole('listitem').first();
  await expect(region).toContainText('The stack is older than the published template.');
  await expect(region.getByRole('link', { name: 'Update stack' })).toHaveAttribute('href', updateUrl);
  await expectAccessible(page);
});
