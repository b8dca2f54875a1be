// Makes pages nicer; every page works without it. Components of our own are data-module="serve-...".
import { initAll } from './frontend-6.6.0/govuk-frontend.min.js'
import { dropZone, guardPage } from './files/drop_zone.js'
import { fileByFile } from './files/file_by_file.js'
import { wholeForm } from './files/whole_form.js'

function enhance (scope) {
  scope.querySelectorAll('[data-module="serve-drop-zone"]').forEach(dropZone)
  scope.querySelectorAll('form[enctype="multipart/form-data"]').forEach((form) => {
    // It would swallow an honest second click within a second of a failure; our forms bear double clicks.
    form.querySelectorAll('[data-prevent-double-click]').forEach((button) => delete button.dataset.preventDoubleClick)
    if (form.dataset.module === 'serve-uploads') fileByFile(form)
    else if (form.querySelector('input[type="file"]')) wholeForm(form, enhance)
  })
  initAll({ scope })
}

enhance(document)
if (document.querySelector('[data-module="serve-drop-zone"]')) guardPage()
