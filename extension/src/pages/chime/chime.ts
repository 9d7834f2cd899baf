/** The page that nobody sees: the browser opens it to let us make a sound, and closes it when the background says so. */

import { play } from "../../core/alarm/notes";
import { send } from "../../platform/browser";

play().then(() => send({ kind: "chimed" }));
