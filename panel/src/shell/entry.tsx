import { signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useState } from 'preact/hooks'
import { codeWords, t } from '../i18n/t'
import { getBody } from '../socket/actions'
import { enterAccount, enterPaired, isRefusal, post, type Refusal, secretInAddress } from '../socket/entry'
import { who } from '../store/session'
import { Drawing } from './drawing'
import { TokenForm } from './token_form'

/** One-time codes that were just made: shown once, until they are put away. */
export const paper = signal<readonly string[]>([])

/** How to come in: tablets and displays are paired, people have accounts. */
export function Entry(): JSX.Element {
  return (
    <>
      {location.pathname.endsWith('/admin') ? <AdminEntry /> : <PairForm />}
      <details class="gate-more">
        <summary>{t('auth.other')}</summary>
        <TokenForm />
      </details>
    </>
  )
}

function AdminEntry(): JSX.Element {
  const [setUp, setSetUp] = useState<{ needed: boolean; code?: string } | null>(null)
  useEffect(() => {
    void getBody<{ needed: boolean; code?: string }>('setup').then(setSetUp)
  }, [])
  return setUp?.needed ? <SetUpForm shown={setUp.code ?? ''} done={() => setSetUp(null)} /> : <AccountForm />
}

/** Name, password, and what is asked for next: a new password, an authenticator, its code. */
export function AccountForm(): JSX.Element {
  const [typed, setTyped] = useState({ user: '', password: '', new_password: '', code: '' })
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const wants = refusal?.code ?? ''
  const enrols = wants === 'totp_enrol'
  const field = (name: keyof typeof typed) => ({
    value: typed[name],
    set: (text: string) => setTyped({ ...typed, [name]: text }),
  })
  const send = async () => {
    const answer = await enterAccount({
      user: typed.user.trim(),
      password: typed.password,
      ...(typed.new_password && { new_password: typed.new_password }),
      ...(typed.code && { code: typed.code }),
    })
    if (isRefusal(answer)) {
      // The password was changed at that step: from now on it is the new one.
      const changed = typed.new_password && ['totp_enrol', 'totp_needed'].includes(answer.code)
      setTyped({
        ...typed,
        code: '',
        ...(changed && { password: typed.new_password, new_password: '' }),
      })
      setRefusal(answer)
    } else paper.value = answer.paper_codes ?? []
  }
  return (
    <EntryForm title={t('auth.account')} refusal={refusal} send={send}>
      <Field label={t('auth.user')} autocomplete="username" {...field('user')} />
      <Field label={t('auth.password')} secret autocomplete="current-password" {...field('password')} />
      {wants.startsWith('password_') && (
        <Field label={t('auth.newPassword')} secret autocomplete="new-password" {...field('new_password')} />
      )}
      {enrols && (
        <div class="enrol">
          <Drawing svg={String(refusal?.params.qr ?? '')} label={t('auth.enrolQr')} />
          <p>
            {t('auth.enrolKey')} <code>{String(refusal?.params.secret ?? '')}</code>
          </p>
        </div>
      )}
      {(enrols || wants === 'totp_needed' || typed.code !== '') && (
        <Field label={t('auth.code')} digits autocomplete="one-time-code" {...field('code')} />
      )}
    </EntryForm>
  )
}

/** The code of the administrator's pairing window; a QR brings it along. */
function PairForm(): JSX.Element {
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  useEffect(() => setCode(secretInAddress('pair')), [])
  const send = async () => {
    const answer = await enterPaired(code.trim(), name.trim())
    setRefusal(isRefusal(answer) ? answer : null)
  }
  return (
    <EntryForm title={t('pair.title')} hint={t('pair.hint')} refusal={refusal} send={send}>
      <Field label={t('pair.code')} autocomplete="off" value={code} set={setCode} />
      <Field label={t('pair.name')} autocomplete="off" value={name} set={setName} />
    </EntryForm>
  )
}

const THREE = ['admin', 'security', 'auditor'] as const

/** The first start: three people, three powers. */
function SetUpForm({ shown, done }: { shown: string; done: () => void }): JSX.Element {
  const [code, setCode] = useState(shown)
  const [people, setPeople] = useState(THREE.map((role) => ({ role, name: '', password: '' })))
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const set = (role: string, change: object) =>
    setPeople(people.map((one) => (one.role === role ? { ...one, ...change } : one)))
  const send = async () => {
    const answer = await post('setup', { code, accounts: people })
    if ('code' in answer) setRefusal(answer as Refusal)
    else done()
  }
  return (
    <EntryForm title={t('setup.title')} hint={t('setup.hint')} refusal={refusal} send={send}>
      <Field label={t('setup.code')} autocomplete="off" value={code} set={setCode} />
      {people.map((one) => (
        <fieldset key={one.role} class="gate-person">
          <legend>{t(`role.${one.role}`)}</legend>
          <Field
            label={t('auth.user')}
            autocomplete="off"
            value={one.name}
            set={(name) => set(one.role, { name })}
          />
          <Field
            label={t('auth.password')}
            secret
            autocomplete="new-password"
            value={one.password}
            set={(password) => set(one.role, { password })}
          />
        </fieldset>
      ))}
    </EntryForm>
  )
}

/** The codes on paper, before anything else is done. */
export function PaperCodes(): JSX.Element | null {
  if (paper.value.length === 0 || typeof who.value !== 'object') return null
  return (
    <section class="gate-form paper" aria-label={t('auth.paper')}>
      <h2>{t('auth.paper')}</h2>
      <p>{t('auth.paperHint')}</p>
      <ol>
        {paper.value.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <button type="button" class="plain" onClick={() => (paper.value = [])}>
        {t('auth.paperDone')}
      </button>
    </section>
  )
}

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
