/** The page that nobody sees: the browser opens it to let us make a sound, and closes it when the background says so. */

import { send } from "../browser";
import { play } from "./notes";

play().then(() => send({ kind: "chimed" }));
