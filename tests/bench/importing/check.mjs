// The rival: PapaParse (of a workbook SheetJS) and the checks of an import, written as plainly as JavaScript lets one.
// Says what it found, so that both can be seen to have done the same work, and how long it took without Node's start.
//
// Usage: node check.mjs FILE TODAY
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENTS + "/");
const [file, today] = process.argv.slice(2);
const workbook = file.endsWith(".xlsx");
const library = require(workbook ? "xlsx" : "papaparse");

const COLUMNS = {
  reference: "Rechnungsnummer",
  name: "Kunde",
  type: "Kundentyp",
  contact: "Ansprechpartner",
  email: "E-Mail",
  phone: "Telefon",
  address: "Straße",
  zip: "PLZ",
  city: "Ort",
  country: "Land",
  register: "Handelsregisternummer",
  date: "Rechnungsdatum",
  due: "Fälligkeitsdatum",
  currency: "Währung",
  amount: "Offener Betrag",
  text: "Beschreibung",
};

const LANGUAGES = ["en", "da", "de", "sv", "nb", "nl", "fr", "es", "it", "pt", "fi", "pl", "cs", "hu"];
const COMPANY = new Set(["company", "firma", "firmenkunde", "geschaftskunde", "unternehmen", "business"]);
const PRIVATE = new Set(["private", "privat", "privatperson", "privatkunde", "person", "consumer"]);
const CENTS = { EUR: 117, DKK: 15.7, SEK: 10.8, CHF: 125, USD: 100, GBP: 134 };
const FLAT = { JPY: 0, KRW: 0, ISK: 0, KWD: 3, BHD: 3 };

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function countriesByName() {
  const names = new Map();
  for (const language of LANGUAGES) {
    const display = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
    for (let first = 65; first < 91; first++) {
      for (let second = 65; second < 91; second++) {
        const code = String.fromCharCode(first, second);
        const name = display.of(code);
        if (name) names.set(fold(name), code).set(code.toLowerCase(), code);
      }
    }
  }
  return names;
}

