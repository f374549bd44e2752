/** Functions that the pages share. */

export const at = (id) => document.getElementById(id);

/** Calls the mock console. Sends a POST request if there is a body. */
export async function call(path, body) {
  const response = await fetch(
    path,
    body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  const result = await response.json();
  if (!response.ok) throw new Error(result.message);
  return result;
}

/** Shows an error, or hides the last one. */
export function showError(error) {
  at('problem').textContent = error?.message ?? '';
  at('problem').hidden = !error;
}
