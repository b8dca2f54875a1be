// Pieces of a page that the scripts for files make: elements, the error summary, a progress line.
import { ErrorSummary } from '../frontend-6.6.0/govuk-frontend.min.js'

export function element (name, className = '', text = '') {
  const made = document.createElement(name)
  if (className) made.className = className
  made.textContent = text
  return made
}

// A button that reads as a link; `about` is for those who hear it without the row around it.
export function linkButton (text, about, pressed) {
  const button = element('button', 'serve-link-button', text)
  button.type = 'button'
  button.append(element('span', 'govuk-visually-hidden', ' ' + about))
  button.addEventListener('click', pressed)
  return button
}

export function signInLink () {
  const link = element('a', 'govuk-link', 'Sign in again (opens in a new tab)')
  link.href = '/login'
  link.target = '_blank'
  link.rel = 'noopener'
  return link
}

export function clearErrors () {
  document.querySelectorAll('.govuk-error-summary').forEach((summary) => summary.remove())
  document.title = document.title.replace(/^Error: /, '')
}

// The same summary as the server's, in the same place. `errors` are pairs of a text and the id of what it is about.
export function showErrors (errors) {
  clearErrors()
  const summary = element('div', 'govuk-error-summary')
  const alert = element('div')
  alert.setAttribute('role', 'alert')
  const list = element('ul', 'govuk-list govuk-error-summary__list')
  for (const [text, id] of errors) {
    const link = element('a', '', text)
    link.href = '#' + id
    const item = element('li')
    item.append(link)
    list.append(item)
  }
  const body = element('div', 'govuk-error-summary__body')
  body.append(list)
  alert.append(element('h2', 'govuk-error-summary__title', 'There is a problem'), body)
  summary.append(alert)
  document.querySelector('main h1').closest('[class*="govuk-grid-column"]').prepend(summary)
  document.title = 'Error: ' + document.title
  // Focuses it, and makes its links focus what they lead to.
  return new ErrorSummary(summary)
}

// A bar with its percentage in words beside it.
export function progressLine (name) {
  const line = element('div', 'serve-upload')
  const bar = element('progress', 'serve-upload__bar')
  bar.max = 100
  bar.value = 0
  bar.setAttribute('aria-label', 'Progress of ' + name)
  const words = element('span', 'serve-upload__words', '0%')
  line.append(bar, words)
  const show = (share) => {
    bar.value = Math.floor(share * 100)
    words.textContent = share < 1 ? bar.value + '%' : 'Uploaded. Checking the file'
  }
  return { line, show }
}

// What is read out. Percentages come at most every ten seconds, so that they do not chatter.
export function announcer (form) {
  const region = element('div', 'govuk-visually-hidden')
  region.setAttribute('role', 'status')
  form.append(region)
  let last = 0
  return {
    say (text) {
      last = Date.now()
      region.textContent = text
    },
    sayShare (name, share) {
      if (share < 1 && Date.now() - last > 10000) this.say(name + ': ' + Math.floor(share * 100) + '%')
    }
  }
}

const UNITS = [[1024 ** 3, 'GB'], [1024 ** 2, 'MB'], [1024, 'KB']]

// As govuk/wording.py writes sizes.
export function fileSize (size) {
  for (const [unit, name] of UNITS) {
    if (size < unit - Math.floor(unit / 2048)) continue
    const amount = (size / unit).toFixed(size < 10 * unit ? 1 : 0)
    return amount.replace(/\.0$/, '') + name
  }
  return size === 1 ? '1 byte' : size + ' bytes'
}

// Leaving the page while files are on their way would stop them: the browser asks first.
const sending = new Set()
window.addEventListener('beforeunload', (event) => sending.size && event.preventDefault())

export function holdPage (form, isHeld) {
  if (isHeld) sending.add(form)
  else sending.delete(form)
}
