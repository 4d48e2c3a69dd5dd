// Entry of pages outside the shell (sign-in, public, errors): small on purpose, without htmx.
import { releaseDrafts } from "./draft.js";
import { enhanceFields } from "./field.js";
import { guardForms } from "./guard.js";
import { loadModules } from "./module.js";

for (const start of [releaseDrafts, guardForms, enhanceFields, loadModules]) start();
