// Partial updates for elements with hx- attributes; its settings stand in the shell's meta element.
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx;
