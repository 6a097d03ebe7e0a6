import panelCss from './panel.css?inline';

let sheet: CSSStyleSheet | null = null;

/** Adds the panel's style sheet, one for all elements of the page; adopted, so that the page's CSP has no say. */
export function adoptPanelStyles(shadow: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(panelCss);
  }
  if (!shadow.adoptedStyleSheets.includes(sheet)) shadow.adoptedStyleSheets.push(sheet);
}
