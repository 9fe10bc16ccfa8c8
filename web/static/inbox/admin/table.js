/** A table of things; on narrow screens each row is a card that says its labels itself. */
import { html } from "../../vendor/htm-preact.js";
import { Empty } from "../ui.js";
import { walkRows } from "./walk_rows.js";

/**
 * `columns`: [{ key, label, cell(row), num, hideLabel }]; the first one names the row.
 * Roles are said aloud, because a table drawn as cards is none to some readers.
 */
export function Table({ caption, columns, rows, rowKey = (row) => row.id, rowClass, empty }) {
  if (rows.length === 0 && empty) return html`<${Empty} ...${empty} />`;
  return html`
    <table class="sheet" role="table" aria-label=${caption}>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map((column) => html`
            <th key=${column.key} role="columnheader" scope="col" class=${column.num ? "num-cell" : ""}>
              <span class=${column.hideLabel ? "visually-hidden" : ""}>${column.label}</span>
            </th>
          `)}
        </tr>
      </thead>
      <tbody role="rowgroup" onKeyDown=${walkRows}>
        ${rows.map((row) => html`
          <tr key=${rowKey(row)} role="row" class=${rowClass?.(row) ?? ""}>
            ${columns.map((column, place) => cell(column, row, place))}
          </tr>
        `)}
      </tbody>
    </table>
  `;
}

function cell(column, row, place) {
  const inside = html`
    <span class="sheet-label" aria-hidden="true">${column.hideLabel ? "" : column.label}</span>
    <div class="sheet-cell">${column.cell(row)}</div>
  `;
  const look = `${column.num ? "num-cell" : ""} ${column.hideLabel ? "act-cell" : ""}`;
  return place === 0
    ? html`<th key=${column.key} role="rowheader" scope="row" class=${look}>${inside}</th>`
    : html`<td key=${column.key} role="cell" class=${look}>${inside}</td>`;
}
