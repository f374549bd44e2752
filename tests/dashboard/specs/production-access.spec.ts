import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import fc from 'fast-check';
import { putAccountDetails, shellQuote } from '../../../www/src/production-access/command.js';
import {
  dmarcRecord,
  draftUseCase,
  type Facts,
  missingAnswers,
  NO_ANSWERS,
} from '../../../www/src/production-access/draft.js';
import { expect, expectAccessibleEverywhere, expectToast, THEMES, test } from '../test.js';
import { publish, setting } from '../test-env.js';

/** Returns the arguments that a shell passes to a program. */
const argumentsIn = (shell: string, command: string): string[] =>
  execFileSync(shell, ['-c', `for argument in ${command}; do printf '%s\\0' "$argument"; done`])
    .toString()
    .split('\0')
    .slice(0, -1);

const FACTS: Facts = {
  domain: 'shop.example',
  region: 'eu-west-1',
  isVerified: true,
  hasDkim: true,
  dmarcRecord: 'v=DMARC1; p=none',
  hasEvents: true,
  suppressedReasons: ['bounce', 'complaint'],
};

test('a quoted text reaches a program unchanged, whatever it contains', () => {
  const text = fc.oneof(
    // A shell can't pass NUL.
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
    fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '!', '\n', ' ', '*', '~', '#', '-', ';', 'é', 'x') }),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
      for (const shell of ['sh', 'bash']) expect(argumentsIn(shell, texts.map(shellQuote).join(' '))).toEqual(texts);
    }),
    { numRuns: 100 },
  );
});

test('the command is one line whose JSON has every value unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.webUrl(), (useCase, websiteUrl) => {
      const command = putAccountDetails('eu-west-1', { mailType: 'MARKETING', websiteUrl, useCase });
      expect(command).not.toContain('\n');
      const [aws, service, operation, regionFlag, region, inputFlag, input] = argumentsIn('sh', command);
      expect([aws, service, operation, regionFlag, region, inputFlag]).toEqual([
        'aws',
        'sesv2',
        'put-account-details',
        '--region',
        'eu-west-1',
        '--cli-input-json',
      ]);
      expect(JSON.parse(input ?? '')).toEqual({
        MailType: 'MARKETING',
        WebsiteURL: websiteUrl,
        UseCaseDescription: useCase,
        ContactLanguage: 'EN',
        ProductionAccessEnabled: true,
      });
    }),
    { numRuns: 100 },
  );
});

test('the draft has the answers and what was checked, and nothing that is not known', () => {
  const answers = { ...NO_ANSWERS, content: 'Receipts.', consent: 'Customers order.', website: 'https://shop.example' };
  const draft = draftUseCase(FACTS, answers);
  for (const part of [
    'Receipts.',
    'Customers order.',
    'verified in eu-west-1, is signed with DKIM and has the DMARC record "v=DMARC1; p=none"',
    'SNS topic',
    'on for bounces and complaints',
  ])
    expect(draft).toContain(part);
  const nothing: Facts = {
    domain: 'shop.example',
    region: 'eu-west-1',
    isVerified: false,
    hasDkim: false,
    dmarcRecord: null,
    hasEvents: false,
    suppressedReasons: [],
  };
  expect(draftUseCase(nothing, answers)).toBe('Receipts.\n\nCustomers order.');
  expect(draftUseCase(nothing, NO_ANSWERS)).toBe('');
  expect(draft).not.toContain('unsubscribe');
  expect(draftUseCase(FACTS, { ...answers, hasUnsubscribe: true })).not.toContain('unsubscribe');
  expect(draftUseCase(FACTS, { ...answers, mailType: 'MARKETING' })).not.toContain('unsubscribe');
  expect(draftUseCase(FACTS, { ...answers, mailType: 'MARKETING', hasUnsubscribe: true })).toContain('RFC 8058');
  expect(missingAnswers(NO_ANSWERS)).toEqual(['website', 'content', 'consent']);
  expect(missingAnswers(answers)).toEqual([]);
  expect(missingAnswers({ ...answers, website: 'shop' })).toEqual(['website']);
  expect(dmarcRecord([])).toBeNull();
});

