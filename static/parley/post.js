// Sending to the server and understanding its answer.

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

// Post fields. Resolves to {state, problem}: the room as it is now, and why the server declined, if it did.
// Rejects when the server cannot be reached or failed itself: then it is worth trying again.
export async function post(address, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token() } });
  const understood = response.headers.get("content-type")?.startsWith("application/json");
  if (!understood || response.status >= 500) throw new Error(`${response.status}`);
  const state = await response.json();
  return { state, problem: state.problem ?? "" };
}

export function showProblem(text) {
  const box = document.getElementById("problem");
  document.getElementById("problem-text").textContent = text;
  box.hidden = !text;
}
