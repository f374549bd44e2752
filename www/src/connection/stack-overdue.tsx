import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../components/icon';
import { NewTab } from '../components/new-tab';
import { Notice } from '../components/notice';

/** How long a stack may take before the page explains what to look for, in milliseconds. It usually takes about a minute. */
const OVERDUE_AFTER = 180_000;

/** Returns the page of the AWS console that lists the events of the stack that a quick-create link creates. */
function stackEventsUrl(link: string, stackName: string): string {
  const { origin, searchParams } = new URL(link);
  const region = searchParams.get('region') ?? '';
  return `${origin}/cloudformation/home?${new URLSearchParams({ region })}#/stacks/events?${new URLSearchParams({ stackId: stackName })}`;
}

/** Explains what to do if the stack reports nothing for three minutes. A stack that fails can't tell Kraiter. */
export function StackOverdue({ link, stackName }: { link: string; stackName: string }) {
  const [overdue, setOverdue] = useState(false);
  useEffect(() => {
    setOverdue(false);
    const timer = setTimeout(() => setOverdue(true), OVERDUE_AFTER);
    return () => clearTimeout(timer);
  }, [stackName]);
  return (
    <div role="status">
      {overdue && (
        <Notice tone="amber" title="The stack hasn’t reported back yet">
          <p>If you have created it, look at its events in the AWS console:</p>
          <ul class="plain">
            <li>
              <strong>CREATE_IN_PROGRESS</strong>: keep this page open. It updates automatically.
            </li>
            <li>
              <strong>CREATE_FAILED</strong> or <strong>ROLLBACK_COMPLETE</strong>: the oldest event with CREATE_FAILED
              says why, for example that you may not create IAM roles. Fix it, delete the stack, and create it again.
            </li>
            <li>
              <strong>CREATE_COMPLETE</strong>: choose <strong>Request confirmation</strong> for the topic’s
              subscription in the SNS console.
            </li>
          </ul>
          <a
            class="button secondary small"
            href={stackEventsUrl(link, stackName)}
            target="_blank"
            rel="noopener noreferrer"
          >
            Open the stack’s events <Icon name="external" />
            <NewTab />
          </a>
        </Notice>
      )}
    </div>
  );
}
