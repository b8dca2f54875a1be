// Shows the date of birth for a lay deputy only. GOV.UK Frontend's own reveal marks the radio button with aria-expanded,
// which a radio button may not have. Without script the boxes are always there, and count for a lay deputy only.
const HIDDEN = 'govuk-radios__conditional--hidden'

function reveal (radios) {
  const input = radios.querySelector('[data-reveals]')
  const revealed = document.getElementById(input.dataset.reveals)
  const show = () => revealed.classList.toggle(HIDDEN, !input.checked)
  radios.addEventListener('change', show)
  // The browser may bring the page back with another button chosen.
  window.addEventListener('pageshow', show)
  show()
}

document.querySelectorAll('[data-module="serve-deputy-type"]').forEach(reveal)
