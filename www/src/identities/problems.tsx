import type { IdentityProblem, Region } from '@kraiter/sdk';

import { RegionName } from '../connection/region-select';
import { Notice } from '../parts/problem';

/** So many are shown at once; more are folded up, as when all regions are asked and the account has enabled half of them. */
const SHOWN = 2;

/** What the API tells its callers to do, in a page's words. */
const HELP: Record<string, string> = {
  list_cut: 'Add one that is missing by its name: it is found, and not made a second time.',
};

/** Why a region's identities are missing, or some of them. */
export function Problems({ problems, regions }: { problems: IdentityProblem[]; regions: Region[] }) {
  // Domains without their records, because SES asks for a lower rate: a list shows no records.
  const told = problems.filter(({ code }) => code !== 'aws_throttled');
  if (!told.length) return null;
  const list = told.map((problem, n) => (
    <One key={`${problem.region} ${problem.code} ${n}`} problem={problem} regions={regions} />
  ));
  if (told.length <= SHOWN) return <>{list}</>;
  return (
    <details class="problems">
      <summary>{told.length} regions can’t be listed, or not wholly</summary>
      <div class="stack">{list}</div>
    </details>
  );
}

function One({
  problem: { region, code, message, help, awsCode },
  regions,
}: {
  problem: IdentityProblem;
  regions: Region[];
}) {
  return (
    <Notice tone="amber">
      <p class="title">
        <RegionName regions={regions} region={region} />
      </p>
      <p>
        {message} {HELP[code] ?? help}
      </p>
      <p class="fine">
        <code>{code}</code>
        {awsCode && (
          <>
            {' '}
            · AWS <code>{awsCode}</code>
          </>
        )}
      </p>
    </Notice>
  );
}
