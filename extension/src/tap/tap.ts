/** The script in the page's own world. It runs only where the worker switched it on; see `intercept.ts` for what it does. */

import { meetListener } from "./handshake";
import { listen } from "./intercept";
import { planAt, plans } from "./plan";

const plan = planAt(plans, location.hostname);
if (plan !== null) meetListener(document, (say) => listen(globalThis.window, plan, say));
