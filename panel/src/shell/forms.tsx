import type { ComponentChildren, JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import { codeWords, t } from '../i18n/t'
import type { Refusal } from '../socket/entry'
import './gate.css'

interface EntryFormProps {
  readonly title: string
  readonly hint?: string
  readonly refusal: Refusal | null
  readonly send: () => Promise<void>
  readonly children: ComponentChildren
}

/** A form with its words, and why it was not taken. */
export function EntryForm({ title, hint, refusal, send, children }: EntryFormProps): JSX.Element {
  const [busy, setBusy] = useState(false)
  const enter = async (event: Event) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    await send()
    setBusy(false)
  }
  return (
    <form class="gate-form" onSubmit={(event) => void enter(event)}>
      <h1>{title}</h1>
      {hint && <p>{hint}</p>}
      {children}
      {refusal && <p role="alert">{codeWords(refusal.code, refusal.params) ?? refusal.code}</p>}
      <button type="submit" class="plain" aria-busy={busy}>
        {t('auth.go')}
      </button>
    </form>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly set: (text: string) => void
  readonly autocomplete: 'off' | 'username' | 'current-password' | 'new-password' | 'one-time-code'
  readonly secret?: boolean
  readonly digits?: boolean
}

/** One labelled field. */
export function Field({ label, value, set, autocomplete, secret, digits }: FieldProps): JSX.Element {
  const onInput = (event: { currentTarget: HTMLInputElement }) => set(event.currentTarget.value)
  const id = useId()
  const rest = { id, class: 'field', autocomplete, value, onInput }
  return (
    <div class="gate-field">
      <label for={id}>{label}</label>
      {secret ? (
        <input {...rest} type="password" />
      ) : (
        <input {...rest} type="text" inputmode={digits ? 'numeric' : 'text'} />
      )}
    </div>
  )
}
