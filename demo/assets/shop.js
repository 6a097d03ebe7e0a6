/** Comforts for visitors with scripts; every form works without them. */
const picture = document.querySelector('[data-variant-picture]');
for (const choice of document.querySelectorAll('[data-variant-image]')) {
  choice.addEventListener('change', () => {
    picture.src = choice.dataset.variantImage;
    picture.alt = choice.dataset.variantAlt;
  });
}

const card = document.querySelector('#card');
for (const hint of document.querySelectorAll('[data-card]')) {
  hint.hidden = false;
  hint.addEventListener('click', () => {
    card.value = hint.dataset.card;
    card.focus();
  });
}
card?.addEventListener('input', () => {
  if (card.selectionStart !== card.value.length) return;
  card.value = card.value
    .replaceAll(/\D/g, '')
    .slice(0, 19)
    .replaceAll(/(.{4})(?=.)/g, '$1 ');
});

for (const field of document.querySelectorAll('[data-submit-on-change]')) {
  field.addEventListener('change', () => field.form.requestSubmit());
}
