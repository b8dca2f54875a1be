// A file dropped anywhere in the zone is chosen, as if picked from the folder.
import { element } from './parts.js'

export function dropZone (zone) {
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
    } else if (dropped.length > 0 && !input.disabled) {
      input.files = dropped
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }
  })
}

// A file that misses the zone would be opened by the browser, in place of the page and all that was typed.
export function guardPage () {
  for (const kind of ['dragover', 'drop']) {
    window.addEventListener(kind, (event) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    })
  }
}
