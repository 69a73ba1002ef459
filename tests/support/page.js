// How a person names what is on a page: by role and name, and only what is shown. `arguments`: role, name.
const [role, name] = arguments;
const roles = {
  button: 'button, [role=button], [role=menuitem], [role=menuitemradio], [role=menuitemcheckbox], [role=tab], [role=switch], summary',
  link: 'a[href], [role=link]',
  heading: 'h1, h2, h3, h4, [role=heading]',
  field: 'input, select, textarea, [role=combobox], [role=searchbox], [role=spinbutton], [role=checkbox], [role=radio], [role=switch]',
  option: 'option, [role=option]',
  row: 'tr, [role=row]',
  region: 'main, nav, aside, section, form, dialog, table, [role=region], [role=dialog], [role=grid], [role=status], [role=alert]',
};
const squash = (text) => text.replace(/\s+/g, ' ').trim();
// The text of an element without what is hidden from assistive technology.
const textOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.ariaHidden === 'true' || node.hidden) return '';
  if (node.tagName === 'IMG') return node.alt;
  const text = [...node.childNodes].map(textOf).join('');
  return /^(inline|inline-.*|contents)$/.test(getComputedStyle(node).display) ? text : ` ${text} `;
};
const nameOf = (element) => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return squash(by.split(/\s+/).map((id) => textOf(document.getElementById(id) ?? document.createElement('i'))).join(' '));
  if (element.ariaLabel) return squash(element.ariaLabel);
  if (element.labels?.length) return squash([...element.labels].map(textOf).join(' '));
  return squash(textOf(element)) || squash(element.title || element.placeholder || '');
};
const shown = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
// A modal dialog makes everything behind it unreachable.
const scope = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document;
const wanted = roles[role] ?? role;
const found = [...scope.querySelectorAll(wanted)];
const all = (scope !== document && scope.matches(wanted) ? [scope, ...found] : found).filter((element) => element.tagName === 'OPTION' || shown(element));
