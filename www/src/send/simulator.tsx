/** The addresses of the SES mailbox simulator. They work in the sandbox and don't affect rates or reputation. */
const ADDRESSES = [
  { address: 'success@simulator.amazonses.com', name: 'Success', result: 'Delivered' },
  { address: 'bounce@simulator.amazonses.com', name: 'Bounce', result: 'Hard bounce: no such user' },
  { address: 'complaint@simulator.amazonses.com', name: 'Complaint', result: 'Delivered, then marked as spam' },
  { address: 'ooto@simulator.amazonses.com', name: 'Out of office', result: 'Delivered, with an automatic reply' },
  { address: 'suppressionlist@simulator.amazonses.com', name: 'Suppressed', result: 'On the SES suppression list' },
] as const;

/** A choice of simulator addresses. */
export function Simulator({ recipient, choose }: { recipient: string; choose: (address: string) => void }) {
  return (
    <fieldset class="choices">
      <legend>Or use the SES mailbox simulator</legend>
      <div>
        {ADDRESSES.map(({ address, name, result }) => (
          <label key={address}>
            <input
              type="radio"
              name="simulator"
              value={address}
              checked={recipient === address}
              onChange={() => choose(address)}
            />
            <span>
              <strong>{name}</strong>
              <span class="muted">{result}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
