/** This tablet's own key: made and kept by the browser, which shows it to no script. */

const STORE = 'keys'
const ID = 'device'
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const

export type Sign = (nonce: string) => Promise<string>

/** The four fields of a public P-256 key that the daemon keeps. */
export interface PublicKey {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly y: string
}

/** Make a new key and keep it; null where the browser has no such thing (a page that is neither HTTPS nor loopback). */
export async function makeKey(): Promise<PublicKey | null> {
  try {
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    if (!kty || !crv || !x || !y) return null
    await run('readwrite', (store) => store.put(pair.privateKey, ID))
    return { kty, crv, x, y }
  } catch {
    return null
  }
}

/** What signs with the kept key, or null where there is none. */
export async function signer(): Promise<Sign | null> {
  try {
    const key = await run<CryptoKey | undefined>('readonly', (store) => store.get(ID))
    return key ? (nonce) => sign(key, nonce) : null
  } catch {
    return null
  }
}

/** What is signed, as `roomd.identity.devices.signed_text` has it. */
async function sign(key: CryptoKey, nonce: string): Promise<string> {
  const text = new TextEncoder().encode(`roomd-device:1:${nonce}`)
  const raw = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, text))
  return btoa(String.fromCharCode(...raw))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function run<T = unknown>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('roomd', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const asked = work(opening.result.transaction(STORE, mode).objectStore(STORE))
      asked.onerror = () => reject(asked.error)
      asked.onsuccess = () => resolve(asked.result)
    }
  })
}
