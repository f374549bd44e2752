import { useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { ProblemNotice } from '../parts/problem';
import { useResource } from '../parts/use-resource';
import { Policies, TrustFacts } from './policies';

/** The link and the policies of a connection that has a role already: to mend it, or to make its stack anew. */
export function SetUpDetails({ region, open = false }: { region: string; open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <details class="set-up" open={open} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>Policies and external ID</summary>
      {shown && <Loaded region={region} />}
    </details>
  );
}

function Loaded({ region }: { region: string }) {
  // Asking for the link changes nothing about a role that is connected.
  const { data, error, reload } = useResource(`connect ${region}`, (signal) => kraiter.awsBinding.connect({ region }, { signal }));
  if (!data) return error === undefined ? <Loading what="Loading the policies" lines={6} /> : <ProblemNotice error={error} retry={reload} />;
  return (
    <>
      <TrustFacts details={data} />
      <Policies details={data} />
      <p>
        <a href={data.quickCreateUrl} target="_blank" rel="noopener noreferrer">
          Create the stack anew in the AWS console <Icon name="external" /><span class="visually-hidden"> (opens a new tab)</span>
        </a>
      </p>
    </>
  );
}
