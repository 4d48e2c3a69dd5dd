// Entry of signed-in pages. Every page works without it; each import says which element it makes better.
import { watchBadges } from "./badges.js";
import { keepDrafts } from "./draft.js";
import { enhanceFields } from "./field.js";
import { guardForms } from "./guard.js";
import { keepPlace } from "./keep.js";
import { loadModules } from "./module.js";
import { closeMenus, openPalette, openSheets } from "./overlay.js";
import { explainFailures } from "./partial.js";
import { tryLook } from "./look.js";
import { showNetwork } from "./strip.js";
import { listenForToasts } from "./toast.js";
import { tellVisits } from "./visit.js";
import { registerWorker } from "./worker.js";

for (const start of [guardForms, keepDrafts, enhanceFields, keepPlace, openSheets, closeMenus, openPalette, loadModules,
  explainFailures, tryLook, showNetwork, listenForToasts, watchBadges, tellVisits, registerWorker]) start();