/** Changes the production access of Ireland in each response. */
const answerWith = (page: Page, productionAccess: object, changes: object = {}) =>
  page.route('**/v1/aws-binding', async (route) => {
    const response = await route.fetch();
    const binding = await response.json();
    const regions = binding.regions.map((region: { region: string }) =>
      region.region === 'eu-west-1' ? { ...region, productionAccess, ...changes } : region,
    );
    await route.fulfill({ response, json: { ...binding, regions } });
  });

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`a request for production access is drafted from facts in the ${colorScheme} theme`, async ({
      open,
      organisation,
      context,
    }) => {
      test.slow();
      const domain = `access-${colorScheme}.example`;
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
      await organisation.verifiedIdentity(domain);
      const page = await open('/identities');
      await page
        .getByRole('region', { name: 'Your AWS account is connected' })
        .getByRole('link', { name: 'request production access' })
        .click();
      await expect(page.getByRole('heading', { level: 1, name: 'Production access' })).toBeFocused();
      await expect(page.getByRole('region', { name: 'Europe (Ireland)' })).toContainText('Not requested');
      const checks = page.getByRole('list', { name: 'What AWS looks at' }).getByRole('listitem');
      await expect(checks).toHaveCount(4);
      // Other tests use the account, too.
      const choose = async () => {
        const domains = page.getByLabel('Domain');
        if (await domains.isVisible()) await domains.selectOption(domain);
      };
      await choose();
      await expect(checks.nth(0)).toContainText(`${domain} is verified and signed.`);
      await expect(checks.nth(1)).toContainText('A DMARC record: to do');
      await expect(checks.nth(2)).toContainText('Bounces and complaints are handled: done');
      await expect(page.getByRole('region', { name: 'Command' })).toBeHidden();
      await expect(
        page.getByText('Enter the URL of your website, what you send and how recipients agreed.'),
      ).toBeVisible();
      await expectAccessibleEverywhere(page);

      await publish(`_dmarc.${domain}`, 'TXT', ['v=DMARC1; p=quarantine']);
      await page.reload();
      await expect(checks).toHaveCount(4);
      await choose();
      await expect(checks.nth(1)).toContainText('v=DMARC1; p=quarantine');
      await page.getByRole('radio', { name: /Marketing/ }).check();
      await expect(checks.nth(4)).toContainText('One-click unsubscribe: to do');
      await page.getByRole('checkbox', { name: /unsubscribe: true/ }).check();
      await expect(checks.nth(4)).toContainText('One-click unsubscribe: done');
      await page.getByLabel('Website').fill('https://shop.example');
      await page.getByLabel(/What do you send/).fill('Ada’s shop sends offers: it\'s "5 % off" for $7.');
      await page.getByLabel(/How do recipients agree/).fill('They subscribe in the shop.');
      const useCase = page.getByLabel('Use case description');
      await expect(useCase).toHaveValue(/has the DMARC record "v=DMARC1; p=quarantine"/);
      await expect(useCase).toHaveValue(/RFC 8058/);
      await useCase.fill(`${await useCase.inputValue()}\nOur own words.`);

      // What was entered survives a reload.
      await page.reload();
      await expect(checks).toHaveCount(5);
      await choose();
      await expect(useCase).toHaveValue(/Our own words\.$/);
      await page.getByRole('button', { name: 'Copy command' }).click();
      await expectToast(page, 'Copied command');
      const command = await page.evaluate(() => navigator.clipboard.readText());
      const input = JSON.parse(argumentsIn('sh', command)[6] ?? '');
      expect(input).toMatchObject({
        MailType: 'MARKETING',
        WebsiteURL: 'https://shop.example',
        ProductionAccessEnabled: true,
      });
      expect(input.UseCaseDescription).toBe(await useCase.inputValue());
      await expectAccessibleEverywhere(page);
      await useCase.fill('x'.repeat(5_001));
      await expect(useCase).toHaveAttribute('aria-invalid', 'true');
      await expect(page.getByRole('region', { name: 'Command' })).toBeHidden();
      await page.getByRole('button', { name: 'Discard edits and draft again' }).click();
      await expect(useCase).not.toHaveValue(/Our own words/);
    });

    test(`AWS’s decision and the case are shown in the ${colorScheme} theme`, async ({ open, organisation, page }) => {
      await organisation.connect();
      await open('/activity');
      const states = [
        [{ status: 'pending', caseId: '173' }, 'Under review', false],
        [{ status: 'denied', caseId: '173' }, 'Denied', true],
        [{ status: 'failed', caseId: null }, 'Not received', true],
        [{ status: 'granted', caseId: null }, 'Granted', false],
      ] as const;
      for (const [access, label, canRequest] of states) {
        await page.unrouteAll();
        await answerWith(page, access, { pricingPlan: 'essentials', nextPricingPlan: 'pro' });
        await page.goto('/production-access?region=eu-west-1');
        const region = page.getByRole('region', { name: 'Europe (Ireland)' });
        await expect(region.getByText(label, { exact: true })).toBeVisible();
        await expect(region).toContainText('Essentials: US$0.16 per 1,000 emails, Pro from next month');
        const link = region.getByRole('link', { name: /^173/ });
        if (access.caseId === null) await expect(link).toBeHidden();
        else
          await expect(link).toHaveAttribute(
            'href',
            'https://support.console.aws.amazon.com/support/home#/case/?displayId=173',
          );
        await expect(page.getByRole('heading', { name: 'Request', exact: true })).toBeVisible({ visible: canRequest });
        await expectAccessibleEverywhere(page);
      }
      await page.getByRole('button', { name: 'Check again' }).click();
      await expectToast(page, 'Read from AWS just now');
    });
  });
}
