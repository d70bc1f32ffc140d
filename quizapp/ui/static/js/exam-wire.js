// One request to the server. Status 0 means that no answer of ours came: no network, a time-out, or somebody
// else's page in the way, as in a hotel. What was sent may have arrived all the same.

const TIMEOUT = 15_000;
const NOTHING = { status: 0, body: {}, retryAfter: 0 };

export async function post(url, payload, { keepalive = false } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  const sent = performance.now();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(payload),
      signal: stop.signal,
      keepalive,
    });
    const body = await response.json().catch(() => null);
    const came = performance.now();
    if (response.ok && (body === null || response.redirected)) return { ...NOTHING, sent, came };
    const retryAfter = Number(response.headers.get("Retry-After")) * 1000 || 0;
    return { status: response.status, body: body ?? {}, retryAfter, sent, came };
  } catch {
    return { ...NOTHING, sent, came: performance.now() };
  } finally {
    clearTimeout(timer);
  }
}

export function toBase64(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
