// Keeps the number of chosen deputies in the words of the button: "Add 2 deputies".
const form = document.querySelector('[data-module="serve-deputy-copy"]')

function count () {
  const chosen = form.querySelectorAll('input[type="checkbox"]:checked').length
  const what = chosen === 0 ? 'the deputies' : chosen === 1 ? '1 deputy' : chosen + ' deputies'
  form.querySelector('button[type="submit"]').textContent = 'Add ' + what
}

if (form) {
  form.addEventListener('change', count)
  // The browser may bring the page back with other boxes ticked.
  window.addEventListener('pageshow', count)
}
