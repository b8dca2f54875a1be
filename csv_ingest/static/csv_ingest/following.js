// Follows the work on an upload: asks for its page again and shows what changed. Without it the page has the link "Check again".
import { pageFrom } from '../govuk/page.js'

const SELECTOR = '[data-module="serve-upload"]'
const SOON = 1500
const LATER = 10000
// A page left open must not keep a session alive for ever: after this many questions the link has to do.
const MOST = 150

async function currentRegion () {
  const response = await fetch(window.location.href, { headers: { Accept: 'text/html', 'X-Background': '1' }, cache: 'no-store' })
  if (response.redirected) return null
  if (!response.ok) throw new Error(String(response.status))
  const page = pageFrom(await response.text())
  return page.querySelector(SELECTOR)
}

// The parts stay and only their words change: a status that is taken out and put in again is not read out.
function show (region, now) {
  for (const part of region.querySelectorAll('[data-part]')) {
    const words = now.querySelector(`[data-part="${part.dataset.part}"]`)?.textContent
    if (words !== undefined && part.textContent !== words) part.textContent = words
  }
  const bar = region.querySelector('progress')
  const value = now.querySelector('progress')?.value
  if (bar && value !== undefined) bar.value = value
}

function follow (region, asked) {
  if (asked >= MOST) return
  window.setTimeout(async () => {
    try {
      const now = await currentRegion()
      // Signed out, finished, or at a step with a heading of its own: the whole page is another one.
      const isOver = now === null || (now.dataset.state === 'IMPORTING') !== (region.dataset.state === 'IMPORTING')
      if (isOver) return window.location.reload()
      show(region, now)
    } catch (error) {
      // The network or the service was away for a moment; the next question may be answered.
    }
    follow(region, asked + 1)
  }, asked < 90 ? SOON : LATER)
}

const region = document.querySelector(SELECTOR)
if (region) follow(region, 0)
