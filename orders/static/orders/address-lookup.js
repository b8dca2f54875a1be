// Finds the addresses of a postcode without leaving the page. Without it, the same buttons send the form.
const UNAVAILABLE = 'Addresses cannot be looked up at the moment. Enter the address below.'
const USED = 'The address was filled in. Check it before you save.'
const FIELDS = ['address_line_1', 'address_line_2', 'town', 'county', 'postcode']

async function ask (url, postcode) {
  try {
    const query = new URLSearchParams({ postcode })
    const response = await fetch(url + '?' + query, { headers: { Accept: 'application/json' }, cache: 'no-store' })
    // Signed out meanwhile, the answer is the sign-in page.
    if (response.redirected) return { status: 503, addresses: [], message: UNAVAILABLE }
    return { status: response.status, ...await response.json() }
  } catch (error) {
    return { status: 503, addresses: [], message: UNAVAILABLE }
  }
}

function option (text, value) {
  const made = document.createElement('option')
  made.textContent = text
  made.value = value
  return made
}

// An error beside its field, as the page itself would draw it; no text takes it away.
function complain (input, text) {
  const group = input.closest('.govuk-form-group')
  const name = input.classList.contains('govuk-select') ? 'govuk-select' : 'govuk-input'
  const id = input.id + '-error'
  group.querySelector('.govuk-error-message')?.remove()
  group.classList.toggle('govuk-form-group--error', text !== '')
  input.classList.toggle(name + '--error', text !== '')
  input.removeAttribute('aria-describedby')
  if (text === '') return
  const message = document.createElement('p')
  message.id = id
  message.className = 'govuk-error-message'
  const prefix = document.createElement('span')
  prefix.className = 'govuk-visually-hidden'
  prefix.textContent = 'Error:'
  message.append(prefix, ' ' + text)
  input.before(message)
  input.setAttribute('aria-describedby', id)
  input.focus()
}

function addressLookup (part) {
  const form = part.closest('form')
  const field = (name) => form.elements.namedItem(name)
  const [status, results] = ['[data-status]', '[data-results]'].map((one) => part.querySelector(one))
  const select = field('found_address')
  let questions = 0

  const say = (text) => {
    const words = document.createElement('p')
    words.className = 'govuk-body'
    words.textContent = text
    status.replaceChildren(...text === '' ? [] : [words])
  }

  const show = ({ status: code, addresses, message }) => {
    results.hidden = addresses.length === 0
    say(code === 400 ? '' : message)
    complain(field('postcode'), code === 400 ? message : '')
    if (results.hidden) return
    const count = addresses.length + (addresses.length === 1 ? ' address found' : ' addresses found')
    select.replaceChildren(option(count, ''), ...addresses.map((one) => option(one.text, JSON.stringify(one))))
    say('')
    select.focus()
  }

  part.querySelector('[data-find]').addEventListener('click', async (event) => {
    event.preventDefault()
    const question = ++questions
    complain(select, '')
    say('Looking for addresses')
    const answer = await ask(part.dataset.url, field('postcode').value)
    // A later question has been asked meanwhile: only its answer counts.
    if (question === questions) show(answer)
  })

  // Enter in the box of the postcode asks for its addresses; elsewhere it saves.
  field('postcode').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    part.querySelector('[data-find]').click()
  })

  part.querySelector('[data-use]').addEventListener('click', (event) => {
    event.preventDefault()
    complain(select, select.value === '' ? 'Select an address' : '')
    if (select.value === '') return
    const address = JSON.parse(select.value)
    FIELDS.forEach((name) => { field(name).value = address[name] })
    results.hidden = true
    say(USED)
    field('address_line_1').focus()
  })
}

document.querySelectorAll('[data-module="serve-address-lookup"]').forEach(addressLookup)
