/** Texts of every grid. */
export const grid = {
  selectAll: 'Select all that match',
  selectAllHint: 'Select all that match · Ctrl+A in the list',
  clearSelection: 'Clear selection',
  selected: 'Selected',
  notSelected: 'Not selected',
  blank: 'Blank',
  columns: 'Columns',
  columnsHint: 'Choose columns',
  resetColumns: 'Reset columns',
  headerHint: (title: string, sortable: boolean) =>
    sortable ? `${title} · click or Enter sorts · Alt+←→ sets the width` : `${title} · Alt+←→ sets the width`,
};
