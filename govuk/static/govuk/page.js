// The one place that makes a document from a string: a page of this service, just answered by it. Nothing in it runs.
// The content security policy allows it under this name alone, where the browser knows trusted types.
const policy = window.trustedTypes?.createPolicy('serve-opg', { createHTML: (text) => text })

export function pageFrom (text) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/html')
}
