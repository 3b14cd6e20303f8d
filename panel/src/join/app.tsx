import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { EntryForm, Field } from '../shell/forms'
import { LanguageButton } from '../shell/header'
import { StopButton, StopNote } from '../shell/stop'
import { logOut } from '../socket/actions'
import { enterGuest, isRefusal, type Refusal, secretInAddress } from '../socket/entry'
import { who } from '../store/session'
import '../shell/gate.css'

/** A guest's page: the code of the display and a name; STOP works for everybody. */
export function App(): JSX.Element {
  const session = who.value
  return (
    <main class="gate">
      <div class="gate-row">
        <LanguageButton />
        <StopButton place="header" />
      </div>
      <StopNote />
      {session === 'unreachable' && <p>{t('auth.unreachable')}</p>}
      {typeof session === 'object' ? <Inside name={session.user} /> : session === 'none' && <JoinForm />}
    </main>
  )
}

function JoinForm(): JSX.Element {
  const [code, setCode] = useState('')
  const [secret, setSecret] = useState('')
  const [name, setName] = useState('')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  useEffect(() => setSecret(secretInAddress('join')), [])
  const send = async () => {
    const answer = await enterGuest(secret || code, name.trim())
    setRefusal(isRefusal(answer) ? answer : null)
    // A QR that is over gives way to the digits.
    if (isRefusal(answer)) setSecret('')
  }
  return (
    <EntryForm title={t('join.title')} hint={t('join.hint')} refusal={refusal} send={send}>
      {!secret && (
        <Field label={t('join.code')} autocomplete="one-time-code" digits value={code} set={setCode} />
      )}
      <Field label={t('join.name')} autocomplete="off" value={name} set={setName} />
    </EntryForm>
  )
}

/** Who is in, and what that means in this version. */
function Inside({ name }: { name: string }): JSX.Element {
  return (
    <section class="gate-form">
      <h1>{t('join.in', { name })}</h1>
      <p>{t('join.noCast')}</p>
      <button type="button" class="plain" onClick={() => void logOut()}>
        {t('join.leave')}
      </button>
    </section>
  )
}
