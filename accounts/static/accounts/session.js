// Warns before a session ends, in all tabs alike. Without it the session ends just the same, and what is sent is kept.
const ENDS = 'serve-session-ends'
const SECOND = 1000
const MINUTE = 60 * SECOND
// What is read out: the minutes, then these. More would talk over everything else.
const SAID_SECONDS = [30, 10]

const template = document.querySelector('[data-module="serve-session"]')
document.body.append(template.content.cloneNode(true))
const dialog = document.querySelector('.serve-session')
const part = (name) => dialog.querySelector(`[data-session-${name}]`)
const warning = Number(dialog.dataset.warningSeconds) * SECOND
// Where the browser keeps nothing for us, this tab counts for itself.
let ownEnd = 0
let timer
let isOver = false

function end () {
  try {
    return Number(window.localStorage.getItem(ENDS)) || ownEnd
  } catch (error) {
    return ownEnd
  }
}

// The server has just answered a person: it counts from now on again.
function noteUse (seconds) {
  ownEnd = Date.now() + seconds * SECOND
  try {
    window.localStorage.setItem(ENDS, String(ownEnd))
  } catch (error) {
    // A browser that forbids it.
  }
}

function inWords (left) {
  const [number, unit] = left > MINUTE ? [Math.ceil(left / MINUTE), 'minute'] : [Math.ceil(left / SECOND), 'second']
  return number + ' ' + unit + (number === 1 ? '' : 's')
}

function show (left) {
  const words = inWords(left)
  const isNew = part('left').textContent !== words
  part('left').textContent = words
  if (!dialog.open) {
    part('said').textContent = ''
    part('failed').hidden = true
    dialog.showModal()
    part('stay').focus()
  } else if (isNew && (left > MINUTE || SAID_SECONDS.includes(Math.ceil(left / SECOND)))) {
    part('said').textContent = 'You will be signed out in ' + words
  }
}

function look () {
  window.clearTimeout(timer)
  if (isOver) return
  const left = end() - Date.now()
  if (left <= 0) return leave()
  if (left <= warning) show(left)
  else if (dialog.open) dialog.close()
  // A sleeping computer stops the clock, so look now and then; while the seconds are shown, each second.
  timer = window.setTimeout(look, left <= warning ? SECOND : Math.min(left - warning, MINUTE / 2))
}

function isTyped (control) {
  if (control.type === 'file') return control.files.length > 0
  if (control.type === 'checkbox' || control.type === 'radio') return control.checked !== control.defaultChecked
  if (control.options) return [...control.options].some((option) => option.selected !== option.defaultSelected)
  return control.type !== 'hidden' && 'defaultValue' in control && control.value !== control.defaultValue
}

// The form of the page, if something in it would be lost: typed just now, or before and shown again.
function typedForm () {
  const isShownAgain = document.querySelector('.govuk-error-summary, .govuk-notification-banner') !== null
  return [...document.querySelectorAll('main form[method="post"]:not([action])')].find((form) => {
    const controls = [...form.elements].filter((control) => control.name)
    return controls.some(isTyped) || (isShownAgain && controls.some((control) => !['hidden', 'submit', 'button'].includes(control.type)))
  })
}

function addHidden (form, name) {
  const input = document.createElement('input')
  Object.assign(input, { type: 'hidden', name, value: '1' })
  form.append(input)
}

// To the sign-in page. A form goes along to be kept; the server does nothing else with it.
function leave () {
  isOver = true
  const form = typedForm()
  if (form === undefined) {
    const here = window.location.pathname + window.location.search
    window.location.assign(dialog.dataset.signIn + '?' + new URLSearchParams({ next: here, ended: 'time' }))
    return
  }
  addHidden(form, 'only-keep')
  form.querySelectorAll('input[type="file"]').forEach((input) => {
    if (input.files.length > 0) addHidden(form, 'had-files')
    input.disabled = true
  })
  // Not `form.submit`, which a button of that name would hide.
  window.HTMLFormElement.prototype.submit.call(form)
}

function token () {
  // The cookie is newer than the page, if somebody has signed in again in another tab.
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)
  return cookie ? cookie[1] : dialog.querySelector('[name="csrfmiddlewaretoken"]').value
}

async function stay () {
  try {
    const response = await window.fetch(dialog.dataset.keepAlive, {
      method: 'POST', headers: { 'X-CSRFToken': token() }, cache: 'no-store'
    })
    if (response.status === 401) return leave()
    if (!response.ok) throw new Error(String(response.status))
    noteUse((await response.json()).seconds)
    look()
  } catch (error) {
    part('failed').hidden = false
  }
}

noteUse(Number(dialog.dataset.seconds))
look()
part('stay').addEventListener('click', stay)
// Escape closes no question of this weight: whoever presses it is there.
dialog.addEventListener('cancel', (event) => {
  event.preventDefault()
  stay()
})
window.addEventListener('storage', (event) => event.key === ENDS && look())
document.addEventListener('visibilitychange', look)
