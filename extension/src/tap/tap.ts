/** The script in the page's own world. It runs only where the worker switched it on; see `listening.ts` for what it does. */

import { listen } from "./listening";
import { meetEar } from "./meeting";
import { planAt, plans } from "./plan";

const plan = planAt(plans, location.hostname);
if (plan !== null) meetEar(document, (say) => listen(globalThis.window, plan, say));
