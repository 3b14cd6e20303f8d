import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { enterAccount, isRefusal, type Refusal } from '../socket/entry'
import { who } from '../store/session'
import { Drawing } from './drawing'
import { EntryForm, Field } from './forms'

/** One-time codes that were just made: shown once, until they are put away. */
export const paper = signal<readonly string[]>([])

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
