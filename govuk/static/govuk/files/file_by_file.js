// A form whose files are sent one by one, each with a row and a result of its own: none is lost because another fails.
// What waits to be sent is always what the inputs hold, so that the form is whole whatever happens to this script.
import { fileRow } from './file_row.js'
import { isReadable, LOST, send, SIGNED_OUT, UNREADABLE, wordsOf } from './sending.js'
import { announcer, clearErrors, element, holdPage, showErrors } from './parts.js'

const isOpen = (item) => ['waiting', 'failed', 'cancelled'].includes(item.state)

// What can be said before sending, in the server's words and order. The server decides.
function problemOf (file, input) {
  const [stem, ending, ...more] = file.name.toLowerCase().split('.')
  const hasWrongEnding = more.length === 0 && stem !== '' && !input.accept.split(',').includes('.' + ending)
  if (hasWrongEnding) return input.dataset.wordsType
  if (file.size === 0) return input.dataset.wordsEmpty
  if (file.size > Number(input.dataset.mostBytes)) return input.dataset.wordsLarge
  return ''
}

function isSame (one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified
}

function words (number, of) {
  const uploaded = number === of ? number : number + ' of ' + of
  return uploaded + (of === 1 ? ' file uploaded.' : ' files uploaded.')
}

export function fileByFile (form) {
  const inputs = [...form.querySelectorAll('input[type="file"][data-send-to]')]
  const announce = announcer(form)
  const end = element('div', 'serve-upload__end')
  form.querySelector('button[type="submit"]').after(end)
  let items = []
  let isSending = false
  // "Upload" was pressed while one file was under way: those that still wait follow it.
  let isMoreWanted = false
  // The input of which more was chosen last than it takes, and the words for it: nothing of it is held.
  let tooMany = null

  // --- Errors of a field, which are about no file -------------------------------------------------
  function clearField (input) {
    const error = document.getElementById(input.id + '-error')
    error?.remove()
    const described = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== input.id + '-error')
    input.setAttribute('aria-describedby', described.join(' '))
    input.classList.remove('govuk-file-upload--error')
  }

  function showOnField (input, words) {
    clearField(input)
    const error = element('p', 'govuk-error-message')
    error.id = input.id + '-error'
    error.append(element('span', 'govuk-visually-hidden', 'Error: '), words)
    const place = input.closest('.serve-drop-zone') ?? input
    place.before(error)
    input.setAttribute('aria-describedby', (input.getAttribute('aria-describedby') + ' ' + error.id).trim())
    input.classList.add('govuk-file-upload--error')
    input.closest('.govuk-form-group').classList.add('govuk-form-group--error')
    showErrors([[words, input.id]])
  }

  // --- What is chosen ---------------------------------------------------------------------------
  function listOf (input) {
    const group = input.closest('.govuk-form-group')
    let list = group.querySelector('.serve-files')
    if (list === null) {
      list = element('ul', 'govuk-list serve-files')
      list.setAttribute('aria-label', 'Your files')
      group.append(list)
    }
    return list
  }

  function keepInputs () {
    for (const input of inputs) {
      const held = new DataTransfer()
      items.filter((item) => item.input === input && isOpen(item)).forEach((item) => held.items.add(item.file))
      input.files = held.files
      const isWrong = items.some((item) => item.input === input && ['refused', 'failed'].includes(item.state))
      input.closest('.govuk-form-group').classList.toggle('govuk-form-group--error', isWrong)
      // Of the others there is one, and it is there now.
      const isDone = !input.multiple && items.some((item) => item.input === input && item.state === 'done')
      input.disabled = isDone
      const zone = input.closest('.serve-drop-zone') ?? input
      zone.hidden = isDone
    }
  }

  function drop (item) {
    items = items.filter((other) => other !== item)
    item.row.row.remove()
  }

  function add (file, input) {
    const item = { file, input, state: 'waiting', words: '' }
    item.row = fileRow(file, {
      remove () {
        drop(item)
        keepInputs()
        input.focus()
        announce.say(file.name + ' removed')
        if (!isSending) conclude()
      },
      again: () => sendSome([item])
    })
    items.push(item)
    listOf(input).append(item.row.row)
    const problem = problemOf(file, input)
    if (problem) refuse(item, problem)
    else item.row.waiting()
  }

  function refuse (item, words) {
    Object.assign(item, { state: 'refused', words })
    item.row.refused(words)
  }

  // More than a form takes: said at once, and nothing of it is listed.
  function areTooMany (chosen, input) {
    const most = Number(input.dataset.mostFiles ?? 1)
    const there = items.filter((item) => item.input === input && input.multiple && isOpen(item)).length
    if (chosen.length + there <= most) return false
    keepInputs()
    tooMany = { input, words: 'You can only select up to ' + most + ' files at once' }
    showOnField(input, tooMany.words)
    return true
  }

  function choose (input) {
    const chosen = [...input.files]
    if (chosen.length === 0) return keepInputs()
    if (areTooMany(chosen, input)) return
    if (tooMany?.input === input) tooMany = null
    clearField(input)
    for (const item of items.filter((other) => other.input === input)) {
      const isReplaced = !input.multiple && item.state !== 'sending'
      if (item.state === 'refused' || isReplaced) drop(item)
    }
    for (const file of chosen) {
      if (!items.some((item) => item.input === input && isOpen(item) && isSame(item.file, file))) add(file, input)
    }
    keepInputs()
    end.replaceChildren()
    const wrong = items.filter((item) => item.input === input && item.state === 'refused')
    announce.say(wrong.length
      ? wrong.map((item) => item.file.name + ': ' + item.words).join('. ')
      : chosen.length === 1 ? chosen[0].name + ' selected' : chosen.length + ' files selected')
  }

  // --- Sending ----------------------------------------------------------------------------------
  function fieldsFor (item, isLast) {
    const fields = new FormData()
    fields.append('file', item.file)
    const insteadOf = form.elements[item.input.name + '-instead-of']
    if (insteadOf) fields.append('file-instead-of', insteadOf.value)
    if (isLast) fields.append('together', items.filter((other) => other.state === 'done').length + 1)
    return fields
  }

  // Gives whether the next file may be tried.
  async function sendOne (item) {
    if (!await isReadable(item.file)) {
      refuse(item, UNREADABLE)
      return true
    }
    const controller = new AbortController()
    item.state = 'sending'
    const progress = item.row.sending(() => controller.abort())
    const isLast = items.every((other) => other === item || other.state === 'done')
    const result = await send(form, item.input.dataset.sendTo, fieldsFor(item, isLast), {
      progress (share) {
        progress(share)
        announce.sayShare(item.file.name, share)
      },
      signal: controller.signal
    })
    return await settle(item, result)
  }

  async function settle (item, { outcome, told, page, status }) {
    if (outcome === 'cancelled') {
      item.state = 'cancelled'
      item.row.cancelled()
      return true
    }
    if (outcome === 'told') return tellOf(item, told, status)
    if (outcome === 'lost' && !await isReadable(item.file)) {
      refuse(item, UNREADABLE)
      return true
    }
    item.words = { lost: LOST, 'signed-out': SIGNED_OUT }[outcome] ?? wordsOf(page)
    item.state = 'failed'
    item.row.failed(item.words, outcome === 'signed-out')
    return false
  }

  function tellOf (item, told, status) {
    const insteadOf = form.elements[item.input.name + '-instead-of']
    if (insteadOf && told.stands !== undefined) insteadOf.value = told.stands
    if (told.problem === '') {
      item.state = 'done'
      item.row.uploaded(told.replaced)
      announce.say(item.file.name + ' uploaded')
    } else if (status >= 500 || told.again) {
      Object.assign(item, { state: 'failed', words: told.problem })
      item.row.failed(told.problem)
    } else {
      refuse(item, told.problem)
    }
    if (told.problem) announce.say(item.file.name + ': ' + told.problem)
    return status < 500
  }

  async function sendSome (chosen) {
    if (isSending) return
    isSending = true
    holdPage(form, true)
    clearErrors()
    end.replaceChildren()
    announce.say(chosen.length === 1 ? 'Uploading ' + chosen[0].file.name : 'Uploading ' + chosen.length + ' files')
    let mayGoOn = true
    for (const item of chosen) {
      // It may have been removed while it waited.
      mayGoOn = !items.includes(item) || await sendOne(item)
      keepInputs()
      if (!mayGoOn) break
    }
    isSending = false
    holdPage(form, false)
    const waiting = isMoreWanted && mayGoOn ? items.filter((item) => item.state === 'waiting') : []
    isMoreWanted = false
    if (waiting.length) return sendSome(waiting)
    if (items.length && items.every((item) => item.state === 'done')) window.location.assign(form.dataset.continue)
    else conclude()
  }

  // --- The end ----------------------------------------------------------------------------------
  function targetOf (item) {
    return item.state === 'refused' ? item.input.id : item.row.row.id
  }

  function conclude () {
    const done = items.filter((item) => item.state === 'done').length
    end.replaceChildren()
    if (done) {
      const link = element('a', 'govuk-link', 'Continue to the order')
      link.href = form.dataset.continue
      const leave = element('p', 'govuk-body')
      leave.append(link)
      end.append(element('p', 'govuk-body', words(done, items.length)), leave)
    }
    const wrong = items.filter((item) => ['refused', 'failed'].includes(item.state))
    if (wrong.length) showErrors(wrong.map((item) => [item.file.name + ': ' + item.words, targetOf(item)]))
    else clearErrors()
  }

  inputs.forEach((input) => input.addEventListener('change', () => choose(input)))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (isSending) {
      isMoreWanted = true
      return
    }
    const open = items.filter(isOpen)
    if (open.length) sendSome(open)
    else if (items.some((item) => item.state === 'refused')) conclude()
    else if (tooMany) showOnField(tooMany.input, tooMany.words)
    else showOnField(inputs.find((input) => !input.disabled), form.dataset.wordsNone)
  })
  // A browser that comes back to the page, or reloads it, may have kept what was chosen.
  inputs.filter((input) => input.files.length).forEach(choose)
}
