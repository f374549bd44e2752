/** A domain's or an address's own page, from the first record to the last. */

import { readFileSync } from 'node:fs';

import type { DnsCheck, Identity } from '@kraiter/sdk';
import { publish } from '../lab.js';
import { expect, expectAccessible, test } from '../test.js';

const KEY = readFileSync(new URL('../../vectors/dkim/rsa-2048.pkcs1.pem', import.meta.url), 'utf8');

test('a person adds a domain, publishes its records, and is told what DNS has', async ({
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await open('/identities');
  await page.getByLabel('Domain or email address').fill('mail.journey.example');
  await page.getByRole('button', { name: 'Add identity' }).click();
  await expect(page.getByRole('heading', { name: 'mail.journey.example' })).toBeFocused();
  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await expect(dns.getByRole('row')).toHaveCount(4);

  await publish('mail.journey.example', 'TXT', ['v=spf1 include:other.example -all']);
  await dns.getByRole('button', { name: 'Check DNS' }).click();
  await expect(dns.getByRole('cell', { name: 'Not seen yet' })).toHaveCount(3);
  await expect(dns.getByText(/Publish it if you haven/)).toBeVisible();
  const spf = dns.getByRole('region', { name: /SPF/ });
  await expect(spf).toContainText('Change it');
  await expect(spf).toContainText('v=spf1 include:other.example include:amazonses.com -all');
  await expect(dns.getByRole('region', { name: /DMARC/ })).toContainText('v=DMARC1; p=none');
  await expect(dns).toContainText('in zone journey.example');

  await dns.getByRole('button', { name: /^Copy value of the SPF record/ }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'v=spf1 include:other.example include:amazonses.com -all',
  );

  const downloaded = page.waitForEvent('download');
  await dns.getByRole('button', { name: 'Download zone file' }).click();
  const file = await downloaded;
  expect(file.suggestedFilename()).toBe('mail.journey.example.zone');
  const zone = readFileSync(await file.path(), 'utf8');
  const [identity] = (await organisation.kraiter.identities.list()).data;
  for (const { name, value } of identity?.dnsRecords ?? []) {
    expect(zone).toContain(`${name}. 1800 IN CNAME ${value}.`);
    await publish(name, 'CNAME', [value]);
  }

  await dns.getByRole('button', { name: 'Check DNS' }).click();
  await expect(dns.getByText('Every record that SES needs is there.')).toBeVisible();
  await expect(dns.getByRole('cell', { name: 'Found' })).toHaveCount(3);
  await page.getByRole('link', { name: 'Identities' }).last().click();
  await expect(page.getByRole('link', { name: /mail\.journey\.example.*Verified/ })).toBeVisible();
});

test('what is missing, wrong or not seen yet is told with what to do', async ({ open, organisation, context }) => {
  await organisation.connect();
  const { id, dnsRecords } = await organisation.kraiter.identities.create({ identity: 'example.com' });
  const [one, two, three] = dnsRecords;
  if (!one || !two || !three) throw new Error('SES gave fewer than three records');
  const check: DnsCheck = {
    id,
    identity: 'example.com',
    region: 'eu-west-1',
    checkedAt: new Date().toISOString(),
    complete: false,
    zone: 'example.com',
    records: [
      { ...one, host: 'a._domainkey', status: 'found', found: [], message: 'The record is there.', help: null },
      {
        ...two,
        host: 'b._domainkey',
        status: 'mismatch',
        found: ['192.0.2.1'],
        message: 'There is an address in the place of the CNAME.',
        help: 'Switch the proxy off.',
      },
      {
        ...three,
        host: 'c._domainkey',
        status: 'missing',
        found: [],
        message: 'The record isn’t there.',
        help: 'Publish it.',
      },
    ],
    advice: [
      {
        purpose: 'spf',
        action: 'fix_manually',
        type: 'TXT',
        name: 'example.com',
        host: '@',
        value: null,
        found: ['v=spf1 -all', 'v=spf1 mx -all'],
        message: 'There is more than one SPF record.',
      },
      {
        purpose: 'dmarc',
        action: 'keep',
        type: 'TXT',
        name: '_dmarc.example.com',
        host: '_dmarc',
        value: null,
        found: ['v=DMARC1; p=reject'],
        message: 'There is a DMARC record.',
      },
    ],
    checkAgainAfterSeconds: 60,
  };
  let asked = 0;
  await context.route('**/check-dns', (route) =>
    route.fulfill({
      json:
        ++asked === 1
          ? check
          : {
              ...check,
              complete: true,
              records: check.records.map((record) => ({ ...record, status: 'found' })),
              checkAgainAfterSeconds: null,
            },
    }),
  );
  const page = await open(`/identities/${id}`);
  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await page.clock.install();
  await dns.getByRole('button', { name: 'Check DNS' }).click();
  for (const word of ['Found', 'Mismatch', 'Missing'])
    await expect(dns.getByRole('cell', { name: word })).toBeVisible();
  await expect(dns).toContainText('192.0.2.1');
  await expect(dns).toContainText('Switch the proxy off.');
  await expect(dns.getByRole('region', { name: /SPF/ })).toContainText('Fix');
  await expect(dns.getByRole('region', { name: /DMARC/ })).toContainText('Right as it is');
  await expectAccessible(page);
  // It is asked again by itself, until there is nothing to wait for.
  await page.clock.runFor(61_000);
  await expect(dns.getByText('Every record that SES needs is there.')).toBeVisible();
  await page.clock.runFor(120_000);
  expect(asked).toBe(2);
});

test('a page follows until SES says that it is verified, and no longer', async ({
  page,
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  const id = await organisation.verifiedIdentity('example.com');
  const verified = await organisation.kraiter.identities.get(id);
  let asked = 0;
  await context.route(`**/v1/identities/${id}`, (route) => {
    const pending: Identity = {
      ...verified,
      verified: false,
      verificationStatus: 'pending',
      dkimStatus: 'pending',
      pollAfterSeconds: 10,
    };
    return route.fulfill({ json: ++asked < 3 ? pending : { ...verified, pollAfterSeconds: null } });
  });
  await page.clock.install();
  await open(`/identities/${id}`);
  await expect(page.getByText('SES looks for the records by itself')).toBeVisible();
  await expect(
    page.getByText('Publish these records at your DNS provider. AWS is looking for the records.'),
  ).toBeVisible();
  for (let n = 2; n <= 3; n++) {
    await page.clock.runFor(10_000);
    await expect.poll(() => asked).toBe(n);
  }
  await expect(page.getByText('DKIM signs every email.')).toBeVisible();
  await expect(page.locator('[aria-live]')).toHaveText('example.com is verified');
  await page.clock.runFor(300_000);
  expect(asked).toBe(3);
});

test('a domain with a key of its own: the key goes to SES and stays nowhere', async ({
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  const page = await open('/identities');
  await page.getByLabel('Domain or email address').fill('own-key.example');
  await page.getByText('Signing key of a domain').click();
  await page.getByRole('radio', { name: /A key of your own/ }).check();
  await page.getByLabel('Selector').fill('not a selector');
  await page.getByRole('textbox', { name: 'Private key' }).fill(KEY);
  await page.getByRole('button', { name: 'Add identity' }).click();
  await expect(page.getByLabel('Selector')).toHaveAttribute('aria-invalid', 'true');
  // Sent is gone, even where it was refused.
  await expect(page.getByRole('textbox', { name: 'Private key' })).toHaveValue('');

  await page.getByLabel('Selector').fill('kraiter1');
  await page.getByRole('textbox', { name: 'Private key' }).fill(KEY);
  await page.getByRole('button', { name: 'Add identity' }).click();
  await expect(page.getByRole('heading', { name: 'own-key.example' })).toBeVisible();
  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await expect(dns.getByRole('row').last()).toContainText('kraiter1._domainkey.own-key.example');
  await expect(page.getByRole('region', { name: 'Signing' })).toContainText('Your own');

  const secret = KEY.split('\n')[1] ?? '';
  expect(secret.length).toBeGreaterThan(40);
  const kept = await page.evaluate(() =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      history.state,
      location.href,
      document.documentElement.outerHTML,
    ]),
  );
  expect(kept).not.toContain(secret);
  expect(JSON.stringify(await context.storageState())).not.toContain(secret);
  await page.goBack();
  await page.getByText('Signing key of a domain').click();
  await page.getByRole('radio', { name: /A key of your own/ }).check();
  await expect(page.getByRole('textbox', { name: 'Private key' })).toHaveValue('');
});

test('the key of a domain is changed, from SES’s to an own one and to a shorter one of SES’s', async ({
  open,
  organisation,
}) => {
  await organisation.connect();
  const id = await organisation.verifiedIdentity('example.com');
  const page = await open(`/identities/${id}`);
  const signing = page.getByRole('region', { name: 'Signing' });
  await expect(signing).toContainText('Made and renewed by Amazon SES');
  await signing.getByText('Change the key').first().click();
  await signing.getByRole('radio', { name: /A key of your own/ }).check();
  await signing.getByLabel('Selector').fill('kraiter2');
  await signing.getByRole('textbox', { name: 'Private key' }).fill(KEY);
  await signing.getByRole('button', { name: 'Change the key' }).click();
  await expect(signing).toContainText('The key is changed.');
  await expect(signing).toContainText('kraiter2');
  await expect(signing.getByRole('textbox', { name: 'Private key' })).toHaveValue('');
  await expect(page.getByRole('region', { name: 'DNS records', exact: true }).getByRole('row').last()).toContainText(
    'kraiter2._domainkey.example.com',
  );

  await signing.getByRole('radio', { name: /1024 bits/ }).check();
  await signing.getByRole('button', { name: 'Change the key' }).click();
  await expect(signing).toContainText('Made and renewed by Amazon SES');
  expect((await organisation.kraiter.identities.get(id)).dkim?.origin).toBe('easy_dkim');
});

test('an address waits for its owner, and is deleted after a question', async ({ open, organisation, context }) => {
  await organisation.connect();
  const { id } = await organisation.kraiter.identities.create({ identity: 'someone@example.org' });
  await context.route(`**/v1/identities/${id}`, async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const response = await route.fetch();
    return route.fulfill({
      response,
      json: { ...(await response.json()), verified: false, verificationStatus: 'pending', pollAfterSeconds: 60 },
    });
  });
  const page = await open('/identities');
  await page.getByRole('link', { name: /someone@example\.org/ }).click();
  await expect(page.getByText('AWS has sent a mail to this address.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'DNS records', exact: true })).toBeHidden();
  await page.getByRole('button', { name: 'Delete…' }).click();
  const question = page.getByRole('dialog');
  await expect(question).toContainText('Delete someone@example.org in eu-west-1?');
  await question.getByRole('button', { name: 'Keep it' }).click();
  await expect(question).toBeHidden();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await question.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page).toHaveURL('/identities');
  await expect(page.getByText('No identity yet')).toBeVisible();
  expect((await organisation.kraiter.identities.list()).data).toEqual([]);
});
