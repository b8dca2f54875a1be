// One chosen file on the page: its name and size, how far it has come, what came of it, and what can be done about it.
import { element, fileSize, linkButton, progressLine, signInLink } from './parts.js'

let made = 0

export function fileRow (file, { remove, again }) {
  const row = element('li', 'serve-file')
  row.id = 'file-' + (++made)
  row.tabIndex = -1
  const title = element('div', 'serve-file__title')
  title.append(element('bdi', 'serve-file__name', file.name), ' ', element('span', 'serve-file__size', fileSize(file.size)))
  const state = element('div', 'serve-file__state')
  const actions = element('div', 'serve-file__actions')
  row.append(title, state, actions)

  // A button that goes while it has the focus hands it to the row.
  function show (parts, buttons) {
    const hadFocus = row.contains(document.activeElement)
    state.replaceChildren(...parts)
    actions.replaceChildren(...buttons)
    if (hadFocus) row.focus()
  }
  const removing = () => linkButton('Remove', file.name, remove)
  const trying = () => linkButton('Try again', 'with ' + file.name, again)

  function wrong (words) {
    const message = element('p', 'govuk-error-message')
    message.append(element('span', 'govuk-visually-hidden', 'Error: '), words)
    return message
  }

  return {
    row,
    waiting: () => show([element('span', '', 'Ready to upload')], [removing()]),
    refused: (words) => show([wrong(words)], [removing()]),
    failed: (words, isSignedOut) => show(
      isSignedOut ? [wrong(words), signInLink()] : [wrong(words)], [trying(), removing()]),
    cancelled: () => show([element('span', '', 'Cancelled')], [trying(), removing()]),
    uploaded (replaced) {
      const tag = element('strong', 'govuk-tag govuk-tag--green', 'Uploaded')
      const words = element('span')
      if (replaced) words.append(' It replaced ', element('bdi', '', replaced), '.')
      show([tag, words], [])
    },
    sending (cancel) {
      const { line, show: progress } = progressLine(file.name)
      const button = linkButton('Cancel', file.name, cancel)
      show([line], [button])
      return (share) => {
        progress(share)
        if (share === 1 && button.isConnected) show([line], [])
      }
    }
  }
}
