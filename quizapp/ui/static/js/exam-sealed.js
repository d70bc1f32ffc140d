// The answers in a file that only the server can open: for handing in when the network does not come back.
// Format quizapp-sealed-1: an ephemeral P-256 key agrees with the server's; HKDF-SHA256 without salt, named by the
// format, makes an AES-256-GCM key; the attempt's id is bound in as additional data.

import { fromBase64, toBase64 } from "./exam-wire.js";

const FORMAT = "quizapp-sealed-1";
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const bytes = (text) => new TextEncoder().encode(text);

export function canSeal(sealing) {
  return Boolean(crypto.subtle && sealing?.key);
}

// `sealing`: { id, key }, the server's public key as a raw point. `content`: what is sealed, with its attempt.
export async function seal(sealing, content) {
  const theirs = await crypto.subtle.importKey("raw", fromBase64(sealing.key), CURVE, false, []);
  const ours = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const terms = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes(FORMAT) };
  const key = await crypto.subtle.deriveKey(terms, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const cipher = { name: "AES-GCM", iv, additionalData: bytes(content.attempt) };
  const data = await crypto.subtle.encrypt(cipher, key, bytes(JSON.stringify(content)));
  const epk = await crypto.subtle.exportKey("raw", ours.publicKey);
  return {
    format: FORMAT, key: sealing.id, attempt: content.attempt,
    epk: toBase64(epk), iv: toBase64(iv), data: toBase64(data),
  };
}

// Sealed, and handed to the browser to be saved under that name.
export async function sealedFile(name, sealing, content) {
  download(name, await seal(sealing, content));
}

function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
