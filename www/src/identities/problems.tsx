import type { IdentityProblem, Region } from '@kraiter/sdk';
import { ErrorCodes, Notice } from '../components/notice';
import { RegionName } from '../connection/region-select';

/** More problems than this are collapsed, for example if the account has enabled only half of all regions. */
const MAX_SHOWN = 2;

/** Help texts for the dashboard, instead of the API's. */
const HELP: Record<string, string> = {
  list_truncated: 'To show a missing identity, add it by name. An existing identity isn’t created again.',
};

/** Reasons why identities of a region are missing from the list. */
export function Problems({ problems, regions }: { problems: IdentityProblem[]; regions: Region[] }) {
  // SES throttling only delays the DNS records, which a list doesn't show.
  const shown = problems.filter(({ code }) => code !== 'aws_throttled');
  if (!shown.length) return null;
  const list = shown.map((problem, n) => (
    <ProblemItem key={`${problem.region} ${problem.code} ${n}`} problem={problem} regions={regions} />
  ));
  if (shown.length <= MAX_SHOWN) return <>{list}</>;
  return (
    <details class="problems">
      <summary>{shown.length} regions could not be loaded completely</summary>
      <div class="stack">{list}</div>
    </details>
  );
}

function ProblemItem({
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
      <ErrorCodes code={code} awsCode={awsCode} />
    </Notice>
  );
}