const DATE = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})/;
const COMMA = /^(-?)(\d{1,3}(?:[. ']\d{3})+|\d+)(?:,(\d+))?$/;
const POINT = /^(-?)(\d{1,3}(?:[, ']\d{3})+|\d+)(?:\.(\d+))?$/;
const EMAIL = /^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\.]+(\.[^\s@,;:<>()[\]"\\.]+)+$/;
const PHONE = /^(?=(?:\D*\d){5,20}\D*$)[\d\s+\-–()/.,]{5,50}$/;

function calendar(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && year >= 1970 && year < 2100 ? date.toISOString().slice(0, 10) : null;
}

function readDate(value, order) {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  const iso = ISO.exec(value);
  if (iso) return calendar(+iso[1], +iso[2], +iso[3]);
  const parts = DATE.exec(value);
  if (!parts) return null;
  const [day, month] = order === "dmy" ? [+parts[1], +parts[3]] : [+parts[3], +parts[1]];
  return calendar(+parts[4], month, day);
}

/** Which of day and month comes first: every value of the column has a say. */
function dateOrder(rows, column) {
  let [dmy, mdy] = [0, 0];
  for (const row of rows) {
    const parts = typeof row[column] === "string" && DATE.exec(row[column]);
    if (!parts) continue;
    if (parts[2] === "." || +parts[1] > 12) dmy++;
    if (+parts[3] > 12) mdy++;
  }
  return mdy > dmy ? "mdy" : "dmy";
}

function decimalSign(rows, column) {
  let [point, comma] = [0, 0];
  for (const row of rows) {
    const text = row[column];
    if (typeof text !== "string") continue;
    const [byPoint, byComma] = [POINT.test(text), COMMA.test(text)];
    if (byPoint && !byComma) point++;
    if (byComma && !byPoint) comma++;
  }
  return point > comma ? POINT : COMMA;
}

/** Minor units, without a float on the way. */
function readAmount(value, pattern, currency) {
  const parts = typeof value === "number" ? POINT.exec(String(value)) : pattern.exec(value);
  if (!parts) return null;
  const digits = FLAT[currency] ?? 2;
  const fraction = (parts[3] ?? "").replace(/0+$/, "");
  if (fraction.length > digits) return null;
  const minor = Number(parts[2].replace(/\D/g, "") + fraction.padEnd(digits, "0"));
  return parts[1] ? -minor : minor;
}

const begun = performance.now();
let rows;
if (workbook) {
  const book = library.read(readFileSync(file), { cellDates: true, UTC: true });
  rows = library.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1, defval: "", UTC: true });
} else {
  rows = library.parse(readFileSync(file, "utf8"), { skipEmptyLines: true }).data;
}
const parsed = performance.now();

const header = rows.shift();
const at = Object.fromEntries(Object.entries(COLUMNS).map(([field, name]) => [field, header.indexOf(name)]));
const countries = countriesByName();
const currencies = new Set(Intl.supportedValuesOf("currency"));
const order = { date: dateOrder(rows, at.date), due: dateOrder(rows, at.due) };
const sign = decimalSign(rows, at.amount);

const drafts = [];
const byReference = new Map();
rows.forEach((row, index) => {
  const problems = [];
  const blocks = new Set();
  const problem = (code, blocking) => {
    problems.push(code);
    if (blocking) blocks.add(code);
  };
  const text = (field) => {
    const value = row[at[field]];
    return typeof value === "string" ? value.trim() : value;
  };
  const read = (field, reader) => {
    const source = text(field);
    if (source === "" || source === undefined) return undefined;
    const value = reader(source);
    if (value === null || value === undefined) problem("value_unreadable", true);
    return value ?? null;
  };
  const draft = {
    row: index + 2,
    reference: text("reference"),
    name: text("name"),
    contact: text("contact"),
    address: text("address"),
    zip: String(text("zip")),
    city: text("city"),
    register: text("register"),
    description: text("text"),
    type: read("type", (word) => {
      const folded = fold(word);
      return COMPANY.has(folded) ? "Company" : PRIVATE.has(folded) ? "Private" : null;
    }),
    phone: read("phone", (number) => (PHONE.test(number) ? number : null)),
    country: read("country", (name) => countries.get(fold(name))),
    date: read("date", (value) => readDate(value, order.date)),
    due: read("due", (value) => readDate(value, order.due)),
    currency: read("currency", (code) => (currencies.has(code.toUpperCase()) ? code.toUpperCase() : null)),
  };
  const email = text("email");
  if (email && EMAIL.test(email)) draft.email = email;
  else if (email) problem("value_left_out", false);
  draft.minor = read("amount", (value) => readAmount(value, sign, draft.currency));
  if (draft.minor < 0) {
    problem("value_unreadable", true);
    draft.minor = null;
  }

  const missing = (field, code) => draft[field] === undefined || draft[field] === "" ? problem(code, true) : undefined;
  missing("date", "case_date_missing");
  missing("due", "due_date_missing");
  if (draft.date && draft.date > today) problem("case_date_in_future", true);
  if (draft.date && draft.due && draft.due < draft.date) problem("due_before_case_date", true);
  missing("reference", "reference_missing");
  if (draft.reference?.length > 50) problem("reference_too_long", true);
  missing("currency", "currency_missing");
  missing("minor", "amount_missing");
  if (draft.minor === 0) problem("amount_not_positive", true);
  missing("name", "debtor_name_missing");
  missing("type", "debtor_type_missing");
  missing("address", "address_missing");
  missing("city", "city_missing");
  missing("country", "country_missing");
  if (!draft.email && !draft.phone) problem("contact_missing", false);
  if (draft.type === "Company" && !draft.contact) problem("contact_person_missing", false);
  if (draft.description.length > 4000) problem("text_too_long", true);
  const complete = draft.type && draft.name && draft.address && draft.city && draft.country;
  if (complete && draft.minor && draft.currency in CENTS) {
    const usd = ((draft.minor / 100) * CENTS[draft.currency]) / 100;
    if (usd < 100) problem("small_claim", false);
    if (draft.type === "Private") problem("evidence_private", false);
    else if (usd > 10_000) problem("evidence_file", false);
    else if (usd >= 2_000 && !draft.description) problem("evidence_file_or_text", false);
  }
  draft.problems = problems;
  draft.blocked = blocks.size > 0;
  draft.state = draft.due >= today ? "not-due" : "open";
  const key = draft.reference?.normalize("NFC").toLowerCase();
  const same = byReference.get(key);
  if (same) same.push(draft);
  else byReference.set(key, [draft]);
  drafts.push(draft);
});
for (const [reference, same] of byReference) {
  if (!reference || same.length < 2) continue;
  for (const draft of same) {
    draft.problems.push("reference_taken");
    draft.blocked = true;
  }
}
const states = {};
const problems = {};
for (const draft of drafts) {
  if (draft.state === "open") draft.state = draft.blocked ? "attention" : "ready";
  states[draft.state] = (states[draft.state] ?? 0) + 1;
  for (const code of draft.problems) problems[code] = (problems[code] ?? 0) + 1;
}
const ended = performance.now();
console.log(
  JSON.stringify({
    rows: drafts.length,
    states,
    problems,
    parsing: (parsed - begun) / 1000,
    seconds: (ended - begun) / 1000,
  }),
);
