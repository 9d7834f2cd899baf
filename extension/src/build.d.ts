/** What `build.mjs` writes into the code. */

/** Where our server is, e.g. "http://127.0.0.1:8321". */
declare const __API_ORIGIN__: string;
/** Test builds only: the badge's shadow root is open, so that a test can look inside. */
declare const __OPEN_SHADOW_ROOTS__: boolean;
