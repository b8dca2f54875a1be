// Makes pages nicer; every page works without it. Components of our own are data-module="serve-...".
import { initAll } from './frontend-6.6.0/govuk-frontend.min.js'

function element (name, className, text = '') {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}

// A file dropped anywhere in the zone is chosen, as if picked from the folder.
function dropZone (zone) {
  const input = zone.querySelector('input[type="file"]')
  const words = element('p', 'govuk-hint serve-drop-zone__words',
    input.multiple ? 'Or drop files here' : 'Or drop a file here')
  words.setAttribute('role', 'status')
  zone.append(words)
  const mark = (isOver) => zone.classList.toggle('serve-drop-zone--over', isOver)
  zone.addEventListener('dragover', (event) => {
    event.preventDefault()
    mark(true)
  })
  zone.addEventListener('dragleave', () => mark(false))
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    mark(false)
    const dropped = event.dataTransfer.files
    if (dropped.length > 1 && !input.multiple) {
      words.textContent = 'Drop one file, not ' + dropped.length
    } else if (dropped.length > 0) {
      input.files = dropped
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }
  })
}

// While files are on their way, the page says so. The browser sends the form itself, so nothing here can lose a file.
function uploadProgress (form) {
  const shown = element('div', 'serve-upload')
  shown.setAttribute('role', 'status')
  form.append(shown)
  form.addEventListener('submit', () => {
    const names = [...form.querySelectorAll('input[type="file"]')]
      .flatMap((input) => [...input.files].map((file) => file.name))
    if (names.length === 0) return
    const what = names.length === 1 ? names[0] : names.length + ' files'
    const bar = element('progress', 'serve-upload__bar')
    bar.setAttribute('aria-hidden', 'true')
    shown.replaceChildren(element('p', 'govuk-body', 'Uploading ' + what + '. Stay on this page.'), bar)
  })
  // The browser may bring the page back as it was left.
  window.addEventListener('pageshow', () => shown.replaceChildren())
}

initAll()
document.querySelectorAll('[data-module="serve-drop-zone"]').forEach(dropZone)
document.querySelectorAll('form[enctype="multipart/form-data"]').forEach(uploadProgress)
