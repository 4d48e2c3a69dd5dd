// Times as the house writes them: hours and minutes in WITA, "09.14".
export function clock(time) {
  return new Date(time).toLocaleTimeString("id", { timeZone: "Asia/Makassar", hour: "2-digit", minute: "2-digit" });
}
