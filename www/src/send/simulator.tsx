/** Amazon's test addresses. They work in the sandbox, and count neither for rates nor for reputation. */
const ADDRESSES = [
  { address: 'success@simulator.amazonses.com', name: 'Success', what: 'is delivered' },
  { address: 'bounce@simulator.amazonses.com', name: 'Bounce', what: 'comes back: no such user' },
  { address: 'complaint@simulator.amazonses.com', name: 'Complaint', what: 'is delivered and marked as spam' },
  { address: 'ooto@simulator.amazonses.com', name: 'Out of office', what: 'is answered automatically' },
  { address: 'suppressionlist@simulator.amazonses.com', name: 'Suppressed', what: 'is on Amazon’s suppression list' },
] as const;

/** Offers them; the one that is the recipient is marked. */
export function Simulator({ recipient, choose }: { recipient: string; choose: (address: string) => void }) {
  return (
    <fieldset class="choices">
      <legend>Or one of Amazon’s test addresses</legend>
      <div>
        {ADDRESSES.map(({ address, name, what }) => (
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
              <span class="muted">{what}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
