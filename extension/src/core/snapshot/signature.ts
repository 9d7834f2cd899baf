/** Ed25519 by the browser's own cryptography: whether a text is what our server signed. */

const ALGORITHM = "Ed25519";

/** False also where the key or the signature is none. */
export async function isSigned(text: string, signature: string | null, public_key: string): Promise<boolean> {
  const [key, sign] = [bytesOf(public_key), bytesOf(signature ?? "")];
  if (key?.length !== 32 || sign?.length !== 64) return false;
  const imported = await crypto.subtle.importKey("raw", key, ALGORITHM, false, ["verify"]);
  return crypto.subtle.verify(ALGORITHM, imported, sign, new TextEncoder().encode(text));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch (failure) {
    if (failure instanceof DOMException) return null;
    throw failure;
  }
}
