// One request that carries files, with its progress, and what came of it in one word. The server's side: govuk/sending.py.
import { pageFrom } from '../page.js'

// Without a sign of life for so long, the connection counts as lost. A Word file is read for 10 seconds at most.
const SILENT_WHILE_SENDING = 60000
const SILENT_WHILE_CHECKED = 120000

// The cookie, not the page's own secret: after signing in again in another tab, only the cookie is the right one.
function secret (form) {
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)
  return cookie ? cookie[1] : form.querySelector('[name="csrfmiddlewaretoken"]').value
}

function read (request) {
  if (request.getResponseHeader('Content-Type')?.startsWith('application/json')) {
    const told = JSON.parse(request.responseText)
    if (told.location === undefined) return { outcome: 'told', told, status: request.status }
    const location = new URL(told.location, window.location.href)
    return location.pathname === '/login' ? { outcome: 'signed-out' } : { outcome: 'go', location }
  }
  const page = pageFrom(request.responseText)
  return { outcome: 'page', page, status: request.status }
}

// Gives a promise that never fails. `progress` is called with the share that has left, 0 to 1; `signal` cancels.
export function send (form, address, fields, { progress, signal }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    let silence
    const listen = (milliseconds) => {
      window.clearTimeout(silence)
      silence = window.setTimeout(() => request.abort(), milliseconds)
    }
    const settle = (result) => {
      window.clearTimeout(silence)
      resolve(result)
    }
    request.upload.addEventListener('progress', (event) => {
      listen(SILENT_WHILE_SENDING)
      if (event.lengthComputable) progress(event.loaded / event.total)
    })
    request.upload.addEventListener('load', () => {
      listen(SILENT_WHILE_CHECKED)
      progress(1)
    })
    request.addEventListener('load', () => {
      try {
        settle(read(request))
      } catch (error) {
        settle({ outcome: 'lost' })
      }
    })
    request.addEventListener('error', () => settle({ outcome: 'lost' }))
    request.addEventListener('abort', () => settle({ outcome: signal.aborted ? 'cancelled' : 'lost' }))
    signal.addEventListener('abort', () => request.abort())
    request.open('POST', address)
    // See govuk/sending.py: only what prefers JSON is told where a redirect leads.
    request.setRequestHeader('Accept', 'application/json, text/html;q=0.9')
    request.setRequestHeader('X-CSRFToken', secret(form))
    fields.delete('csrfmiddlewaretoken')
    request.send(fields)
    listen(SILENT_WHILE_SENDING)
  })
}

// A file may be moved, changed or deleted between choosing and sending, and a folder may be dropped.
export async function isReadable (file) {
  try {
    await file.slice(0, 1).arrayBuffer()
    return true
  } catch (error) {
    return false
  }
}

export const UNREADABLE = 'The selected file could not be read. It may be a folder, or have been moved, changed or deleted. Select it again'
export const LOST = 'The connection was lost before the upload finished. Check your connection, then try again'
export const SIGNED_OUT = 'You have been signed out. Sign in again in another tab, then try again'
const NO_ANSWER = 'The service did not answer. Try again in a few minutes'

// What an error page says: it is a sentence for people, here as there.
export function wordsOf (page) {
  return page.querySelector('main .govuk-body')?.textContent.trim() || NO_ANSWER
}
