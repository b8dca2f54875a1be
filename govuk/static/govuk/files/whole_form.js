// A form with files that is sent as one request, with a progress bar. The page that comes back takes the place of this one.
import { isReadable, LOST, send, SIGNED_OUT, UNREADABLE, wordsOf } from './sending.js'
import { announcer, clearErrors, element, holdPage, linkButton, progressLine, showErrors, signInLink } from './parts.js'

// Less than this is sent before a bar could be seen: the browser sends it itself, as ever.
const SMALL = 256 * 1024

function showPage (page, enhance) {
  const main = document.querySelector('main')
  main.replaceWith(page.querySelector('main'))
  document.title = page.title
  for (const script of page.querySelectorAll('script[type="module"][src]')) import(script.getAttribute('src'))
  enhance(document.querySelector('main'))
  window.scrollTo(0, 0)
  if (document.activeElement?.closest('.govuk-error-summary')) return
  const heading = document.querySelector('main h1')
  heading.tabIndex = -1
  heading.focus()
}

export function wholeForm (form, enhance) {
  const input = form.querySelector('input[type="file"]')
  const shown = element('div', 'serve-upload__place')
  form.append(shown)
  const announce = announcer(form)
  let isSending = false
  let sentAt = 0

  function fail (words, ...more) {
    shown.replaceChildren(...more)
    showErrors([[words, input.id]])
  }

  function finish (result) {
    if (result.outcome === 'go') return window.location.assign(result.location)
    if (result.outcome === 'cancelled') {
      shown.replaceChildren(element('p', 'govuk-body', 'Upload cancelled. Nothing was saved.'))
      form.querySelector('button').focus()
      return announce.say('Upload cancelled')
    }
    if (result.outcome === 'signed-out') return fail(SIGNED_OUT, signInLink())
    if (result.outcome === 'lost') return fail(LOST)
    const isPage = result.status < 400 || result.page.querySelector('main form')
    if (isPage && result.page.querySelector('main')) return showPage(result.page, enhance)
    return fail(wordsOf(result.page))
  }

  async function sendAll (files, submitter) {
    clearErrors()
    const readable = await Promise.all(files.map(isReadable))
    if (readable.includes(false)) return fail(UNREADABLE)
    const name = files.length === 1 ? files[0].name : files.length + ' files'
    const controller = new AbortController()
    const { line, show } = progressLine(name)
    const cancel = linkButton('Cancel', name, () => controller.abort())
    shown.replaceChildren(element('p', 'govuk-body', 'Uploading ' + name + '. Stay on this page.'), line, cancel)
    announce.say('Uploading ' + name)
    finish(await send(form, form.action, new FormData(form, submitter), {
      progress (share) {
        show(share)
        cancel.hidden = share === 1
        announce.sayShare(name, share)
      },
      signal: controller.signal
    }))
  }

  form.addEventListener('submit', async (event) => {
    const files = [...form.querySelectorAll('input[type="file"]')].flatMap((one) => [...one.files])
    // Nothing chosen: the server says so.
    const isSmall = files.reduce((sum, file) => sum + file.size, 0) < SMALL
    if (isSmall && !isSending) {
      // The second click of a double one.
      if (Date.now() - sentAt < 1000) event.preventDefault()
      sentAt = Date.now()
      return
    }
    event.preventDefault()
    if (isSending) return
    isSending = true
    holdPage(form, true)
    try {
      await sendAll(files, event.submitter)
    } finally {
      isSending = false
      holdPage(form, false)
    }
  })
  // The browser may bring the page back as it was left.
  window.addEventListener('pageshow', (event) => event.persisted && shown.replaceChildren())
}
