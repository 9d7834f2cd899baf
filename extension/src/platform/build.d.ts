/** What `build.mjs` writes into the code. */

/** Where our server is, e.g. "http://127.0.0.1:8321". */
declare const __API_ORIGIN__: string;
/** The public key that snapshots must be signed with, in base64; null: the one that the server names first. */
declare const __SNAPSHOT_KEY__: string | null;
/** Test builds only: the badge's shadow root is open, so that a test can look inside. */
declare const __OPEN_SHADOW_ROOTS__: boolean;
/** Between two looks at an open listing; shorter in test builds. */
declare const __LOOK_MS__: number;
/** Which of the two this build is for; only `browser.ts` asks. */
declare const __BROWSER__: "chromium" | "firefox";
