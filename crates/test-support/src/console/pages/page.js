/** What the pages of the stand-in share. */

export const at = (id) => document.getElementById(id);

/** Asks the stand-in; posts where there is a body. */
export async function call(path, body) {
  const response = await fetch(
    path,
    body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

/** Shows what went wrong; without it, nothing any more. */
export function say(problem) {
  at('problem').textContent = problem?.message ?? '';
  at('problem').hidden = !problem;
}
