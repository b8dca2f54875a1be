// Makes pages nicer; every page works without it. Components of our own are data-module="serve-...".
import { initAll } from './frontend-6.6.0/govuk-frontend.min.js'

// A file dropped anywhere in the zone is chosen, as if picked from the folder.
function dropZone (zone) {
  const input = zone.querySelector('input[type="file"]')
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
    if (dropped.length === 0 || (dropped.length > 1 && !input.multiple)) return
    input.files = dropped
    input.dispatchEvent(new Event('change', { bubbles: true }))
  })
}

initAll()
document.querySelectorAll('[data-module="serve-drop-zone"]').forEach(dropZone)
