import type { ProductionAccessStatus, Region } from '@kraiter/sdk';

import { HelpLink } from '../components/help-link';

const STATUSES: Record<ProductionAccessStatus, [tone: string, label: string, meaning: string]> = {
  not_requested: [
    'amber',
    'Not requested',
    'You can send only to verified recipients, up to 200 a day and 1 a second.',
  ],
  pending: [
    'info',
    'Under review',
    'AWS usually responds within 24 hours, by email and in the case. There is nothing to do here until then.',
  ],
  denied: [
    'red',
    'Denied',
    'AWS refused the last request. The case says why: answer it there, or submit a better request below.',
  ],
  failed: ['red', 'Not received', 'AWS lost the last request to an internal error. Submit it again.'],
  granted: ['green', 'Granted', 'You can send to anyone in this region, within its quotas.'],
};

/** Returns the page of a case in the AWS support center. */
const caseUrl = (caseId: string) =>
  `https://support.console.aws.amazon.com/support/home#/case/?${new URLSearchParams({ displayId: caseId })}`;

/** AWS's decision about production access in a region. */
export function AccessStatus({ region }: { region: Region }) {
  const { status, caseId } = region.productionAccess ?? { status: 'not_requested', caseId: null };
  const [tone, label, meaning] = STATUSES[status];
  return (
    <>
      <p>
        <span class={`tag ${tone}`}>{label}</span>
      </p>
      <p>{meaning}</p>
      {caseId !== null && (
        <p>
          Case <HelpLink href={caseUrl(caseId)}>{caseId}</HelpLink> in the AWS support center
        </p>
      )}
    </>
  );
}
