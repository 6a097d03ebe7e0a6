/** Comforts for visitors with scripts; every form works without them. */
const picture = document.querySelector('img[data-variant-picture]');
for (const choice of document.querySelectorAll('input[data-variant-image]')) {
  choice.addEventListener('change', () => {
    if (!(picture instanceof HTMLImageElement) || !(choice instanceof HTMLInputElement)) return;
    picture.src = choice.dataset.variantImage ?? '';
    picture.alt = choice.dataset.variantAlt ?? '';
  });
}

const card = document.querySelector('#card');
if (card instanceof HTMLInputElement) {
  for (const hint of document.querySelectorAll('button[data-card]')) {
    if (!(hint instanceof HTMLButtonElement)) continue;
    hint.hidden = false;
    hint.addEventListener('click', () => {
      card.value = hint.dataset.card ?? '';
      card.focus();
    });
  }
  card.addEventListener('input', () => {
    if (card.selectionStart === card.value.length) card.value = inGroups(card.value);
  });
}

for (const select of document.querySelectorAll('select[data-submit-on-change]')) {
  if (!(select instanceof HTMLSelectElement)) continue;
  select.form?.querySelector('button[name="update"]')?.remove();
  select.addEventListener('change', () => select.form?.requestSubmit());
}

/** @param {string} number */
function inGroups(number) {
  return number
    .replaceAll(/\D/g, '')
    .slice(0, 19)
    .replaceAll(/(.{4})(?=.)/g, '$1 ');
}
