// Follows a submission: asks for the progress page again and shows what changed. Without it the page has a link to refresh.
import { pageFrom } from '../govuk/page.js'

const SELECTOR = '[data-module="serve-progress"]'
const SOON = 2000
const LATER = 10000
// A page left open asks no server for ever: after this many questions the link has to do.
const MOST = 90
const ENDS = ['ACCEPTED', 'REJECTED', 'CANCELLED', 'HELD']

async function currentRegion () {
  const response = await fetch(window.location.href, { headers: { Accept: 'text/html', 'X-Background': '1' }, cache: 'no-store' })
  if (response.redirected) return null
  if (!response.ok) throw new Error(String(response.status))
  const page = pageFrom(await response.text())
  return page.querySelector(SELECTOR)
}

function follow (region, asked) {
  if (ENDS.includes(region.dataset.state) || asked >= MOST) return
  window.setTimeout(async () => {
    try {
      const now = await currentRegion()
      // Signed out, or at an end with a heading of its own: the whole page is another one.
      if (now === null || ENDS.includes(now.dataset.state)) return window.location.reload()
      region.dataset.state = now.dataset.state
      if (region.innerHTML !== now.innerHTML) region.replaceChildren(...now.childNodes)
    } catch (error) {
      // The network or the service was away for a moment; the next question may be answered.
    }
    follow(region, asked + 1)
  }, asked < 30 ? SOON : LATER)
}

const region = document.querySelector(SELECTOR)
if (region) follow(region, 0)
